"""Acting on orders: who may take a step, and what comes with it."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from services.consumption.buyers.rules import BUYING
from services.consumption.buyers.store import sides_of
from services.consumption.models import Order
from services.consumption.orders.commands.adjust import adjust, agree, decline
from services.consumption.orders.commands.days import mark_day
from services.consumption.orders.commands.deadlines import ACCEPT_WORKDAYS, cancel, owe_within, turn_deadline
from services.consumption.orders.commands.deal import Deal, lock_deal
from services.consumption.orders.commands.receive import dispute, receive
from services.consumption.orders.commands.returns import accept_return, ask_return, is_asked, refuse_return
from services.consumption.orders.commands.settle import settle
from services.consumption.orders.commands.ship import finish, is_shipped, ship
from services.consumption.orders.errors import AdjustmentOpen
from services.consumption.orders.procedure import TRANSITIONS
from services.consumption.orders.rules import idle_actions, line_value
from services.consumption.orders.schemas import OrderOut, TransitionIn
from services.consumption.orders.store import STEPS, show_orders
from shared.codes.consumption import CancelReason, OrderAction, OrderStatus
from shared.contracts.consumption import OrderConfirmed, OrderPlaced
from shared.db.unit_of_work import UnitOfWork
from shared.money import format_yuan
from shared.procedures.errors import StepLapsed, TransitionNotAllowed
from shared.procedures.steps import Caller
from shared.procedures.taking import Asked, Taker
from shared.words.said import says


def transition_order(uow: UnitOfWork, order_id: UUID, body: TransitionIn) -> OrderOut:
    """Act on an order 订单流转. Each step is for its sides alone; the supply side also takes the steps of a buyer.

    A delivery or a return that is told again under its number changes nothing.

    Raises:
        OrderNotFound: it is unknown, or the caller neither buys nor supplies it.
        ScopeMissing: the step is not for the caller's side.
        RegionNotAllowed: it is for the supply side, and the order lies outside the caller's region.
        TransitionNotAllowed: its time has not come, or has passed.
    """
    deal = lock_deal(uow, order_id)
    caller = Caller.of(uow.actor, deal.order.region_code)._replace(scopes=_sides(uow, deal.order, body.action))
    if not _is_told_again(deal, body):
        take(uow, deal, body, caller)
    return show_orders(uow, [deal.order])[0]


def take(uow: UnitOfWork, deal: Deal, body: TransitionIn, caller: Caller) -> None:
    """Take a step with an order that is locked."""
    _demand_open(deal, body.action, caller)
    order, was = deal.order, deal.order.status
    asked = Asked(
        action=body.action,
        region_code=order.region_code,
        caller=caller,
        on=uow.today(),
        note=body.note,
        chain=deal.chain(uow),
    )
    _TAKER.take(uow, order, asked, lambda: _follow(uow, deal, body, was))
    uow.session.flush()
    mark_day(uow, order)


def _is_told_again(deal: Deal, body: TransitionIn) -> bool:
    if body.action is OrderAction.RETURN:
        return is_asked(deal, body)
    return body.action is OrderAction.SHIP and is_shipped(deal, body)


def _sides(uow: UnitOfWork, order: Order, action: OrderAction) -> frozenset[str]:
    """The sides on which the caller may take this step."""
    scopes, held = TRANSITIONS.scopes_of(action), sides_of(uow, order)
    if held.isdisjoint(scopes):
        uow.actor.demand(*scopes)
        uow.actor.demand_region(order.region_code)
    return held


def _demand_open(deal: Deal, action: OrderAction, caller: Caller) -> None:
    """Raise TransitionNotAllowed where the order has nothing for the step, AdjustmentOpen where a price is open."""
    status, idle = deal.order.status, idle_actions(deal.progress)
    waits = action in {OrderAction.SETTLE, OrderAction.ADJUST} and TRANSITIONS.find(status, action) is not None
    if waits and deal.progress.adjusting:
        raise AdjustmentOpen(says("price-waits-for-answer"))
    allowed = [each for each in TRANSITIONS.allowed_to(caller, status) if each not in idle]
    if action not in allowed:
        detail = says("no-such-step", thing=TRANSITIONS.thing, status=status, action=action)
        raise TransitionNotAllowed(detail, allowed_actions=[each.value for each in allowed])


def _follow(uow: UnitOfWork, deal: Deal, body: TransitionIn, was: OrderStatus) -> dict[str, Any]:
    """What comes with the new status; returned is what the audit says about it."""
    said = _DEEDS[body.action](uow, deal, body, was)
    uow.session.flush()
    if body.action is not OrderAction.CONFIRM:
        turn_deadline(uow, deal)
    return said


def _confirm(uow: UnitOfWork, deal: Deal, _body: TransitionIn, _was: OrderStatus) -> dict[str, Any]:
    """The buyer wants what it pre-ordered 确认预订. Raises StepLapsed after the hours it had."""
    order = deal.order
    if order.confirm_by is not None and order.confirm_by < uow.now():
        raise StepLapsed(says("pre-order-lapsed", until=order.confirm_by), not_after=order.confirm_by.isoformat())
    order.confirm_by = None
    owe_within(uow, order, ACCEPT_WORKDAYS)
    tell_placed(uow, deal.order, [(line.price, line.quantity) for line in deal.lines.values()])
    return {}


def tell_placed(uow: UnitOfWork, order: Any, lines: list[tuple[int, int]]) -> None:
    """Publish that an order waits for the supply side, from the price and the quantity of each line."""
    placed = OrderPlaced(
        order_id=order.id,
        buyer_code=order.buyer_code,
        lines=len(lines),
        total=sum(line_value(price, quantity) for price, quantity in lines),
        way=order.way,
    )
    uow.emit(placed, region=order.region_code, context=uow.context.in_chain(order.correlation_id))


def _accept(uow: UnitOfWork, deal: Deal, _body: TransitionIn, _was: OrderStatus) -> dict[str, Any]:
    order = deal.order
    confirmed = OrderConfirmed(
        order_id=order.id,
        buyer_code=order.buyer_code,
        lines=len(deal.lines),
        total=sum(line_value(line.price, line.quantity) for line in deal.lines.values()),
        confirmed_on=uow.today(),
    )
    deal.emit(uow, confirmed)
    return {"total": format_yuan(confirmed.total)}


def _cancel(uow: UnitOfWork, deal: Deal, _body: TransitionIn, _was: OrderStatus) -> dict[str, Any]:
    is_buyer = BUYING in sides_of(uow, deal.order)
    cancel(uow, [deal.order], deal.lines.values(), CancelReason.BUYER if is_buyer else CancelReason.SUPPLIER)
    return {}


def _of_any(
    deed: Callable[[UnitOfWork, Deal, TransitionIn], dict[str, Any]],
) -> Callable[[UnitOfWork, Deal, TransitionIn, OrderStatus], dict[str, Any]]:
    """What comes with a step, wherever the order stood."""
    return lambda uow, deal, body, _was: deed(uow, deal, body)


def _audit_view(order: Order) -> dict[str, Any]:
    return {"status": str(order.status)}


_TAKER: Final = Taker(TRANSITIONS, STEPS, _audit_view)
_DEEDS: Final[Mapping[OrderAction, Callable[[UnitOfWork, Deal, TransitionIn, OrderStatus], dict[str, Any]]]] = {
    OrderAction.CONFIRM: _confirm,
    OrderAction.ACCEPT: _accept,
    OrderAction.CANCEL: _cancel,
    OrderAction.SHIP: _of_any(ship),
    OrderAction.FINISH: _of_any(finish),
    OrderAction.RECEIVE: receive,
    OrderAction.DISPUTE: dispute,
    OrderAction.SETTLE: _of_any(settle),
    OrderAction.ADJUST: _of_any(adjust),
    OrderAction.AGREE: _of_any(agree),
    OrderAction.DECLINE: _of_any(decline),
    OrderAction.RETURN: _of_any(ask_return),
    OrderAction.ACCEPT_RETURN: _of_any(accept_return),
    OrderAction.REFUSE_RETURN: _of_any(refuse_return),
}
