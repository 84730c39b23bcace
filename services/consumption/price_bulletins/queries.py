"""The bulletin of a week, line by line: for everybody, as prices are."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa

from services.consumption.commodities.schemas import CommodityCode
from services.consumption.price_bulletins.schemas import BulletinLine, Week, monday_of
from services.consumption.price_bulletins.sheets import BULLETIN
from services.consumption.series.store import SERIES
from services.consumption.slow_sales.rules.judge import Series, unsold_on
from services.consumption.slow_sales.rules.parameters import SlowSaleParameters
from services.consumption.slow_sales.rules.prices import years_before
from services.consumption.slow_sales.store.alerts import ALERTS
from services.consumption.slow_sales.store.known import SeriesRow, by_parameters, load_series
from shared.codes.slow_sales import SlowSaleLevel
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading
from shared.db.within import lies_in
from shared.lists.filters import Columns, Filter
from shared.lists.order import by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.money import divide_half_up
from shared.regions import RegionFilter, county_of, region_prefix
from shared.shares import format_change

_WEEK = 7
_SELECT_ALERTS = (
    sa.select(ALERTS.c.series_id, ALERTS.c.level, ALERTS.c.opened_on, ALERTS.c.closed_on)
    .where(
        is_one_of(ALERTS.c.series_id, "ids"),
        ALERTS.c.opened_on <= sa.bindparam("last"),
        ALERTS.c.closed_on.is_(None) | (ALERTS.c.closed_on > sa.bindparam("last")),
    )
    .order_by(ALERTS.c.level)
)


def _is_of_the_county(_: Reading, columns: Columns, region_code: str) -> sa.ColumnElement[bool]:
    """Lines of the counties of a region; of a part of a county, those of the county."""
    return lies_in(columns["region_code"], county_of(region_prefix(region_code)))


class BulletinQuery(ListQuery):
    """Which lines of the bulletin 价格监测周报 are asked for, by county and commodity."""

    order = by("region_code", "commodity_code")
    sheet = BULLETIN
    region = None
    region_code: Annotated[RegionFilter | None, Filter(_is_of_the_county)] = None
    commodity_code: CommodityCode | None = None
    week: Annotated[Week | None, Filter(lambda *_: sa.true())] = None


def price_bulletin(reading: Reading, asked: BulletinQuery) -> Page[BulletinLine]:
    """The lines of a week; of the present one where none is asked for."""
    today = reading.today()
    week = asked.week or "{}-W{:02}".format(*today.isocalendar()[:2])
    last = min(today, monday_of(week) + dt.timedelta(days=_WEEK - 1))
    return asked.page(reading, sa.select(SERIES), lambda rows: _lines(reading, rows, week, last))


def _lines(reading: Reading, rows: Sequence[sa.Row[Any]], week: str, last: dt.date) -> list[BulletinLine]:
    series = [SeriesRow.of(row._asdict()) for row in rows]
    levels = _levels(reading, [row.id for row in series], last)
    known: dict[UUID, tuple[Series, SlowSaleParameters]] = {}
    for parameters, group in by_parameters(reading, series, last):
        known |= {row: (one, parameters) for row, one in load_series(reading, group, last, parameters).items()}
    return [_line(row, week, last, *known[row.id], levels.get(row.id)) for row in series]


def _levels(reading: Reading, ids: Sequence[UUID], last: dt.date) -> Mapping[UUID, SlowSaleLevel]:
    """The highest level of the alerts that stood at the end of a day."""
    return {row.series_id: row.level for row in reading.connection.execute(_SELECT_ALERTS, {"ids": ids, "last": last})}


def _line(
    row: SeriesRow,
    week: str,
    last: dt.date,
    series: Series,
    parameters: SlowSaleParameters,
    level: SlowSaleLevel | None,
) -> BulletinLine:
    monday, day = monday_of(week).toordinal(), last.toordinal()
    seen = next((one for one in series.prices.newest(day) if one.day >= monday), None)
    supply = unsold_on(series, day, parameters)
    return BulletinLine(
        region_code=row.key.region_code,
        commodity_code=row.key.commodity_code,
        week=week,
        price=_mean(series.prices.between(monday, day)),
        week_before=_mean(series.prices.between(monday - _WEEK, monday - 1)),
        year_before=_mean(series.prices.between(years_before(monday, 1), years_before(monday, 1) + _WEEK - 1)),
        expected=None if seen is None else seen.expected,
        drop=None if seen is None or seen.drop is None else format_change(seen.drop),
        unsold=None if supply is None else supply.quantity,
        unsold_share=None if supply is None else format_change(supply.share),
        spoils_on=None if supply is None or supply.spoils is None else dt.date.fromordinal(supply.spoils),
        level=level,
    )


def _mean(prices: Sequence[int]) -> int | None:
    return divide_half_up(sum(prices), len(prices)) if prices else None
