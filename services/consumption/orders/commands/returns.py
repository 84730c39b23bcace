"""Returns 退货: the buyer asks, the supply side answers, and what went back leaves the value."""

from collections.abc import Sequence
from typing import Any

from services.consumption.models import DeliveryLine, OrderReturn, ReturnLine
from services.consumption.orders.commands.deadlines import last_day_of_returns
from services.consumption.orders.commands.deal import Deal, demand_fields
from services.consumption.orders.commands.receive import defect_of
from services.consumption.orders.commands.restate import restate
from services.consumption.orders.commands.stock import give_back
from services.consumption.orders.errors import DeliveryUnclear, OrderInvalid, ReturnContradicts
from services.consumption.orders.rules import stays
from services.consumption.orders.schemas import StepLineIn, TransitionIn
from services.consumption.products.rules import format_quantity
from shared.codes.consumption import RestatementCause, ReturnStatus
from shared.contracts.consumption import ReturnAnswered, ReturnRequested
from shared.db.unit_of_work import UnitOfWork
from shared.procedures.errors import StepLapsed
from shared.words.said import says


def ask_return(uow: UnitOfWork, deal: Deal, body: TransitionIn) -> dict[str, Any]:
    """Ask to give goods of one delivery back 申请退货, within the days that the policy gives."""
    return_no = _return_no(body)
    sent = demand_fields(body, "quantity", "reason")
    deal.named(sent)
    delivery_no = _delivery_no(deal, body, sent)
    _demand_in_time(uow, deal, delivery_no)
    lines = [_line(deal, return_no, delivery_no, place, line) for place, line in enumerate(sent)]
    asked = OrderReturn(
        order_id=deal.order.id,
        return_no=return_no,
        delivery_no=delivery_no,
        status=ReturnStatus.REQUESTED,
        requested_on=uow.today(),
        restocked=False,
    )
    uow.session.add(asked)
    uow.session.flush()
    uow.session.add_all(lines)
    deal.returns[return_no] = asked
    order = deal.order
    told = {"order_id": order.id, "buyer_code": order.buyer_code, "lines": len(lines)}
    deal.emit(uow, ReturnRequested(**told, return_no=return_no, delivery_no=delivery_no))
    return {"return_no": return_no, "delivery_no": delivery_no}


def is_asked(deal: Deal, body: TransitionIn) -> bool:
    """Whether the same return was asked for before. Raises ReturnContradicts for another under its number."""
    known = deal.returns.get(body.return_no or "")
    if known is None:
        return False
    kept = [(line.line_no, line.quantity, str(line.reason)) for line in _lines_of(deal, known.return_no)]
    sent = sorted((line.line_no, line.quantity, line.reason) for line in body.lines or ())
    if sent != kept or body.delivery_no not in {None, known.delivery_no}:
        raise ReturnContradicts(says("return-number-used", number=known.return_no))
    return True


def accept_return(uow: UnitOfWork, deal: Deal, body: TransitionIn) -> dict[str, Any]:
    """Accept a return 同意退货: the goods leave the value, and can be ordered again where they are fit for it."""
    asked = _answer(uow, deal, body, ReturnStatus.ACCEPTED)
    asked.restocked = body.restock
    quantities = {line.line_no: line.quantity for line in _lines_of(deal, asked.return_no)}
    changed = [line for line in deal.of_delivery(asked.delivery_no) if line.line_no in quantities]
    for line in changed:
        line.returned += quantities[line.line_no]
    if body.restock:
        give_back(uow, [(deal.lines[number], quantity) for number, quantity in quantities.items()])
    restate(uow, deal, changed, RestatementCause.RETURN)
    return {"return_no": asked.return_no, "restocked": body.restock}


def refuse_return(uow: UnitOfWork, deal: Deal, body: TransitionIn) -> dict[str, Any]:
    """Refuse a return 不同意退货: everything stays as it was."""
    return {"return_no": _answer(uow, deal, body, ReturnStatus.REFUSED).return_no}


def _return_no(body: TransitionIn) -> str:
    if body.return_no is None:
        raise OrderInvalid.at("/return_no", says("order-step-needs", field="return_no"))
    return body.return_no


def _delivery_no(deal: Deal, body: TransitionIn, sent: Sequence[StepLineIn]) -> str:
    """The delivery that is named, or the only one that brought the lines. Raises DeliveryUnclear for several."""
    if body.delivery_no is not None:
        return deal.delivery(body.delivery_no).delivery_no
    numbers = {line.line_no for line in sent}
    found = {line.delivery_no for line in deal.delivery_lines if line.line_no in numbers and line.received}
    if len(found) > 1:
        raise DeliveryUnclear(says("deliveries-brought-it"), delivery_nos=sorted(found))
    if not found:
        raise OrderInvalid.at("/lines/0/line_no", says("never-came"))
    return found.pop()


def _demand_in_time(uow: UnitOfWork, deal: Deal, delivery_no: str) -> None:
    received_on = deal.deliveries[delivery_no].received_on
    if received_on is None:
        raise OrderInvalid.at("/delivery_no", says("never-came"))
    last = last_day_of_returns(uow, deal.order.region_code, received_on)
    if uow.today() > last:
        raise StepLapsed(says("days-of-return-over", until=last), not_after=str(last))


def _line(deal: Deal, return_no: str, delivery_no: str, place: int, sent: StepLineIn) -> ReturnLine:
    came = {line.line_no: line for line in deal.of_delivery(delivery_no)}.get(sent.line_no)
    there = 0 if came is None else stays(came) - _asked_already(deal, came)
    quantity = sent.quantity or 0
    if quantity > there:
        raise OrderInvalid.at(f"/lines/{place}/quantity", says("more-than-came", there=format_quantity(there)))
    return ReturnLine(
        order_id=deal.order.id,
        return_no=return_no,
        line_no=sent.line_no,
        quantity=quantity,
        reason=defect_of(place, sent),
    )


def _asked_already(deal: Deal, line: DeliveryLine) -> int:
    """What of a delivery line is asked for by returns that wait for their answer."""
    waiting = {
        each.return_no
        for each in deal.returns.values()
        if each.status is ReturnStatus.REQUESTED and each.delivery_no == line.delivery_no
    }
    same = (each for each in deal.return_lines if each.return_no in waiting and each.line_no == line.line_no)
    return sum(each.quantity for each in same)


def _answer(uow: UnitOfWork, deal: Deal, body: TransitionIn, answer: ReturnStatus) -> OrderReturn:
    """Answer a return that waits: the one that is named."""
    asked = deal.returns.get(_return_no(body))
    if asked is None or asked.status is not ReturnStatus.REQUESTED:
        raise OrderInvalid.at("/return_no", says("no-such-return"))
    asked.status = answer
    order = deal.order
    told = {"order_id": order.id, "buyer_code": order.buyer_code, "lines": len(_lines_of(deal, asked.return_no))}
    numbers = {"return_no": asked.return_no, "delivery_no": asked.delivery_no}
    deal.emit(uow, ReturnAnswered(**told, **numbers, answer=answer))
    return asked


def _lines_of(deal: Deal, return_no: str) -> list[ReturnLine]:
    return [line for line in deal.return_lines if line.return_no == return_no]
