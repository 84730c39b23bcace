"""The tables of series: what is reported of a commodity in a county."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.consumption.models.base import Base
from shared.codes.records import RecordStatus
from shared.codes.slow_sales import ReportMode
from shared.db.base import OpenCode, UtcDateTime, closed_code

_LARGE = sa.BigInteger
_STANDS = sa.text("replaced_on IS NULL")


class SaleSeries(Base, table=True):
    """Series 序列 of a commodity in a county. Whoever reports of it or judges it locks its row."""

    __tablename__ = "sale_series"
    __table_args__ = (sa.UniqueConstraint("region_code", "commodity_code"),)

    id: UUID = Field(primary_key=True)
    """Derived from commodity and county."""
    commodity_code: str = Field(max_length=64)
    region_code: str = Field(max_length=12)
    """The county, as twelve digits."""
    judged_on: dt.date = Field(index=True)
    """The last business date as of which it was judged; before that, the one on which it was entered."""


class _Report(Base):
    """What every report of a series has."""

    id: UUID = Field(primary_key=True)
    """Derived from source and reference."""
    source: str = Field(max_length=64)
    source_ref: str = Field(max_length=128)
    series_id: UUID = Field(foreign_key="sale_series.id")
    commodity_code: str = Field(max_length=64)
    region_code: str = Field(max_length=12)
    """Where it was seen: the county or a part of it."""
    day: dt.date
    """The day that it is about."""
    mode: ReportMode = Field(sa_type=OpenCode(ReportMode))
    known_on: dt.date
    """From which business date on it was known: of history that stands, the day that it is about."""
    replaced_on: dt.date | None
    """From which business date on a correction stood in its place, or nothing; none while it counts."""
    status: RecordStatus = Field(sa_type=closed_code(RecordStatus))
    supersedes_id: UUID | None
    recorded_at: dt.datetime = Field(sa_type=UtcDateTime)
    recorded_by: str = Field(max_length=64)
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)


class PriceReport(_Report, table=True):
    """Price report 价格采集: what a commodity cost on a market on a day, in fen of one unit."""

    __tablename__ = "price_report"
    __table_args__ = (
        sa.Index(
            "ix_price_report_series_day", "series_id", "day", "mean", sqlite_where=_STANDS, postgresql_where=_STANDS
        ),
        sa.Index("ix_price_report_recorded_at_id", "recorded_at", "id"),
        sa.Index("ix_price_report_updated_at_id", "updated_at", "id"),
    )

    market: str = Field(max_length=64)
    low: int = Field(sa_type=_LARGE)
    mean: int = Field(sa_type=_LARGE)
    high: int = Field(sa_type=_LARGE)


class SupplyReport(_Report, table=True):
    """Supply report 存量与上市量: what is there, due and sold of a commodity, in thousandths of its unit."""

    __tablename__ = "supply_report"
    __table_args__ = (
        sa.Index("ix_supply_report_series_day", "series_id", "day", sqlite_where=_STANDS, postgresql_where=_STANDS),
        sa.Index("ix_supply_report_recorded_at_id", "recorded_at", "id"),
        sa.Index("ix_supply_report_updated_at_id", "updated_at", "id"),
    )

    stock: int = Field(sa_type=_LARGE)
    due: int = Field(sa_type=_LARGE)
    """What is due within the horizon."""
    sold_7d: int = Field(sa_type=_LARGE)
    covered: int | None = Field(sa_type=_LARGE)
    """What is ordered already; none: what the orders here say."""
