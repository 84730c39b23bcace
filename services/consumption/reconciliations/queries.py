"""The orders that changed on a day, as they stood at its end: the same file whenever it is asked for."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.consumption.buyers.store import bought_for, demand_yours, is_supplier
from services.consumption.models import Order, OrderDay, OrderLine, ValueEntry
from services.consumption.orders.rules import line_value
from services.consumption.reconciliations.errors import ReconciliationNotFound
from services.consumption.reconciliations.sheets import RECONCILIATION
from shared.codes.consumption import EntryKind
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading
from shared.db.within import within
from shared.money import format_yuan
from shared.sheets.writing import cells_of, csv_head, csv_lines, values_of
from shared.words.language import Language
from shared.words.said import says

_ORDERS, _DAYS = table_of(Order), table_of(OrderDay)
_LINES, _ENTRIES = table_of(OrderLine), table_of(ValueEntry)
_SELECT_LINES = sa.select(_LINES.c.order_id, _LINES.c.price, _LINES.c.quantity).where(
    is_one_of(_LINES.c.order_id, "ids")
)
_SELECT_ENTRIES = sa.select(_ENTRIES.c.order_id, _ENTRIES.c.kind, _ENTRIES.c.amount).where(
    is_one_of(_ENTRIES.c.order_id, "ids") & (_ENTRIES.c.entered_on == sa.bindparam("day"))
)


def reconciliation(reading: Reading, day: dt.date, buyer_code: str | None, language: Language) -> bytes:
    """The file of a day: of the orders that the caller buys or supplies, or of one buyer of them.

    Raises ReconciliationNotFound for a day to come, BuyerOfAnotherClient for a buyer of somebody else.
    """
    if day > reading.today():
        raise ReconciliationNotFound(says("day-to-come", day=day))
    if buyer_code is not None:
        demand_yours(reading, buyer_code)
    rows = _rows(reading, day, _changed(reading, day, buyer_code))
    cells = cells_of(RECONCILIATION, values_of(RECONCILIATION, rows), language)
    return csv_head(RECONCILIATION, language) + csv_lines(cells)


def _changed(reading: Reading, day: dt.date, buyer_code: str | None) -> Sequence[sa.Row[Any]]:
    """The orders that changed on that day, and where the last change of it left them."""
    rows = (
        sa.select(_DAYS, _ORDERS.c.buyer_order_no)
        .join(_ORDERS, _ORDERS.c.id == _DAYS.c.order_id)
        .where(_DAYS.c.changed_on == day, _seen(reading, buyer_code))
        .order_by(_DAYS.c.buyer_code, _ORDERS.c.buyer_order_no)
    )
    return reading.connection.execute(rows).all()


def _seen(reading: Reading, buyer_code: str | None) -> sa.ColumnElement[bool]:
    seen: sa.ColumnElement[bool] = _DAYS.c.buyer_code.in_(bought_for(reading.actor))
    if is_supplier(reading.actor):
        seen = seen | within(_DAYS.c.region_code, reading.actor)
    return seen if buyer_code is None else seen & (sa.func.lower(_DAYS.c.buyer_code) == buyer_code.lower())


def _rows(reading: Reading, day: dt.date, orders: Sequence[sa.Row[Any]]) -> list[dict[str, Any]]:
    asked = {"ids": [order.order_id for order in orders]}
    ordered: defaultdict[UUID, int] = defaultdict(int)
    for line in reading.connection.execute(_SELECT_LINES, asked):
        ordered[line.order_id] += line_value(line.price, line.quantity)
    entered = _summed(reading.connection.execute(_SELECT_ENTRIES, asked | {"day": day}))
    return [
        {
            "order_id": str(order.order_id),
            "buyer_code": order.buyer_code,
            "buyer_order_no": order.buyer_order_no,
            "region_code": order.region_code,
            "status": order.status,
            "ordered": format_yuan(ordered[order.order_id]),
            "settled": format_yuan(entered[order.order_id, EntryKind.SETTLED]),
            "restated": format_yuan(entered[order.order_id, EntryKind.RESTATED]),
        }
        for order in orders
    ]


def _summed(entries: Iterable[Any]) -> Mapping[tuple[UUID, EntryKind], int]:
    sums: defaultdict[tuple[UUID, EntryKind], int] = defaultdict(int)
    for entry in entries:
        sums[entry.order_id, entry.kind] += entry.amount
    return sums
