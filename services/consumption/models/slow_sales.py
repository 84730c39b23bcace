"""The tables of slow sale: alerts, what is called for, and which households are exposed."""

import datetime as dt
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.consumption.models.base import Base
from shared.codes.slow_sales import CallKind, ResponseLevel, SlowSaleKind, SlowSaleLevel, SlowSaleStatus
from shared.db.base import OpenCode, UtcDateTime, closed_code

_LARGE = sa.BigInteger
_HOLDS = sa.text("kind = 'judged' AND closed_on IS NULL")


class SlowSale(Base, table=True):
    """Slow-sale alert 滞销预警: one episode of a series, or what a village reported."""

    __tablename__ = "slow_sale"
    __table_args__ = (
        sa.UniqueConstraint("series_id", "kind", "episode"),
        sa.Index("uq_slow_sale_holds", "series_id", unique=True, sqlite_where=_HOLDS, postgresql_where=_HOLDS),
        sa.Index("ix_slow_sale_raised_at_id", "raised_at", "id"),
        sa.Index("ix_slow_sale_updated_at_id", "updated_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    """Derived from series, kind and episode; orders and calls name it as their incident."""
    series_id: UUID = Field(foreign_key="sale_series.id")
    kind: SlowSaleKind = Field(sa_type=closed_code(SlowSaleKind))
    commodity_code: str = Field(max_length=64)
    region_code: str = Field(max_length=12)
    """The county, as twelve digits."""
    place_code: str = Field(max_length=12)
    """What it is about within the county: the village that reported, else the county."""
    status: SlowSaleStatus = Field(sa_type=closed_code(SlowSaleStatus))
    level: SlowSaleLevel = Field(sa_type=closed_code(SlowSaleLevel))
    episode: int
    signals: list[str] = Field(sa_type=sa.JSON)
    """What holds it open; nothing for what a village reported."""
    reasons: list[dict[str, Any]] = Field(sa_type=sa.JSON)
    pack: str = Field(max_length=96)
    quantity: int | None = Field(sa_type=_LARGE)
    """What a village reported 滞销数量, in thousandths of the unit."""
    ripe_on: dt.date | None
    lowest_price: int | None = Field(sa_type=_LARGE)
    raised_at: dt.datetime = Field(sa_type=UtcDateTime)
    opened_on: dt.date | None
    """None while a report is not confirmed."""
    closed_on: dt.date | None
    """The day on which its cause was gone, or it was ended."""
    response_level: ResponseLevel | None = Field(sa_type=OpenCode(ResponseLevel))
    sold: int | None = Field(sa_type=_LARGE)
    """The closing report 处置情况: what was sold, at which mean price, for how many households, and what was lost."""
    sold_price: int | None = Field(sa_type=_LARGE)
    served: int | None
    loss: int | None = Field(sa_type=_LARGE)
    after_care: str | None = Field(max_length=2000)
    """后续帮扶: may name people; it stays in this column."""
    version: int
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)


class SlowSaleCall(Base, table=True):
    """A call for purchases 消费倡议 in an incident; lines are added, never changed."""

    __tablename__ = "slow_sale_call"

    slow_sale_id: UUID = Field(primary_key=True, foreign_key="slow_sale.id")
    call_no: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    kind: CallKind = Field(sa_type=OpenCode(CallKind))
    quantity: int = Field(sa_type=_LARGE)
    price: int = Field(sa_type=_LARGE)
    until: dt.date
    called_on: dt.date
    called_by: str = Field(max_length=64)


class SlowSaleExposure(Base, table=True):
    """A household with operating links 联农带农 to what does not sell; the row stays once that is over."""

    __tablename__ = "slow_sale_exposure"

    slow_sale_id: UUID = Field(primary_key=True, foreign_key="slow_sale.id")
    household_code: str = Field(primary_key=True, max_length=64)
    exposed_on: dt.date
    relieved_on: dt.date | None
