"""Orders as contracting processes, out of their rows."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from services.consumption.models import (
    PROCEDURE_STEP,
    Buyer,
    Delivery,
    DeliveryLine,
    Order,
    OrderLine,
    Producer,
    Product,
    ValueEntry,
)
from services.consumption.ocds.rules import Item, Milestone, Party, Payment, Process
from services.consumption.orders.rules import line_value
from services.consumption.orders.store import STEPS
from shared.clock import BUSINESS_ZONE
from shared.codes.consumption import OrderAction, OrderStatus, ProducerKind
from shared.db.base import table_of
from shared.db.sealed import SealedTable
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading
from shared.ids import derived_id

_ORDERS, _LINES, _PRODUCTS = table_of(Order), table_of(OrderLine), table_of(Product)
_DELIVERIES, _PARTS, _ENTRIES = table_of(Delivery), table_of(DeliveryLine), table_of(ValueEntry)
_PRODUCERS, _BUYERS = table_of(Producer), table_of(Buyer)
_NAMES = SealedTable(_PRODUCERS)
_OF_A_HOUSEHOLD: Final = "农户"
"""How a household that sells by itself is called: its name is a person's."""
_ACCEPTED = sa.exists().where(
    PROCEDURE_STEP.c.thing_kind == STEPS.kind,
    PROCEDURE_STEP.c.thing_id == _ORDERS.c.id,
    PROCEDURE_STEP.c.action == str(OrderAction.ACCEPT),
)
IS_PROCESS: Final = _ORDERS.c.status.not_in([OrderStatus.PRE_ORDERED, OrderStatus.PLACED]) & (
    (_ORDERS.c.status != OrderStatus.CANCELLED) | _ACCEPTED
)
"""Whether an order is a contracting process: it was accepted."""
_SELECT_LINES = (
    sa.select(_LINES, _PRODUCTS.c.unit_code)
    .join_from(_LINES, _PRODUCTS)
    .where(is_one_of(_LINES.c.order_id, "ids"))
    .order_by(_LINES.c.order_id, _LINES.c.line_no)
)
_TAKEN_IN = sa.func.coalesce(_PARTS.c.received, 0) - _PARTS.c.rejected
_SELECT_DELIVERIES = (
    sa.select(_DELIVERIES, sa.func.min(sa.case((_PARTS.c.quantity == _TAKEN_IN, 1), else_=0)).label("is_whole"))
    .join_from(_DELIVERIES, _PARTS)
    .where(is_one_of(_DELIVERIES.c.order_id, "ids"))
    .group_by(*_DELIVERIES.c)
    .order_by(_DELIVERIES.c.order_id, _DELIVERIES.c.place)
)
_SELECT_ENTRIES = (
    sa.select(
        _ENTRIES.c.order_id,
        _ENTRIES.c.delivery_no,
        _ENTRIES.c.entered_on,
        sa.func.max(_ENTRIES.c.entry_no).label("latest"),
        sa.func.sum(_ENTRIES.c.amount).label("amount"),
    )
    .where(is_one_of(_ENTRIES.c.order_id, "ids"))
    .group_by(_ENTRIES.c.order_id, _ENTRIES.c.delivery_no, _ENTRIES.c.entered_on)
    .order_by(_ENTRIES.c.order_id, _ENTRIES.c.entered_on, _ENTRIES.c.delivery_no)
)


def load_processes(reading: Reading, orders: Sequence[Any]) -> list[Process]:
    """These orders as contracting processes, in their order."""
    ids = [order.id for order in orders]
    histories = STEPS.load(reading, ids)
    lines = _by_order(reading, _SELECT_LINES, ids)
    deliveries, entries = _by_order(reading, _SELECT_DELIVERIES, ids), _by_order(reading, _SELECT_ENTRIES, ids)
    buyers = _buyers(reading, {order.buyer_code for order in orders})
    suppliers = _suppliers(reading, {line.producer_code for found in lines.values() for line in found})
    return [
        Process(
            order_id=order.id,
            buyer=buyers[order.buyer_code],
            suppliers=tuple(suppliers[code] for code in dict.fromkeys(line.producer_code for line in lines[order.id])),
            items=tuple(map(_item, lines[order.id])),
            accepted_on=_day_of(histories[order.id], OrderAction.ACCEPT) or _day(order.placed_at),
            deliver_by=order.deliver_by,
            cancelled_on=_day_of(histories[order.id], OrderAction.CANCEL),
            milestones=tuple(map(_milestone, deliveries[order.id])),
            payments=tuple(_payments(entries[order.id])),
        )
        for order in orders
    ]


def _by_order(reading: Reading, statement: sa.Select[Any], ids: Sequence[UUID]) -> Mapping[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in reading.connection.execute(statement, {"ids": list(ids)}):
        found[row.order_id].append(row)
    return found


def _buyers(reading: Reading, codes: Collection[str]) -> dict[str, Party]:
    rows = reading.connection.execute(sa.select(_BUYERS).where(is_one_of(_BUYERS.c.code, "codes")), {"codes": [*codes]})
    return {row.code: Party(row.code, row.name or row.code, row.uscc) for row in rows}


def _suppliers(reading: Reading, codes: Collection[str]) -> dict[str, Party]:
    """The producers; one that is a household is nobody in particular."""
    found = sa.select(_PRODUCERS).where(is_one_of(_PRODUCERS.c.code, "codes"))
    return {row.code: _supplier(reading, row) for row in reading.connection.execute(found, {"codes": [*codes]})}


def _supplier(reading: Reading, row: Any) -> Party:
    if row.kind is ProducerKind.HOUSEHOLD:
        return Party(str(derived_id("supplier", row.code)), _OF_A_HOUSEHOLD, None)
    return Party(row.code, _NAMES.text(reading, "name", row) or row.code, row.uscc)


def _item(line: Any) -> Item:
    value = line_value(line.price, line.quantity)
    return Item(line.line_no, line.name, line.unit, line.unit_code, line.quantity, line.price, value)


def _milestone(row: Any) -> Milestone:
    return Milestone(row.delivery_no, row.shipped_on, row.received_on, bool(row.is_whole))


def _payments(entries: Iterable[Any]) -> Iterable[Payment]:
    """What each delivery came to, day by day."""
    reached: dict[str, int] = defaultdict(int)
    for entry in entries:
        is_restated = entry.delivery_no in reached
        reached[entry.delivery_no] += int(entry.amount)
        yield Payment(entry.delivery_no, entry.entered_on, reached[entry.delivery_no], is_restated)


def _day_of(history: Sequence[Mapping[str, Any]], action: OrderAction) -> dt.date | None:
    return next((step["on"] or _day(step["at"]) for step in history if step["action"] == action), None)


def _day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(BUSINESS_ZONE).date()
