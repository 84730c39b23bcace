"""Orders with all that belongs to them, as commands and queries show them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.consumption.buyers.rules import BUYING, SUPPLYING
from services.consumption.buyers.store import supplies
from services.consumption.models import (
    PROCEDURE_STEP,
    Adjustment,
    AdjustmentLine,
    Delivery,
    DeliveryCredit,
    DeliveryKept,
    DeliveryLine,
    Order,
    OrderLine,
    OrderReturn,
    OrderShare,
    ReturnLine,
)
from services.consumption.orders.procedure import TRANSITIONS
from services.consumption.orders.rules import (
    Link,
    ProducerShare,
    Share,
    idle_actions,
    line_value,
    price_now,
    progress_of,
    stays,
)
from services.consumption.orders.schemas import (
    AdjustedLineOut,
    AdjustmentOut,
    CreditOut,
    KeptOut,
    LineOut,
    OrderDeliveryLineOut,
    OrderDeliveryOut,
    OrderOut,
    OrderStepOut,
    ReturnedLineOut,
    ReturnOut,
)
from shared.codes.consumption import OrderAction
from shared.db.base import table_of
from shared.db.sealed import SealedTable
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading
from shared.identity import mask_name
from shared.procedures.rows import Steps, Taken
from shared.procedures.steps import Caller
from shared.security.actor import Actor

ORDERS = SealedTable(table_of(Order))
STEPS = Steps(PROCEDURE_STEP, "order")
_DELIVERY_LINES, _PLACES, _CREDITS = table_of(DeliveryLine), table_of(Delivery), table_of(DeliveryCredit)


def _of_orders(model: type[Any], *order: str) -> sa.Select[Any]:
    table = table_of(model)
    keys = (table.c[name] for name in ("order_id", *order))
    return sa.select(table).where(is_one_of(table.c.order_id, "ids")).order_by(*keys)


_SELECT_LINES = _of_orders(OrderLine, "line_no")
_SELECT_SHARES = _of_orders(OrderShare, "giver_code", "link_no")
_SELECT_DELIVERY_LINES = (
    sa.select(_DELIVERY_LINES)
    .join_from(_DELIVERY_LINES, _PLACES)
    .where(is_one_of(_DELIVERY_LINES.c.order_id, "ids"))
    .order_by(_DELIVERY_LINES.c.order_id, _PLACES.c.place, _DELIVERY_LINES.c.line_no)
)
_SELECT_CREDITS = _of_orders(DeliveryCredit, "line_no", "household_code", "branch")
_SELECT_KEPT = _of_orders(DeliveryKept, "line_no", "producer_code")
_SELECT_PARTS: Mapping[str, sa.Select[Any]] = {
    "lines": _SELECT_LINES,
    "deliveries": _of_orders(Delivery, "place"),
    "delivery_lines": _SELECT_DELIVERY_LINES,
    "adjustments": _of_orders(Adjustment, "adjustment_no"),
    "adjustment_lines": _of_orders(AdjustmentLine, "adjustment_no", "line_no"),
    "returns": _of_orders(OrderReturn, "requested_on", "return_no"),
    "return_lines": _of_orders(ReturnLine, "return_no", "line_no"),
}
"""What belongs to an order and is shown to both sides."""
_SELECT_SHOWN_CREDITS = (
    sa.select(
        sa.type_coerce(_CREDITS.c.order_id, sa.Text()).label("kept_id"),
        *(_CREDITS.c[name] for name in ("line_no", "household_code", "branch")),
        sa.cast(sa.func.sum(_CREDITS.c.amount), sa.BigInteger()).label("amount"),
    )
    .where(is_one_of(_CREDITS.c.order_id, "ids"))
    .group_by(_CREDITS.c.order_id, _CREDITS.c.line_no, _CREDITS.c.household_code, _CREDITS.c.branch)
    .order_by(_CREDITS.c.order_id, _CREDITS.c.line_no, _CREDITS.c.household_code, _CREDITS.c.branch)
)
"""Added up over the deliveries of a line; the order as the database keeps its id: there may be thousands of rows."""


@dataclass(slots=True)
class Parts:
    """The rows that belong to an order, each kind in its order."""

    lines: list[Any] = field(default_factory=list)
    deliveries: list[Any] = field(default_factory=list)
    delivery_lines: list[Any] = field(default_factory=list)
    adjustments: list[Any] = field(default_factory=list)
    adjustment_lines: list[Any] = field(default_factory=list)
    returns: list[Any] = field(default_factory=list)
    return_lines: list[Any] = field(default_factory=list)
    credits: list[Any] = field(default_factory=list)
    kept: list[Any] = field(default_factory=list)


def load_lines(reading: Reading, ids: Iterable[UUID]) -> Sequence[sa.Row[Any]]:
    """The lines of these orders, by order and number."""
    return reading.connection.execute(_SELECT_LINES, {"ids": list(ids)}).all()


def load_credits(reading: Reading, order_id: UUID) -> Sequence[sa.Row[Any]]:
    """What households have of an order's settled lines, by line and household."""
    return reading.connection.execute(_SELECT_CREDITS, {"ids": [order_id]}).all()


def load_tree(reading: Reading, order_id: UUID) -> dict[str, list[Link]]:
    """The shares that are frozen with an order, by the producer whose sales are shared."""
    tree: defaultdict[str, list[Link]] = defaultdict(list)
    for row in reading.connection.execute(_SELECT_SHARES, {"ids": [order_id]}):
        household = Share(row.household_code, row.branch, row.share) if row.household_code else None
        tree[row.giver_code].append(household or ProducerShare(row.producer_code, row.share))
    return dict(tree)


def show_orders(reading: Reading, orders: Sequence[Order | sa.Row[Any]]) -> list[OrderOut]:
    """Orders with their lines; whoever does not supply one is not told which households it is good for."""
    parts: dict[UUID, Parts] = {order.id: Parts() for order in orders}
    _gather(reading, parts, _SELECT_PARTS, parts)
    supplied = [order.id for order in orders if supplies(reading.actor, order.region_code)]
    if supplied:  # nobody else is shown the money
        _gather(reading, parts, {"kept": _SELECT_KEPT}, supplied)
        _gather_credits(reading, parts, supplied)
    histories = STEPS.load(reading, [order.id for order in orders])
    return [_order(reading, order, parts[order.id], histories[order.id]) for order in orders]


def _gather(
    reading: Reading, parts: Mapping[UUID, Parts], statements: Mapping[str, sa.Select[Any]], ids: Collection[UUID]
) -> None:
    for kind, statement in statements.items():
        for row in reading.connection.execute(statement, {"ids": list(ids)}):
            getattr(parts[row.order_id], kind).append(row)


def _gather_credits(reading: Reading, parts: Mapping[UUID, Parts], ids: Collection[UUID]) -> None:
    rows = reading.connection.execute(_SELECT_SHOWN_CREDITS, {"ids": list(ids)})
    for kept_id, of_order in groupby(rows, key=itemgetter(0)):
        parts[UUID(str(kept_id))].credits += of_order


def show_placed(reading: Reading, order: Any, lines: Sequence[Any], placed: Taken) -> OrderOut:
    """An order with the lines and the step that were just written: nothing of it is shipped."""
    return _order(reading, order, Parts(lines=list(lines)), [placed.entry()])


def _order(
    reading: Reading, order: Order | sa.Row[Any], parts: Parts, history: Sequence[Mapping[str, Any]]
) -> OrderOut:
    supplied = supplies(reading.actor, order.region_code)
    knows = supplied or order.placed_by == reading.actor.id
    lines = _lines(parts, supplied=supplied)
    return OrderOut(
        order_id=order.id,
        buyer_code=order.buyer_code,
        buyer_order_no=order.buyer_order_no,
        region_code=order.region_code,
        request_id=order.request_id if knows else None,
        status=order.status,
        mode=order.mode,
        way=order.way,
        agreement_no=order.agreement_no,
        incident_id=order.incident_id,
        channel=order.channel,
        placed_at=order.placed_at,
        updated_at=order.updated_at,
        confirm_by=order.confirm_by,
        due_on=order.due_on,
        due_provisional=order.due_provisional,
        overdue=order.due_on is not None and order.due_on < reading.today(),
        settled_on=order.settled_on,
        closes_on=order.closes_on,
        deliver_by=order.deliver_by,
        deliver_to=order.deliver_to,
        contact=_contact(reading, order, knows=knows),
        invoice_title=order.invoice_title,
        total=sum(line.value for line in lines),
        lines=lines,
        deliveries=_deliveries(parts),
        adjustment=_adjustment(parts),
        returns=_returns(parts),
        history=[OrderStepOut.of(step) for step in history],
        allowed_actions=_allowed(reading, order, parts, supplied=supplied),
    )


def _lines(parts: Parts, *, supplied: bool) -> list[LineOut]:
    came, credits_, kept = (_by_line(rows) for rows in (parts.delivery_lines, parts.credits, parts.kept))
    return [
        _line(line, came[line.line_no], (credits_[line.line_no], kept[line.line_no]) if supplied else None)
        for line in parts.lines
    ]


def _by_line(rows: Iterable[Any]) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.line_no].append(row)
    return found


def _line(line: Any, delivered: Sequence[Any], money: tuple[list[Any], list[Any]] | None) -> LineOut:
    """A line with the sums of its deliveries; ``money`` is None for whoever does not supply it."""
    came = [each for each in delivered if each.received is not None]
    kept = None if money is None else _kept(money[1])
    return LineOut(
        line_no=line.line_no,
        product_code=line.product_code,
        producer_code=line.producer_code,
        name=line.name,
        unit=line.unit,
        specification=line.specification,
        quantity=line.quantity,
        price=price_now(line),
        shipped=sum(each.quantity for each in delivered),
        received=sum(each.received for each in came) if came else None,
        rejected=sum(each.rejected for each in came),
        returned=sum(each.returned for each in came),
        value=_value(line, came),
        credits=None if money is None else _credits(money[0]),
        kept=kept,
        producer_amount=next((each.amount for each in kept or () if each.producer_code == line.producer_code), None),
    )


def _value(line: Any, came: Sequence[Any]) -> int:
    """Of what came and stayed, each delivery for itself; before anything came, of what will."""
    quantities = [stays(each) for each in came] if came else [line.quantity - line.short]
    return sum(line_value(price_now(line), quantity) for quantity in quantities)


def _credits(rows: Sequence[Any]) -> list[CreditOut]:
    return [CreditOut(household_code=row.household_code, branch=row.branch, amount=row.amount) for row in rows]


def _kept(rows: Sequence[Any]) -> list[KeptOut]:
    found: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        found[row.producer_code] += row.amount
    return [KeptOut(producer_code=code, amount=amount) for code, amount in found.items()]


def _deliveries(parts: Parts) -> list[OrderDeliveryOut]:
    prices = {line.line_no: price_now(line) for line in parts.lines}
    return [
        OrderDeliveryOut(
            delivery_no=delivery.delivery_no,
            status=delivery.status,
            shipped_on=delivery.shipped_on,
            received_on=delivery.received_on,
            lines=[
                _delivery_line(line, prices[line.line_no])
                for line in parts.delivery_lines
                if line.delivery_no == delivery.delivery_no
            ],
        )
        for delivery in parts.deliveries
    ]


def _delivery_line(line: Any, price: int) -> OrderDeliveryLineOut:
    quantity = line.quantity if line.received is None else stays(line)
    return OrderDeliveryLineOut.of(line, price, line_value(price, quantity))


def _adjustment(parts: Parts) -> AdjustmentOut | None:
    if not parts.adjustments:
        return None
    last = parts.adjustments[-1]
    lines = [
        AdjustedLineOut(line_no=line.line_no, price=line.price, reason=line.reason)
        for line in parts.adjustment_lines
        if line.adjustment_no == last.adjustment_no
    ]
    return AdjustmentOut(status=last.status, proposed_by=last.proposed_by, proposed_on=last.proposed_on, lines=lines)


def _returns(parts: Parts) -> list[ReturnOut]:
    return [
        ReturnOut(
            return_no=each.return_no,
            delivery_no=each.delivery_no,
            status=each.status,
            requested_on=each.requested_on,
            restocked=each.restocked,
            lines=[
                ReturnedLineOut(line_no=line.line_no, quantity=line.quantity, reason=line.reason)
                for line in parts.return_lines
                if line.return_no == each.return_no
            ],
        )
        for each in parts.returns
    ]


def _allowed(reading: Reading, order: Order | sa.Row[Any], parts: Parts, *, supplied: bool) -> list[OrderAction]:
    caller = Caller.of(reading.actor, order.region_code)._replace(scopes=_sides(reading.actor, supplied=supplied))
    idle = idle_actions(progress_of(parts.deliveries, parts.delivery_lines, parts.returns, parts.adjustments))
    return [action for action in TRANSITIONS.allowed_to(caller, order.status) if action not in idle]


def _contact(reading: Reading, order: Order | sa.Row[Any], *, knows: bool) -> str | None:
    """The contact 联系人, in full or masked."""
    contact = ORDERS.text(reading, "contact", order)
    return contact if knows or contact is None else mask_name(contact)


def _sides(actor: Actor, *, supplied: bool) -> Collection[str]:
    """Whoever is shown an order buys it unless it supplies it; the supply side may take a buyer's steps anyway."""
    if supplied:
        return [SUPPLYING]
    return [BUYING] if actor.may(BUYING) else []
