"""The table of buyers."""

from sqlmodel import Field

from services.consumption.models.base import Base
from shared.db.spelling import spelling_index


class Buyer(Base, table=True):
    """Buyer 采购单位, and the client that orders for it where no token names it."""

    __table_args__ = (spelling_index("buyer"),)

    code: str = Field(primary_key=True, max_length=64)
    name: str | None = Field(max_length=128)
    client_id: str | None = Field(max_length=64, index=True)
    """None: nobody was bound to it, and whoever orders under it has it in its token, or is the supply side."""
    bound_in: str | None = Field(max_length=12)
    """The region of the client that bound it first: that region or a wider one changes it. None before."""
    version: int
    """Grows by one with every change."""
