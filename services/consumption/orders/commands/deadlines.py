"""By when the supply side accepts an order and settles what came, and what time does to orders."""

import datetime as dt
from typing import Final

import sqlalchemy as sa

from services.consumption.models import Adjustment, DeliveryLine, Order, OrderReturn
from services.consumption.orders.commands.days import mark_day
from services.consumption.orders.commands.deal import Deal, load_deal
from services.consumption.orders.commands.stock import give_back
from services.consumption.orders.store import STEPS
from shared.codes.consumption import AdjustmentStatus, CancelReason, OrderChange, OrderStatus, ReturnStatus
from shared.contracts.consumption import OrderCancelled, OrderClosed
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


def owe_within(uow: UnitOfWork, order: Order, parameter: str) -> None:
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
    ids = uow.connection.scalars(_SELECT_LAPSED, {"now": uow.now()}).all()
    for order_id in ids:
        order = uow.session.get(Order, order_id, with_for_update=True, populate_existing=True)
        if order is not None and order.status is OrderStatus.PRE_ORDERED:
            _lapse(uow, load_deal(uow, order))
    return len(ids) == _AT_ONCE


def close_orders(uow: UnitOfWork) -> bool:
    """Close what is settled and of which nothing can go back any more; tells whether more is waiting."""
    ids = uow.connection.scalars(_SELECT_OVER, {"today": uow.today()}).all()
    for order_id in ids:
        order = uow.session.get(Order, order_id, with_for_update=True, populate_existing=True)
        if order is not None and order.status is OrderStatus.SETTLED:
            _close(uow, load_deal(uow, order))
    return len(ids) == _AT_ONCE


def _lapse(uow: UnitOfWork, deal: Deal) -> None:
    cancel(uow, deal, CancelReason.LAPSED)
    deal.order.status = OrderStatus.CANCELLED
    _take(uow, deal.order, OrderChange.LAPSE)


def _close(uow: UnitOfWork, deal: Deal) -> None:
    order = deal.order
    deal.emit(uow, OrderClosed(order_id=order.id, buyer_code=order.buyer_code, lines=len(deal.lines)))
    order.status = OrderStatus.CLOSED
    _take(uow, order, OrderChange.CLOSE)


def cancel(uow: UnitOfWork, deal: Deal, reason: CancelReason) -> None:
    """Give back what an order reserved of which nothing was shipped, and tell why it came to nothing."""
    order = deal.order
    give_back(uow, [(line, line.quantity) for line in deal.lines.values()])
    order.confirm_by = None
    deal.emit(uow, OrderCancelled(order_id=order.id, buyer_code=order.buyer_code, lines=len(deal.lines), reason=reason))


def _take(uow: UnitOfWork, order: Order, change: OrderChange) -> None:
    """Write a step that time took."""
    order.version += 1
    order.updated_at = uow.stamp()
    taken = Taken(
        thing_id=order.id,
        step_no=order.version,
        at=order.updated_at,
        action=str(change),
        status=str(order.status),
        taken_by=SYSTEM.id,
    )
    STEPS.write(uow, [taken])
    mark_day(uow, order)
    context = uow.context.in_chain(order.correlation_id)
    after = {"status": str(order.status)}
    uow.record(f"order.{change}", order.id, after, after=after, actor=SYSTEM.id, context=context)
