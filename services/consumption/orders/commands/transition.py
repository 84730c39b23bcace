"""Acting on orders: acceptance, shipment, receipt, dispute, cancellation; settlement stands beside."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.consumption.buyers.store import deals_in, sides_of
from services.consumption.models import Order, OrderLine, Product
from services.consumption.orders.commands.settle import settle_order
from services.consumption.orders.errors import OrderInvalid, OrderNotFound
from services.consumption.orders.procedure import TRANSITIONS
from services.consumption.orders.rules import line_value
from services.consumption.orders.schemas import OrderOut, ReceivedIn, TransitionIn
from services.consumption.orders.store import STEPS, load_lines, show_orders
from services.consumption.products.rules import format_quantity
from shared.codes.consumption import OrderAction
from shared.context import Context
from shared.contracts.consumption import OrderConfirmed
from shared.db.base import table_of
from shared.db.rows import execute_rows
from shared.db.unit_of_work import UnitOfWork
from shared.money import format_yuan
from shared.procedures.steps import Caller
from shared.procedures.taking import Asked, Taker
from shared.words.said import says

_LINES, _PRODUCTS = table_of(OrderLine), table_of(Product)
_UPDATE_RECEIVED = (
    sa.update(_LINES)
    .where(_LINES.c.order_id == sa.bindparam("of_order"), _LINES.c.line_no == sa.bindparam("of_line"))
    .values(received=sa.bindparam("arrived"))
)
_UPDATE_GIVEN_BACK = (
    sa.update(_PRODUCTS)
    .where(_PRODUCTS.c.code == sa.bindparam("of_product"), _PRODUCTS.c.unit == sa.bindparam("in_unit"))
    .values(available=_PRODUCTS.c.available + sa.bindparam("back"))
)


def transition_order(uow: UnitOfWork, order_id: UUID, body: TransitionIn) -> OrderOut:
    """Act on an order 订单流转. Each step is for its sides alone; the supply side also takes the steps of a buyer.

    Raises:
        OrderNotFound: it is unknown, or the caller neither buys nor supplies it.
        ScopeMissing: the step is not for the caller's side.
        RegionNotAllowed: it is for the supply side, and the order lies outside the caller's region.
        TransitionNotAllowed: its time has not come, or has passed.
    """
    order = _lock(uow, order_id)
    asked = Asked(
        action=body.action,
        region_code=order.region_code,
        caller=Caller.of(uow.actor, order.region_code)._replace(scopes=_sides(uow, order, body.action)),
        note=body.note,
        chain=_chain(uow, order),
    )
    _TAKER.take(uow, order, asked, lambda: _follow(uow, order, body))
    return show_orders(uow, [order])[0]


def _lock(uow: UnitOfWork, order_id: UUID) -> Order:
    order = uow.session.get(Order, order_id, with_for_update=True)
    if order is None or not deals_in(uow, order):
        raise OrderNotFound(says("no-such-order", order=order_id))
    return order


def _sides(uow: UnitOfWork, order: Order, action: OrderAction) -> frozenset[str]:
    """The sides on which the caller may take this step."""
    scopes, held = TRANSITIONS.scopes_of(action), sides_of(uow, order)
    if held.isdisjoint(scopes):
        uow.actor.demand(*scopes)
        uow.actor.demand_region(order.region_code)
    return held


def _chain(uow: UnitOfWork, order: Order) -> Context:
    return uow.context.in_chain(order.correlation_id)


def _follow(uow: UnitOfWork, order: Order, body: TransitionIn) -> dict[str, Any]:
    """What comes with the new status; returned is what the audit says about it."""
    match body.action:
        case OrderAction.ACCEPT:
            return _confirm(uow, order)
        case OrderAction.RECEIVE:
            return _receive(uow, order, body.lines or [])
        case OrderAction.SETTLE:
            return settle_order(uow, order, _chain(uow, order))
        case OrderAction.CANCEL:
            return _give_back(uow, order)
    return {}


def _confirm(uow: UnitOfWork, order: Order) -> dict[str, Any]:
    lines = load_lines(uow, [order.id])
    confirmed = OrderConfirmed(
        order_id=order.id,
        buyer_code=order.buyer_code,
        lines=len(lines),
        total=sum(line_value(line.price, line.quantity) for line in lines),
        confirmed_on=uow.today(),
    )
    uow.emit(confirmed, region=order.region_code, context=_chain(uow, order))
    return {"total": format_yuan(confirmed.total)}


def _receive(uow: UnitOfWork, order: Order, named: Sequence[ReceivedIn]) -> dict[str, Any]:
    """Record what arrived. What is missing 短交 stays undelivered: it is not paid and does not go back to stock."""
    lines = {line.line_no: line for line in load_lines(uow, [order.id])}
    arrived = {number: line.quantity if line.received is None else line.received for number, line in lines.items()}
    for index, line in enumerate(named):
        if line.line_no not in lines:
            raise OrderInvalid.at(f"/lines/{index}/line_no", says("order-without-line"))
        if line.received > lines[line.line_no].quantity:
            raise OrderInvalid.at(f"/lines/{index}/received", says("more-than-ordered"))
        arrived[line.line_no] = line.received
    rows = [{"of_order": order.id, "of_line": number, "arrived": quantity} for number, quantity in arrived.items()]
    execute_rows(uow.connection, _UPDATE_RECEIVED, rows)
    return {"received": {str(number): format_quantity(quantity) for number, quantity in arrived.items()}}


def _give_back(uow: UnitOfWork, order: Order) -> dict[str, Any]:
    """Make what was reserved available again, in the order in which orders take it.

    A product that is counted in another unit by now gets nothing back: its stock was counted anew.
    """
    lines = sorted(load_lines(uow, [order.id]), key=lambda line: str(line.product_code))
    rows = [{"of_product": line.product_code, "in_unit": line.unit, "back": line.quantity} for line in lines]
    execute_rows(uow.connection, _UPDATE_GIVEN_BACK, rows)
    return {}


def _audit_view(order: Order) -> dict[str, Any]:
    return {"status": str(order.status)}


_TAKER = Taker(TRANSITIONS, STEPS, _audit_view)
