"""The tables of products and of the movements of their stock."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.consumption.models.base import Base
from shared.db.base import UtcDateTime
from shared.db.spelling import spelling_index

_LARGE = sa.BigInteger


class Product(Base, table=True):
    """Product 产品, with its price and what can still be ordered of it."""

    __table_args__ = (
        sa.CheckConstraint("available >= 0", name="available_not_negative"),
        spelling_index("product"),
        sa.Index("ix_product_updated_at_code", "updated_at", "code"),
        sa.Index("ix_product_commodity_code_code", "commodity_code", "code"),
    )

    code: str = Field(primary_key=True, max_length=64)
    producer_code: str = Field(foreign_key="producer.code", max_length=64, index=True)
    name: str = Field(max_length=128)
    unit: str = Field(max_length=16)
    specification: str | None = Field(max_length=256)
    """规格, where it is said."""
    commodity_code: str | None = Field(max_length=64)
    """The commodity 大宗品类 it is of, where it is of a registered one."""
    unit_code: str | None = Field(max_length=3)
    """The unit as UN/ECE Recommendation 20 codes it, `KGM`."""
    grade: str | None = Field(max_length=32)
    """等级."""
    season_from: str | None = Field(max_length=5)
    """上市季节: its first day, `03-15`; a season may go over the end of the year."""
    season_to: str | None = Field(max_length=5)
    shelf_life_days: int | None
    """保质期; none: that of the commodity."""
    cold_chain: bool
    """Whether it has to be cooled on its way 冷链."""
    base_code: str | None = Field(max_length=64)
    """The 菜篮子 base it comes from, where it comes from one."""
    price: int = Field(sa_type=_LARGE)
    """Of one unit."""
    minimum: int | None = Field(sa_type=_LARGE)
    """起订量: the least that can be ordered, where there is one."""
    step: int | None = Field(sa_type=_LARGE)
    """What is ordered is a multiple of this, where it is said."""
    available: int = Field(sa_type=_LARGE)
    """What can still be ordered; what is ordered already is not in it."""
    version: int
    """Grows by one with every change of the offer; the stock moves by itself."""
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)
    """When the offer was put last, in the order of commits."""


class StockMove(Base, table=True):
    """A movement of stock 库存调整 beside orders: what was counted, came in or went bad."""

    __tablename__ = "stock_move"
    __table_args__ = (
        sa.Index("ix_stock_move_product_code_moved_at_id", "product_code", "moved_at", "id"),
        sa.Index("ix_stock_move_product_code_updated_at_id", "product_code", "updated_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    product_code: str = Field(foreign_key="product.code", max_length=64)
    moved_at: dt.datetime = Field(sa_type=UtcDateTime)
    moved_by: str = Field(max_length=64)
    """The client that said so."""
    was_counted: bool
    """Whether it was counted, instead of told as a change."""
    before: int = Field(sa_type=_LARGE)
    after: int = Field(sa_type=_LARGE)
    reason: str = Field(max_length=2000)
    """May name people: it stays in this column."""
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)
    """When it was written, in the order of commits."""
