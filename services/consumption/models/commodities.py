"""The table of commodities."""

import datetime as dt

import sqlalchemy as sa
from sqlmodel import Field

from services.consumption.models.base import Base
from shared.db.base import UtcDateTime
from shared.db.spelling import spelling_index


class Commodity(Base, table=True):
    """Commodity 大宗品类: what products of several producers have in common, and what prices are reported of."""

    __table_args__ = (spelling_index("commodity"), sa.Index("ix_commodity_updated_at_code", "updated_at", "code"))

    code: str = Field(primary_key=True, max_length=64)
    name: str = Field(max_length=128)
    unit: str = Field(max_length=16)
    shelf_life_days: int | None
    """保质期, where it spoils."""
    kept_in: str = Field(max_length=12)
    """The region of the client that entered it: that region or a wider one changes it."""
    version: int
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)
