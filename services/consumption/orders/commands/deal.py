"""An order in the hands of a command: locked, with all that belongs to it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from services.consumption.buyers.store import deals_in
from services.consumption.models import (
    Adjustment,
    AdjustmentLine,
    Delivery,
    DeliveryLine,
    Order,
    OrderLine,
    OrderReturn,
    ReturnLine,
)
from services.consumption.orders.errors import OrderInvalid, OrderNotFound
from services.consumption.orders.rules import Progress, price_now, progress_of, standing
from services.consumption.orders.schemas import StepLineIn, TransitionIn
from shared.codes.consumption import AdjustmentStatus, OrderDeliveryStatus
from shared.context import Context
from shared.contracts.payload import Payload
from shared.db.unit_of_work import UnitOfWork
from shared.words.said import says

RowT = TypeVar("RowT")


@dataclass(slots=True)
class Deal:
    """An order that is locked, with its lines, deliveries, price differences and returns, each kind in its order."""

    order: Order
    lines: dict[int, OrderLine]
    deliveries: dict[str, Delivery]
    delivery_lines: list[DeliveryLine]
    adjustments: list[Adjustment]
    adjustment_lines: list[AdjustmentLine]
    returns: dict[str, OrderReturn]
    return_lines: list[ReturnLine]

    @property
    def progress(self) -> Progress:
        """What of it waits for a step."""
        return progress_of(self.deliveries.values(), self.delivery_lines, self.returns.values(), self.adjustments)

    @property
    def open_adjustment(self) -> Adjustment | None:
        """The price difference that waits for its answer."""
        return next((each for each in self.adjustments if each.status is AdjustmentStatus.OPEN), None)

    def of_delivery(self, delivery_no: str) -> list[DeliveryLine]:
        """The lines of a delivery, by number."""
        return [line for line in self.delivery_lines if line.delivery_no == delivery_no]

    def left(self, line: OrderLine) -> int:
        """What of a line is still to be shipped."""
        shipped = sum(each.quantity for each in self.delivery_lines if each.line_no == line.line_no)
        return line.quantity - line.short - shipped

    def price_of(self, line: DeliveryLine) -> int:
        """What one unit of a delivery line costs now."""
        return price_now(self.lines[line.line_no])

    def stand(self) -> None:
        """Have the order, and each of its deliveries, stand where what became of their lines has led them."""
        for delivery in self.deliveries.values():
            lines = self.of_delivery(delivery.delivery_no)
            if delivery.received_on is not None:
                is_settled = all(line.settled_value is not None for line in lines)
                delivery.status = OrderDeliveryStatus.SETTLED if is_settled else OrderDeliveryStatus.RECEIVED
        is_left = any(self.left(line) for line in self.lines.values())
        self.order.status = standing([delivery.status for delivery in self.deliveries.values()], is_left=is_left)

    def named(self, sent: Sequence[StepLineIn]) -> list[tuple[int, StepLineIn, OrderLine]]:
        """The lines that a step names, with their places. Raises OrderInvalid for one that the order does not have."""
        for place, line in enumerate(sent):
            if line.line_no not in self.lines:
                raise OrderInvalid.at(f"/lines/{place}/line_no", says("order-without-line"))
        return [(place, line, self.lines[line.line_no]) for place, line in enumerate(sent)]

    def delivery(self, delivery_no: str) -> Delivery:
        """A delivery by its number. Raises OrderInvalid where there is none."""
        if delivery_no not in self.deliveries:
            raise OrderInvalid.at("/delivery_no", says("order-without-delivery"))
        return self.deliveries[delivery_no]

    def emit(self, uow: UnitOfWork, event: Payload) -> None:
        """Publish what happened to the order, in its chain."""
        uow.emit(event, region=self.order.region_code, context=self.chain(uow))

    def chain(self, uow: UnitOfWork) -> Context:
        """The chain that placed it."""
        return uow.context.in_chain(self.order.correlation_id)


def demand_fields(body: TransitionIn, *names: str) -> Sequence[StepLineIn]:
    """The lines of a step. Raises OrderInvalid where there are none, or one does without these fields."""
    if not body.lines:
        raise OrderInvalid.at("/lines", says("order-step-needs", field="lines"))
    for place, line in enumerate(body.lines):
        for name in names:
            if getattr(line, name) is None:
                raise OrderInvalid.at(f"/lines/{place}/{name}", says("order-step-needs", field=name))
    return body.lines


def lock_deal(uow: UnitOfWork, order_id: UUID) -> Deal:
    """Lock an order that the caller buys or supplies. Raises OrderNotFound."""
    order = uow.session.get(Order, order_id, with_for_update=True, populate_existing=True)
    if order is None or not deals_in(uow, order):
        raise OrderNotFound(says("no-such-order", order=order_id))
    return load_deal(uow, order)


def load_deal(uow: UnitOfWork, order: Order) -> Deal:
    """All that belongs to an order, which is locked."""
    deliveries = _load(uow, Delivery, order.id, "place")
    lines = _load(uow, DeliveryLine, order.id, "line_no")
    places = {delivery.delivery_no: delivery.place for delivery in deliveries}
    return Deal(
        order=order,
        lines={line.line_no: line for line in _load(uow, OrderLine, order.id, "line_no")},
        deliveries={delivery.delivery_no: delivery for delivery in deliveries},
        delivery_lines=sorted(lines, key=lambda line: (places[line.delivery_no], line.line_no)),
        adjustments=_load(uow, Adjustment, order.id, "adjustment_no"),
        adjustment_lines=_load(uow, AdjustmentLine, order.id, "line_no"),
        returns={each.return_no: each for each in _load(uow, OrderReturn, order.id, "return_no")},
        return_lines=_load(uow, ReturnLine, order.id, "line_no"),
    )


def _load(uow: UnitOfWork, model: type[RowT], order_id: UUID, by: str) -> list[RowT]:
    kind: Any = model
    found: Iterable[RowT] = uow.session.scalars(
        sa.select(kind).where(kind.order_id == order_id).order_by(getattr(kind, by)),
        execution_options={"populate_existing": True},
    )
    return list(found)
