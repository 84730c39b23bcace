"""All that ever came in of series, with when it was known."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.consumption.models import PriceReport, SupplyReport
from services.consumption.series.store import SERIES, shelf_lives
from services.consumption.slow_sale_backtests.rules import Past, PriceKnown, SupplyKnown
from services.consumption.slow_sales.rules.parameters import SlowSaleParameters
from services.consumption.slow_sales.rules.supplies import Supply
from services.consumption.slow_sales.store.known import SeriesRow, load_ordered
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading
from shared.db.within import lies_in

_PRICES, _SUPPLIES = table_of(PriceReport), table_of(SupplyReport)


def _select(table: sa.Table, *said: str) -> sa.Select[Any]:
    columns = ("series_id", "day", "known_on", "replaced_on", *said)
    return (
        sa.select(*(table.c[name] for name in columns))
        .where(is_one_of(table.c.series_id, "ids"), table.c.day <= sa.bindparam("last"))
        .order_by(table.c.recorded_at)
    )


_SELECT_PRICES = _select(_PRICES, "mean")
_SELECT_SUPPLIES = _select(_SUPPLIES, "stock", "due", "sold_7d", "covered")


def count_series(reading: Reading, region: str, commodities: Sequence[str]) -> int:
    """How many series of a region there are of these commodities."""
    counted = sa.select(sa.func.count()).select_from(_those(region).subquery())
    return reading.connection.scalar(counted, {"codes": commodities}) or 0


def next_series(
    reading: Reading, region: str, commodities: Sequence[str], after: str | None, limit: int
) -> list[SeriesRow]:
    """The next of them in the order of their ids."""
    some = _those(region).order_by(SERIES.c.id).limit(limit)
    if after is not None:
        some = some.where(SERIES.c.id > UUID(after))
    rows = reading.connection.execute(some, {"codes": commodities}).mappings()
    return [SeriesRow.of(row) for row in rows]


def load_pasts(
    reading: Reading, rows: Sequence[SeriesRow], last: dt.date, parameters: SlowSaleParameters
) -> Mapping[UUID, Past]:
    """All that came in of these series up to a day."""
    asked = {"ids": [row.id for row in rows], "last": last}
    prices: dict[UUID, list[PriceKnown]] = defaultdict(list)
    for one in reading.connection.execute(_SELECT_PRICES, asked):
        prices[one.series_id].append(PriceKnown(one.day.toordinal(), one.mean, *_known(one)))
    supplies: dict[UUID, list[SupplyKnown]] = defaultdict(list)
    for one in reading.connection.execute(_SELECT_SUPPLIES, asked):
        supply = Supply(one.day.toordinal(), one.stock, one.due, one.sold_7d, one.covered)
        supplies[one.series_id].append(SupplyKnown(supply, *_known(one)))
    lives = shelf_lives(reading, {row.key.commodity_code for row in rows})
    ordered = load_ordered(reading, {row.key for row in rows}, last, parameters)
    return {
        row.id: Past(prices[row.id], supplies[row.id], ordered[row.key], lives.get(row.key.commodity_code))
        for row in rows
    }


def _known(report: Any) -> tuple[int, int | None]:
    return report.known_on.toordinal(), None if report.replaced_on is None else report.replaced_on.toordinal()


def _those(region: str) -> sa.Select[Any]:
    return sa.select(SERIES).where(is_one_of(SERIES.c.commodity_code, "codes"), lies_in(SERIES.c.region_code, region))
