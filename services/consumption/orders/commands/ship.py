"""Shipping an order, delivery by delivery, and ending one of which the rest will not come."""

from collections.abc import Mapping
from typing import Any

from services.consumption.batches.commands import Shipped, ship_batches
from services.consumption.models import Delivery, DeliveryLine
from services.consumption.orders.commands.deal import Deal, demand_fields
from services.consumption.orders.commands.stock import give_back
from services.consumption.orders.errors import DeliveryContradicts, OrderInvalid
from services.consumption.orders.rules import line_value
from services.consumption.orders.schemas import StepLineIn, TransitionIn
from services.consumption.products.rules import format_quantity
from shared.codes.consumption import OrderDeliveryStatus
from shared.contracts.consumption import DeliveryShipped
from shared.db.unit_of_work import UnitOfWork
from shared.words.said import says


def ship(uow: UnitOfWork, deal: Deal, body: TransitionIn) -> dict[str, Any]:
    """Ship the lines that are named, or all that is left 发货.

    Raises BatchNotFound, BatchHeld, BatchExpired and BatchShort for goods that may not leave their batch.
    """
    wanted = _wanted(deal, body)
    ship_batches(uow, _of_batches(deal, wanted))
    delivery_no = body.delivery_no or _next_number(deal)
    delivery = Delivery(
        order_id=deal.order.id,
        delivery_no=delivery_no,
        place=len(deal.deliveries) + 1,
        status=OrderDeliveryStatus.SHIPPED,
        shipped_on=uow.today(),
        received_on=None,
    )
    lines = [_line(delivery, number, quantity, batch) for number, (quantity, batch) in sorted(wanted.items())]
    uow.session.add(delivery)
    uow.session.flush()
    uow.session.add_all(lines)
    deal.deliveries[delivery_no] = delivery
    deal.delivery_lines += lines
    deal.stand()
    _publish(uow, deal, delivery_no, lines)
    shipped = {str(line.line_no): format_quantity(line.quantity) for line in lines}
    return {"delivery_no": delivery_no, "shipped": shipped}


def is_shipped(deal: Deal, body: TransitionIn) -> bool:
    """Whether a delivery of that number was shipped with the same before. Raises DeliveryContradicts for another."""
    if body.delivery_no is None or body.delivery_no not in deal.deliveries:
        return False
    kept = {line.line_no: (line.quantity, line.batch_code) for line in deal.of_delivery(body.delivery_no)}
    if body.lines is not None and kept != {line.line_no: (line.quantity, line.batch_code) for line in body.lines}:
        raise DeliveryContradicts(says("delivery-number-used", number=body.delivery_no))
    return True


def finish(uow: UnitOfWork, deal: Deal, _body: TransitionIn) -> dict[str, Any]:
    """The rest will not come 短交: its stock is given back."""
    missing = [(line, deal.left(line)) for line in deal.lines.values()]
    give_back(uow, missing)
    for line, quantity in missing:
        line.short += quantity
    deal.stand()
    return {"short": {str(line.line_no): format_quantity(quantity) for line, quantity in missing if quantity}}


def _wanted(deal: Deal, body: TransitionIn) -> Mapping[int, tuple[int, str | None]]:
    if body.lines is None:
        return {line.line_no: (deal.left(line), None) for line in deal.lines.values() if deal.left(line)}
    wanted = {}
    for place, sent, line in deal.named(demand_fields(body, "quantity")):
        wanted[line.line_no] = (_at_most(place, sent, deal.left(line)), sent.batch_code)
    return wanted


def _of_batches(deal: Deal, wanted: Mapping[int, tuple[int, str | None]]) -> list[Shipped]:
    """What leaves of batches; goods of no batch are not traced."""
    return [
        Shipped(number, batch, deal.lines[number].product_code, quantity)
        for number, (quantity, batch) in sorted(wanted.items())
        if batch is not None
    ]


def _at_most(place: int, sent: StepLineIn, left: int) -> int:
    quantity = sent.quantity or 0
    if quantity > left:
        raise OrderInvalid.at(f"/lines/{place}/quantity", says("more-than-left", left=format_quantity(left)))
    return quantity


def _next_number(deal: Deal) -> str:
    """The first number, from how many there are, that no delivery has."""
    number = len(deal.deliveries) + 1
    while str(number) in deal.deliveries:
        number += 1
    return str(number)


def _line(delivery: Delivery, line_no: int, quantity: int, batch_code: str | None) -> DeliveryLine:
    return DeliveryLine(
        order_id=delivery.order_id,
        delivery_no=delivery.delivery_no,
        line_no=line_no,
        quantity=quantity,
        batch_code=batch_code,
        received=None,
        rejected=0,
        reason=None,
        returned=0,
        held=False,
        settled_on=None,
        settled_value=None,
        restated=0,
    )


def _publish(uow: UnitOfWork, deal: Deal, delivery_no: str, lines: list[DeliveryLine]) -> None:
    shipped = DeliveryShipped(
        order_id=deal.order.id,
        buyer_code=deal.order.buyer_code,
        lines=len(lines),
        delivery_no=delivery_no,
        value=sum(line_value(deal.price_of(line), line.quantity) for line in lines),
        shipped_on=uow.today(),
    )
    deal.emit(uow, shipped)
