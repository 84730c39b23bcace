"""The table of buyers."""

import datetime as dt

import sqlalchemy as sa
from sqlmodel import Field

from services.consumption.models.base import Base
from shared.db.base import UtcDateTime
from shared.db.spelling import spelling_index


class Buyer(Base, table=True):
    """Buyer 采购单位, and the client that orders for it where no token names it."""

    __table_args__ = (spelling_index("buyer"), sa.Index("ix_buyer_updated_at_code", "updated_at", "code"))

    code: str = Field(primary_key=True, max_length=64)
    name: str | None = Field(max_length=128)
    client_id: str | None = Field(max_length=64, index=True)
    """None: nobody was bound to it, and whoever orders under it has it in its token, or is the supply side."""
    bound_in: str | None = Field(max_length=12)
    """The region of the client that bound it first: that region or a wider one changes it. None before."""
    version: int
    """Grows by one with every change."""
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)
    """When it was entered or put last, in the order of commits."""
