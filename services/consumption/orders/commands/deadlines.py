"""By when the supply side accepts an order and settles what came, and what time does to orders."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from services.consumption.models import Adjustment, DeliveryLine, Order, OrderReturn
from services.consumption.orders.commands.days import mark_day
from services.consumption.orders.commands.deal import Deal
from services.consumption.orders.commands.stock import give_back
from services.consumption.orders.store import STEPS, load_lines
from shared.codes.consumption import AdjustmentStatus, CancelReason, OrderChange, OrderStatus, ReturnStatus
from shared.contracts.consumption import OrderCancelled, OrderClosed
from shared.contracts.payload import Payload
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.procedures.deadlines import Deadlines
from shared.procedures.rows import Taken
from shared.security.actor import SYSTEM
from shared.workdays import WorkdayCalendar

ACCEPT_WORKDAYS: Final = "consumption.accept_workdays"
SETTLE_WORKDAYS: Final = "consumption.settle_workdays"
RETURN_DAYS: Final = "consumption.return_days"
PRE_ORDER_HOURS: Final = "consumption.pre_order_hours"
_AT_ONCE: Final = 100
_ORDERS, _LINES = table_of(Order), table_of(DeliveryLine)
_ADJUSTMENTS, _RETURNS = table_of(Adjustment), table_of(OrderReturn)
_OVERDUE: Final = Deadlines(
    _ORDERS,
    STEPS,
    ended=[OrderStatus.SETTLED, OrderStatus.CLOSED, OrderStatus.CANCELLED],
    action=OrderChange.OVERDUE,
)
_SELECT_LAPSED = (
    sa.select(_ORDERS.c.id)
    .where(_ORDERS.c.confirm_by < sa.bindparam("now"), _ORDERS.c.status == OrderStatus.PRE_ORDERED)
    .order_by(_ORDERS.c.id)
    .limit(_AT_ONCE)
)


def _without(table: sa.Table, waiting: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return ~sa.exists().where(table.c.order_id == _ORDERS.c.id, waiting)


_SELECT_OVER = (
    sa.select(_ORDERS.c.id)
    .where(
        _ORDERS.c.closes_on < sa.bindparam("today"),
        _ORDERS.c.status == OrderStatus.SETTLED,
        _without(_LINES, _LINES.c.held),
        _without(_ADJUSTMENTS, _ADJUSTMENTS.c.status == AdjustmentStatus.OPEN),
        _without(_RETURNS, _RETURNS.c.status == ReturnStatus.REQUESTED),
    )
    .order_by(_ORDERS.c.id)
    .limit(_AT_ONCE)
)


def owe_within(uow: UnitOfWork, order: Any, parameter: str) -> None:
    """Begin to count the working days within which the supply side owes a step."""
    days = int(uow.policy.at(order.region_code, uow.today()).value(parameter).value)
    deadline = WorkdayCalendar(uow.policy.workday_overrides()).add_workdays(uow.today(), days)
    order.due_on, order.due_provisional = deadline.due_on, deadline.provisional


def turn_deadline(uow: UnitOfWork, deal: Deal) -> None:
    """What came is to be settled within working days that begin with the first of it; nothing disputed is owed."""
    order = deal.order
    if not deal.progress.due:
        order.due_on, order.due_provisional = None, False
    elif order.due_on is None:
        owe_within(uow, order, SETTLE_WORKDAYS)


def confirm_by(uow: UnitOfWork, region_code: str) -> dt.datetime:
    """When what is pre-ordered now lapses."""
    hours = uow.policy.at(region_code, uow.today()).value(PRE_ORDER_HOURS)
    return uow.now() + dt.timedelta(hours=int(hours.value))


def last_day_of_returns(uow: UnitOfWork, region_code: str, received_on: dt.date) -> dt.date:
    """The last day on which something of a delivery can go back, by the policy of the day it came."""
    days = uow.policy.at(region_code, received_on).value(RETURN_DAYS)
    return received_on + dt.timedelta(days=int(days.value))


def tell_overdue(uow: UnitOfWork) -> bool:
    """Have the history of each overdue order say so, once; tells whether more is waiting."""
    return _OVERDUE.tell(uow)


def lapse_pre_orders(uow: UnitOfWork) -> bool:
    """Cancel what was pre-ordered and not confirmed in time, its stock back; tells whether more is waiting."""
    due = _due(uow, _SELECT_LAPSED, {"now": uow.now()})
    _lapse(uow, due.orders)
    return due.is_full


def close_orders(uow: UnitOfWork) -> bool:
    """Close what is settled and of which nothing can go back any more; tells whether more is waiting."""
    due = _due(uow, _SELECT_OVER, {"today": uow.today()})
    _close(uow, due.orders)
    return due.is_full


class _Due(NamedTuple):
    """Orders with which time does something now, and whether there may be more of them."""

    orders: Sequence[Order]
    is_full: bool


def _due(uow: UnitOfWork, select: sa.Select[Any], asked: Mapping[str, Any]) -> _Due:
    """Lock what a question finds, and ask it again: whoever held an order until then may have acted on it.

    All are locked before stock is, and before the moments are given, as by whoever acts on one of them: nobody waits
    in a ring.
    """
    ids = uow.connection.scalars(select, asked).all()
    kind: Any = Order
    those = sa.select(kind).where(kind.id.in_(ids)).order_by(kind.id).with_for_update()
    locked = uow.session.scalars(those, execution_options={"populate_existing": True}).all()
    still = frozenset(uow.connection.scalars(select, asked))
    return _Due([order for order in locked if order.id in still], len(ids) == _AT_ONCE)


def _lapse(uow: UnitOfWork, orders: Sequence[Order]) -> None:
    """Give back what they reserved by one statement for all, in the order of the products."""
    lines = load_lines(uow, [order.id for order in orders])
    cancel(uow, orders, lines, CancelReason.LAPSED)
    for order in orders:
        order.status = OrderStatus.CANCELLED
    _take(uow, orders, OrderChange.LAPSE)


def _close(uow: UnitOfWork, orders: Sequence[Order]) -> None:
    lines = Counter(line.order_id for line in load_lines(uow, [order.id for order in orders]))
    for order in orders:
        order.status = OrderStatus.CLOSED
        _tell(uow, order, OrderClosed(order_id=order.id, buyer_code=order.buyer_code, lines=lines[order.id]))
    _take(uow, orders, OrderChange.CLOSE)


def cancel(uow: UnitOfWork, orders: Iterable[Order], lines: Collection[Any], reason: CancelReason) -> None:
    """Give back what orders reserved of which nothing was shipped, and tell why they came to nothing."""
    give_back(uow, [(line, line.quantity) for line in lines])
    ordered = Counter(line.order_id for line in lines)
    for order in orders:
        order.confirm_by = None
        named = {"order_id": order.id, "buyer_code": order.buyer_code}
        _tell(uow, order, OrderCancelled(**named, lines=ordered[order.id], reason=reason))


def _tell(uow: UnitOfWork, order: Order, event: Payload) -> None:
    uow.emit(event, region=order.region_code, context=uow.context.in_chain(order.correlation_id))


def _take(uow: UnitOfWork, orders: Sequence[Order], change: OrderChange) -> None:
    """Write a step that time took with each of these orders."""
    for order in orders:
        order.version += 1
        order.updated_at = uow.stamp()
        mark_day(uow, order)
        context = uow.context.in_chain(order.correlation_id)
        after = {"status": str(order.status)}
        uow.record(f"order.{change}", order.id, after, after=after, actor=SYSTEM.id, context=context)
    STEPS.write(uow, [_taken(order, change) for order in orders])


def _taken(order: Order, change: OrderChange) -> Taken:
    return Taken(
        thing_id=order.id,
        step_no=order.version,
        at=order.updated_at,
        action=str(change),
        status=str(order.status),
        taken_by=SYSTEM.id,
    )
