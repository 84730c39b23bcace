"""What arrived of a delivery, and what is disputed of it."""

from collections.abc import Sequence
from typing import Any

from services.consumption.models import Delivery, DeliveryLine
from services.consumption.orders.commands.deadlines import last_day_of_returns
from services.consumption.orders.commands.deal import Deal, demand_fields
from services.consumption.orders.commands.restate import restate
from services.consumption.orders.errors import DeliveryUnclear, OrderInvalid
from services.consumption.orders.rules import line_value, stays
from services.consumption.orders.schemas import StepLineIn, TransitionIn
from services.consumption.products.rules import format_quantity
from shared.codes.consumption import DefectReason, OrderDeliveryStatus, OrderStatus, RestatementCause
from shared.contracts.consumption import DeliveryReceived, OrderDisputed
from shared.db.unit_of_work import UnitOfWork
from shared.words.said import says


def receive(uow: UnitOfWork, deal: Deal, body: TransitionIn, was: OrderStatus) -> dict[str, Any]:
    """Record what arrived of a delivery 收货, or correct what is disputed of it, which ends the dispute.

    What is missing 短交 or was refused at the door 拒收 is not paid and does not go back to stock. What was settled is
    restated.
    """
    delivery = _meant(deal, body)
    lines = {line.line_no: line for line in deal.of_delivery(delivery.delivery_no)}
    is_first = delivery.status is OrderDeliveryStatus.SHIPPED
    named = _named(deal, lines, body, whole=is_first or was is OrderStatus.DISPUTED)
    _write(lines, named)
    if is_first:
        _come(uow, deal, delivery)
    _end_dispute(lines, named, whole=was is OrderStatus.DISPUTED or not named)
    restate(uow, deal, list(lines.values()), RestatementCause.RECEIPT)
    deal.stand()
    if was is OrderStatus.DISPUTED and deal.progress.held:
        deal.order.status = OrderStatus.DISPUTED
    if is_first:
        _tell(uow, deal, delivery.delivery_no, list(lines.values()))
    arrived = {str(number): format_quantity(line.received or 0) for number, line in lines.items()}
    return {"delivery_no": delivery.delivery_no, "received": arrived}


def dispute(uow: UnitOfWork, deal: Deal, body: TransitionIn, was: OrderStatus) -> dict[str, Any]:
    """Hold lines that came 提出争议: without lines all of the order, so that nothing of it is settled."""
    came = [line for line in deal.delivery_lines if line.received is not None and not line.held]
    if body.delivery_no is not None:
        came = [line for line in came if line.delivery_no == deal.delivery(body.delivery_no).delivery_no]
    held = came if body.lines is None else _disputed(deal, came, demand_fields(body))
    for line in held:
        line.held = True
    deal.order.status = was if body.lines is not None or body.delivery_no is not None else OrderStatus.DISPUTED
    order, lines = deal.order, {line.line_no for line in held}
    deal.emit(uow, OrderDisputed(order_id=order.id, buyer_code=order.buyer_code, lines=len(lines)))
    return {"held": len(held)}


def _meant(deal: Deal, body: TransitionIn) -> Delivery:
    """The delivery that is named, or the one that waits. Raises DeliveryUnclear where several do."""
    waiting = {delivery.delivery_no for delivery in deal.deliveries.values() if delivery.received_on is None}
    waiting |= {line.delivery_no for line in deal.delivery_lines if line.held}
    if body.delivery_no is not None:
        delivery = deal.delivery(body.delivery_no)
        if delivery.delivery_no not in waiting:
            raise OrderInvalid.at("/delivery_no", says("delivery-not-awaited"))
        return delivery
    if len(waiting) > 1:
        raise DeliveryUnclear(says("deliveries-await"), delivery_nos=sorted(waiting))
    return deal.deliveries[waiting.pop()]


def _named(
    deal: Deal, lines: dict[int, DeliveryLine], body: TransitionIn, *, whole: bool
) -> list[tuple[int, StepLineIn]]:
    """The lines that are named with what arrived; ``whole`` tells whether all lines of the delivery can be named."""
    if body.lines is None:
        return []
    demand_fields(body, "received")
    for place, sent, _ in deal.named(body.lines):
        if sent.line_no not in lines:
            raise OrderInvalid.at(f"/lines/{place}/line_no", says("delivery-without-line"))
        if not whole and not lines[sent.line_no].held:
            raise OrderInvalid.at(f"/lines/{place}/line_no", says("line-not-disputed"))
        _demand_possible(place, sent, lines[sent.line_no])
    return list(enumerate(body.lines))


def _demand_possible(place: int, sent: StepLineIn, line: DeliveryLine) -> None:
    received, rejected = sent.received or 0, sent.rejected or 0
    if received > line.quantity:
        raise OrderInvalid.at(f"/lines/{place}/received", says("more-than-ordered"))
    if rejected > received:
        raise OrderInvalid.at(f"/lines/{place}/rejected", says("more-than-received"))
    if received - rejected < line.returned:
        raise OrderInvalid.at(f"/lines/{place}/received", says("less-than-returned"))
    if rejected and sent.reason is None:
        raise OrderInvalid.at(f"/lines/{place}/reason", says("order-step-needs", field="reason"))


def defect_of(place: int, sent: StepLineIn) -> DefectReason:
    """Why goods are refused or go back. Raises OrderInvalid for what is no code."""
    if sent.reason not in {str(reason) for reason in DefectReason}:
        raise OrderInvalid.at(f"/lines/{place}/reason", says("no-defect-reason"))
    return DefectReason(str(sent.reason))


def _write(lines: dict[int, DeliveryLine], named: Sequence[tuple[int, StepLineIn]]) -> None:
    """A line that is not named came in full, or stays as it was recorded."""
    for line in lines.values():
        line.received = line.quantity if line.received is None else line.received
    for place, sent in named:
        line = lines[sent.line_no]
        line.received, line.rejected = sent.received or 0, sent.rejected or 0
        line.reason = defect_of(place, sent) if line.rejected else None


def _come(uow: UnitOfWork, deal: Deal, delivery: Delivery) -> None:
    delivery.received_on, delivery.status = uow.today(), OrderDeliveryStatus.RECEIVED
    last = last_day_of_returns(uow, deal.order.region_code, uow.today())
    deal.order.closes_on = max(last, deal.order.closes_on or last)


def _end_dispute(lines: dict[int, DeliveryLine], named: Sequence[tuple[int, StepLineIn]], *, whole: bool) -> None:
    for number in lines if whole else [sent.line_no for _, sent in named]:
        lines[number].held = False


def _tell(uow: UnitOfWork, deal: Deal, delivery_no: str, lines: Sequence[DeliveryLine]) -> None:
    received = DeliveryReceived(
        order_id=deal.order.id,
        buyer_code=deal.order.buyer_code,
        lines=len(lines),
        delivery_no=delivery_no,
        value=sum(line_value(deal.price_of(line), stays(line)) for line in lines),
        received_on=uow.today(),
    )
    deal.emit(uow, received)


def _disputed(deal: Deal, came: Sequence[DeliveryLine], sent: Sequence[StepLineIn]) -> list[DeliveryLine]:
    for place, line, _ in deal.named(sent):
        if line.line_no not in {each.line_no for each in came}:
            raise OrderInvalid.at(f"/lines/{place}/line_no", says("nothing-to-dispute"))
    numbers = {line.line_no for line in sent}
    return [line for line in came if line.line_no in numbers]
