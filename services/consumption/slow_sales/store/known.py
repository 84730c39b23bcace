"""What is known of series, read for many at once."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from services.consumption.models import Delivery, DeliveryLine, Order, OrderLine, PriceReport, Product, SupplyReport
from services.consumption.models.base import PROCEDURE_STEP
from services.consumption.series.store import SeriesKey, shelf_lives
from services.consumption.slow_sales.rules.judge import Series
from services.consumption.slow_sales.rules.parameters import SLOW_SALE, SlowSaleParameters
from services.consumption.slow_sales.rules.prices import PriceHistory, day_prices, spans_read
from services.consumption.slow_sales.rules.supplies import Ordered, Supply
from shared.clock import BUSINESS_ZONE
from shared.db.base import table_of
from shared.db.rows import read_tuples
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading

_PRICES, _SUPPLIES = table_of(PriceReport), table_of(SupplyReport)
_ORDERS, _LINES, _PRODUCTS, _STEPS = table_of(Order), table_of(OrderLine), table_of(Product), PROCEDURE_STEP
_DELIVERIES, _SHIPPED = table_of(Delivery), table_of(DeliveryLine)
_ENDS = ("cancel", "lapse", "finish")
"""What becomes of what of an order will not be shipped."""
_SELECT_SUPPLIES = (
    sa.select(
        _SUPPLIES.c.series_id,
        _SUPPLIES.c.day,
        _SUPPLIES.c.stock,
        _SUPPLIES.c.due,
        _SUPPLIES.c.sold_7d,
        _SUPPLIES.c.covered,
    )
    .where(
        is_one_of(_SUPPLIES.c.series_id, "ids"),
        _SUPPLIES.c.replaced_on.is_(None),
        _SUPPLIES.c.day.between(sa.bindparam("first"), sa.bindparam("last")),
    )
    .order_by(_SUPPLIES.c.day, _SUPPLIES.c.recorded_at)
)
_SELECT_ORDERED = (
    sa.select(
        _ORDERS.c.id,
        _ORDERS.c.region_code,
        _ORDERS.c.placed_at,
        _PRODUCTS.c.commodity_code,
        _LINES.c.line_no,
        _LINES.c.quantity,
    )
    .join(_LINES, _LINES.c.order_id == _ORDERS.c.id)
    .join(_PRODUCTS, _PRODUCTS.c.code == _LINES.c.product_code)
    .where(is_one_of(_PRODUCTS.c.commodity_code, "codes"), _ORDERS.c.placed_at >= sa.bindparam("since"))
)
_SELECT_SHIPPED = (
    sa.select(_SHIPPED.c.order_id, _SHIPPED.c.line_no, _SHIPPED.c.quantity, _DELIVERIES.c.shipped_on)
    .join_from(_SHIPPED, _DELIVERIES)
    .where(is_one_of(_SHIPPED.c.order_id, "ids"))
)
_SELECT_ENDED = (
    sa.select(_STEPS.c.thing_id, sa.func.max(_STEPS.c.at, type_=_STEPS.c.at.type).label("at"))
    .where(_STEPS.c.thing_kind == "order", is_one_of(_STEPS.c.thing_id, "ids"), _STEPS.c.action.in_(_ENDS))
    .group_by(_STEPS.c.thing_id)
)


class SeriesRow(NamedTuple):
    """A series by its row."""

    id: UUID
    key: SeriesKey

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> "SeriesRow":
        """The series of a row."""
        return cls(row["id"], SeriesKey(row["commodity_code"], row["region_code"]))


def load_series(
    reading: Reading, rows: Sequence[SeriesRow], on: dt.date, parameters: SlowSaleParameters
) -> dict[UUID, Series]:
    """What is known of each series, as far as a judgement as of a day reads it."""
    ids = [row.id for row in rows]
    prices, supplies = _load_prices(reading, ids, on, parameters), _load_supplies(reading, ids, on, parameters)
    orders = load_ordered(reading, {row.key for row in rows}, on, parameters)
    lives = shelf_lives(reading, {row.key.commodity_code for row in rows})
    return {
        row.id: Series(
            PriceHistory(parameters, day_prices(prices[row.id])),
            supplies[row.id],
            orders[row.key],
            lives.get(row.key.commodity_code),
        )
        for row in rows
    }


def load_ordered(
    reading: Reading, keys: Collection[SeriesKey], on: dt.date, parameters: SlowSaleParameters
) -> Mapping[SeriesKey, list[Ordered]]:
    """What was ordered here of each series, lately enough to lie in stock still.

    Orders are of real time; no day of theirs comes after the business date.
    """
    since = dt.datetime.combine(on - dt.timedelta(days=parameters.base), dt.time(), BUSINESS_ZONE)
    asked = {"codes": sorted({key.commodity_code for key in keys}), "since": since}
    lines = reading.connection.execute(_SELECT_ORDERED, asked).all()
    ids = list({line.id for line in lines})
    ended = {row.thing_id: _business_day(row.at, on) for row in reading.connection.execute(_SELECT_ENDED, {"ids": ids})}
    shipped = _load_shipped(reading, ids)
    found: dict[SeriesKey, list[Ordered]] = defaultdict(list)
    for line in lines:
        key, placed = SeriesKey.of(line.commodity_code, line.region_code), _business_day(line.placed_at, on)
        gone = shipped[line.id, line.line_no]
        found[key] += [Ordered(quantity, placed, day, None) for quantity, day in gone]
        if rest := line.quantity - sum(quantity for quantity, _ in gone):
            found[key].append(Ordered(rest, placed, None, ended.get(line.id)))
    return found


def _load_shipped(reading: Reading, ids: Sequence[UUID]) -> Mapping[tuple[UUID, int], list[tuple[int, int]]]:
    """What of each line was shipped, and on which day."""
    found: dict[tuple[UUID, int], list[tuple[int, int]]] = defaultdict(list)
    for row in reading.connection.execute(_SELECT_SHIPPED, {"ids": ids}):
        found[row.order_id, row.line_no].append((row.quantity, row.shipped_on.toordinal()))
    return found


def _business_day(moment: dt.datetime, on: dt.date) -> int:
    return min(moment.astimezone(BUSINESS_ZONE).date(), on).toordinal()


@cache
def _select_prices(spans: int) -> sa.Select[Any]:
    """Prices within so many spans of days; series and day are as the database keeps them: too many to turn each."""
    within = (
        _PRICES.c.day.between(sa.bindparam(f"first{number}"), sa.bindparam(f"last{number}")) for number in range(spans)
    )
    standing = is_one_of(_PRICES.c.series_id, "ids") & _PRICES.c.replaced_on.is_(None)
    key = (sa.type_coerce(_PRICES.c[name], sa.Text()).label(f"kept_{name}") for name in ("series_id", "day"))
    columns: list[sa.ColumnElement[Any]] = [*key, _PRICES.c.mean]
    return sa.select(*columns).where(standing, sa.or_(*within))


def _load_prices(
    reading: Reading, ids: Sequence[UUID], on: dt.date, parameters: SlowSaleParameters
) -> Mapping[UUID, list[tuple[int, int]]]:
    spans = [*spans_read(on.toordinal(), parameters)]
    asked: dict[str, Any] = {"ids": ids}
    for number, (first, last) in enumerate(spans):
        asked |= {f"first{number}": dt.date.fromordinal(first), f"last{number}": dt.date.fromordinal(last)}
    rows = read_tuples(reading.connection, _select_prices(len(spans)), asked)
    ordinals = {day: _ordinal(day) for day in {row[1] for row in rows}}
    found: dict[Any, list[tuple[int, int]]] = defaultdict(list)
    for kept, day, mean in rows:
        found[kept].append((ordinals[day], mean))
    return {series_id: found.get(series_id.hex) or found.get(series_id, []) for series_id in ids}


def _ordinal(kept: str | dt.date) -> int:
    """A day as SQLite keeps it, or as PostgreSQL gives it."""
    return (dt.date.fromisoformat(kept) if isinstance(kept, str) else kept).toordinal()


def _load_supplies(
    reading: Reading, ids: Sequence[UUID], on: dt.date, parameters: SlowSaleParameters
) -> Mapping[UUID, list[Supply]]:
    first = on - dt.timedelta(days=parameters.horizon + parameters.clear_days)
    found: dict[UUID, list[Supply]] = defaultdict(list)
    rows = read_tuples(reading.connection, _SELECT_SUPPLIES, {"ids": ids, "first": first, "last": on})
    for series_id, day, *said in rows:
        found[series_id].append(Supply(day.toordinal(), *said))
    return found


def by_parameters(
    reading: Reading, rows: Sequence[SeriesRow], on: dt.date
) -> Iterator[tuple[SlowSaleParameters, list[SeriesRow]]]:
    """The series that are judged by the same parameters, together. Raises PolicyValueMissing."""
    groups: list[tuple[SlowSaleParameters, list[SeriesRow]]] = []
    known: dict[str, list[SeriesRow]] = {}
    for row in rows:
        county = row.key.region_code
        if county not in known:
            known[county] = _group_of(groups, parameters_of(reading, county, on))
        known[county].append(row)
    yield from groups


def parameters_of(reading: Reading, region_code: str, on: dt.date) -> SlowSaleParameters:
    """The parameters of a county on a day. Raises PolicyValueMissing."""
    return SlowSaleParameters.of(reading.policy.at(region_code, on).value(SLOW_SALE))


def _group_of(
    groups: list[tuple[SlowSaleParameters, list[SeriesRow]]], parameters: SlowSaleParameters
) -> list[SeriesRow]:
    group = next((rows for known, rows in groups if known == parameters), None)
    if group is None:
        group = []
        groups.append((parameters, group))
    return group
