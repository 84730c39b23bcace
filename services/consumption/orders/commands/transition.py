"""Acting on orders: from acceptance to the money that reaches the households."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.consumption.buyers.commands import deals_in, sides_of
from services.consumption.models import HOUSEHOLDS, REQUESTS, LineShare, Order, OrderLine, Product
from services.consumption.orders.commands.history import entry
from services.consumption.orders.errors import OrderInvalid, OrderNotFound
from services.consumption.orders.rules import (
    BUYING,
    SUPPLYING,
    TRANSITIONS,
    Share,
    Split,
    format_quantity,
    line_value,
    split,
)
from services.consumption.orders.schemas import OrderOut, ReceivedIn, TransitionIn
from services.consumption.orders.store import lines_of, shares_of, show_orders
from shared.context import Context
from shared.contracts.codes import OrderAction
from shared.contracts.consumption import OrderConfirmed, OrderSettled, SaleCredited
from shared.db.base import table_of
from shared.db.rows import execute_rows
from shared.db.unit_of_work import UnitOfWork
from shared.ids import derived_id
from shared.money import format_yuan
from shared.months import month_of

_LINES, _SHARES, _PRODUCTS = table_of(OrderLine), table_of(LineShare), table_of(Product)
_OF_LINE = (_LINES.c.order_id == sa.bindparam("of_order")) & (_LINES.c.line_no == sa.bindparam("of_line"))
_RECEIVED = sa.update(_LINES).where(_OF_LINE).values(received=sa.bindparam("arrived"))
_KEPT = sa.update(_LINES).where(_OF_LINE).values(producer_amount=sa.bindparam("kept"))
_CREDITED = (
    sa.update(_SHARES)
    .where(
        _SHARES.c.order_id == sa.bindparam("of_order"),
        _SHARES.c.line_no == sa.bindparam("of_line"),
        _SHARES.c.household_code == sa.bindparam("of_household"),
        _SHARES.c.branch == sa.bindparam("of_branch"),
    )
    .values(amount=sa.bindparam("credited"))
)
_GIVEN_BACK = (
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
    order = _hold(uow, order_id)
    held = _sides(uow, order, body.action)
    step = TRANSITIONS.take_as(held, order.status, body.action)
    side = BUYING if BUYING in held.intersection(step.scopes) else SUPPLYING
    before = {"status": str(order.status)}
    order.status = step.after
    after = {"status": str(step.after)} | _follow(uow, order, body)
    order.updated_at = uow.stamp()
    for_buyer = side == SUPPLYING and BUYING in step.scopes
    taken = entry(uow, order.updated_at, body.action, side, step.after, for_buyer=for_buyer, note=body.note)
    order.history = [*order.history, taken]
    shown_id = str(order_id)
    uow.audit(f"order.{body.action}", shown_id, before=before, after=after)
    uow.note("order.transition", context=_chain(uow, order), order_id=shown_id, action=body.action, status=step.after)
    return show_orders(uow, [order])[0]


def _hold(uow: UnitOfWork, order_id: UUID) -> Order:
    order = uow.session.get(Order, order_id, with_for_update=True)
    if order is None or not deals_in(uow, order):
        raise OrderNotFound(f"no order {order_id} that this client buys or supplies")
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
            return _settle(uow, order)
        case OrderAction.CANCEL:
            return _give_back(uow, order)
    return {}


def _confirm(uow: UnitOfWork, order: Order) -> dict[str, Any]:
    lines = lines_of(uow, [order.id])
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
    lines = {line.line_no: line for line in lines_of(uow, [order.id])}
    arrived = {number: line.quantity if line.received is None else line.received for number, line in lines.items()}
    for index, line in enumerate(named):
        if line.line_no not in lines:
            raise OrderInvalid.at(f"/lines/{index}/line_no", "the order has no such line")
        if line.received > lines[line.line_no].quantity:
            raise OrderInvalid.at(f"/lines/{index}/received", "more than was ordered")
        arrived[line.line_no] = line.received
    rows = [{"of_order": order.id, "of_line": number, "arrived": quantity} for number, quantity in arrived.items()]
    execute_rows(uow.connection, _RECEIVED, rows)
    return {"received": {str(number): format_quantity(quantity) for number, quantity in arrived.items()}}


def _give_back(uow: UnitOfWork, order: Order) -> dict[str, Any]:
    """Make what was reserved available again, in the order in which orders take it.

    A product that is counted in another unit by now gets nothing back: its stock was counted anew.
    """
    lines = sorted(lines_of(uow, [order.id]), key=lambda line: str(line.product_code))
    rows = [{"of_product": line.product_code, "in_unit": line.unit, "back": line.quantity} for line in lines]
    execute_rows(uow.connection, _GIVEN_BACK, rows)
    return {}


def _settle(uow: UnitOfWork, order: Order) -> dict[str, Any]:
    """Split what arrived over the households behind it, by the shares the order was placed with, and tell of it."""
    lines = lines_of(uow, [order.id])
    shares: dict[int, list[sa.Row[Any]]] = defaultdict(list)
    for share in shares_of(uow, [order.id]):
        shares[share.line_no].append(share)
    splits = {line.line_no: _split_line(line, shares[line.line_no]) for line in lines}
    kept = [{"of_order": order.id, "of_line": number, "kept": parts.rest} for number, parts in splits.items()]
    execute_rows(uow.connection, _KEPT, kept)
    credited = [
        (share, amount)
        for number, parts in splits.items()
        for share, amount in zip(shares[number], parts.parts, strict=True)
    ]
    execute_rows(uow.connection, _CREDITED, [_credit_row(share, amount) for share, amount in credited])
    order.settled_on = uow.today()
    return _tell_settled(uow, order, len(lines), credited, sum(parts.rest for parts in splits.values()))


def _split_line(line: sa.Row[Any], shares: Sequence[sa.Row[Any]]) -> Split:
    value = line_value(line.price, line.received)
    return split(value, [Share(share.household_code, share.branch, share.share) for share in shares])


def _credit_row(share: sa.Row[Any], amount: int) -> dict[str, Any]:
    return {
        "of_order": share.order_id,
        "of_line": share.line_no,
        "of_household": share.household_code,
        "of_branch": share.branch,
        "credited": amount,
    }


def _tell_settled(
    uow: UnitOfWork, order: Order, lines: int, credited: Sequence[tuple[sa.Row[Any], int]], to_producers: int
) -> dict[str, Any]:
    """Publish what each household got, then the order's sums; whoever got nothing is not told of."""
    paid = [(share, amount) for share, amount in credited if amount]
    households = {share.household_code for share, _ in paid}
    known = HOUSEHOLDS.find_anywhere(uow, households)
    for share, amount in paid:
        credit = _credit(uow, order, share, amount, known[share.household_code].region_code)
        uow.emit(credit, region=credit.region_code, context=_chain(uow, order))
    to_households = sum(amount for _, amount in paid)
    settled = OrderSettled(
        order_id=order.id,
        buyer_code=order.buyer_code,
        lines=lines,
        total=to_households + to_producers,
        to_households=to_households,
        to_producers=to_producers,
        households=len(households),
        settled_on=uow.today(),
    )
    uow.emit(settled, region=order.region_code, context=_chain(uow, order))
    if order.request_id is not None and order.request_household in households:
        REQUESTS.complete(uow, order.request_id)
    return {"to_households": format_yuan(to_households), "to_producers": format_yuan(to_producers)}


def _credit(uow: UnitOfWork, order: Order, share: sa.Row[Any], amount: int, region_code: str) -> SaleCredited:
    """One credit for one share: its id is that of the share, so that it is the same credit however often it is told."""
    of_request = share.household_code == order.request_household
    return SaleCredited(
        credit_id=derived_id("credit", str(order.id), share.line_no, share.household_code, str(share.branch)),
        household_code=share.household_code,
        region_code=region_code,
        branch=share.branch,
        month=month_of(uow.today()),
        amount=amount,
        credited_on=uow.today(),
        measure_id=order.request_id if of_request else None,
    )
