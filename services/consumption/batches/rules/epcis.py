"""A batch as an EPCIS 2.0 document: what happened to it, as object events of the Core Business Vocabulary. Pure."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from services.consumption.products.rules import PER_UNIT
from shared.codes.consumption import InspectionResult

_CONTEXT: Final = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
_OFFSET: Final = "+08:00"
_FOUND: Final = {InspectionResult.PASS: "conformant", InspectionResult.FAIL: "non_conformant"}
"""The disposition of CBV 2.0 for what an inspection found."""
Document = dict[str, Any]


class Goods(NamedTuple):
    """What the events are about."""

    epc_class: str
    """The address of the batch's trace, which names it to everybody."""
    unit_code: str | None
    """By UN/ECE Recommendation 20."""
    quantity: int
    harvested_on: dt.date
    inspections: Sequence[tuple[dt.date, InspectionResult]]


class Leg(NamedTuple):
    """What left the batch with a delivery of an order."""

    order_id: UUID
    quantity: int
    shipped_on: dt.date
    received: int | None
    received_on: dt.date | None


def document_of(goods: Goods, legs: Sequence[Leg], created_at: dt.datetime) -> Document:
    """The document, its events in their order."""
    told = sorted(_told(goods, legs), key=lambda one: one[0])
    return {
        "@context": [_CONTEXT],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": created_at.isoformat(),
        "epcisBody": {"eventList": [_event(goods, on, said) for on, said in told]},
    }


def _told(goods: Goods, legs: Sequence[Leg]) -> Iterator[tuple[dt.date, Document]]:
    yield goods.harvested_on, _step("ADD", "commissioning", "active", goods.quantity)
    for on, result in goods.inspections:
        yield on, _step("OBSERVE", "inspecting", _FOUND[result], goods.quantity)
    for leg in legs:
        order = {"bizTransactionList": [{"type": "po", "bizTransaction": f"urn:uuid:{leg.order_id}"}]}
        yield leg.shipped_on, _step("OBSERVE", "shipping", "in_transit", leg.quantity) | order
        if leg.received_on is not None:
            yield leg.received_on, _step("OBSERVE", "receiving", "in_progress", leg.received or 0) | order


def _step(action: str, step: str, disposition: str, quantity: int) -> Document:
    return {"action": action, "bizStep": step, "disposition": disposition, "quantity": quantity}


def _event(goods: Goods, on: dt.date, said: Document) -> Document:
    quantity = said.pop("quantity")
    unit = {} if goods.unit_code is None else {"uom": goods.unit_code}
    much = quantity // PER_UNIT if quantity % PER_UNIT == 0 else quantity / PER_UNIT
    return {
        "type": "ObjectEvent",
        "eventTime": f"{on}T00:00:00{_OFFSET}",
        "eventTimeZoneOffset": _OFFSET,
        **said,
        "quantityList": [{"epcClass": goods.epc_class, "quantity": much, **unit}],
    }
