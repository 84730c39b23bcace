"""An order as releases of the Open Contracting Data Standard 1.1, and as what they come to. Pure.

A release says what one day brought: the acceptance is an award with its contract, a delivery a milestone, what was paid
for it a transaction that has its number. What was restated is said by a later release under the same number, so that
whoever merges the releases has the record.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

_CURRENCY: Final = "CNY"
_UNITS: Final = "UNCEFACT"
_COMPANIES: Final = "CN-SAIC"
"""The list of identifiers that 统一社会信用代码 belongs to, by org-id.guide."""
_AWARD: Final = "1"
"""An order is one award and one contract."""
_PER_UNIT, _FEN = 1000, 100


class Party(NamedTuple):
    """Who buys or supplies."""

    code: str
    name: str
    uscc: str | None


class Item(NamedTuple):
    """A line of the order."""

    line_no: int
    name: str
    unit: str
    unit_code: str | None
    """By UN/ECE Recommendation 20."""
    quantity: int
    """Thousandths."""
    price: int
    """Fen a unit."""
    value: int
    """Fen."""


class Milestone(NamedTuple):
    """A delivery."""

    delivery_no: str
    shipped_on: dt.date
    received_on: dt.date | None
    is_whole: bool
    """Whether everything that was shipped was taken in."""


class Payment(NamedTuple):
    """What the value of a delivery came to by the end of a day."""

    delivery_no: str
    on: dt.date
    value: int
    is_restated: bool


class Process(NamedTuple):
    """A contracting process: an order since its acceptance."""

    order_id: UUID
    buyer: Party
    suppliers: tuple[Party, ...]
    items: tuple[Item, ...]
    accepted_on: dt.date
    deliver_by: dt.date | None
    cancelled_on: dt.date | None
    milestones: tuple[Milestone, ...]
    payments: tuple[Payment, ...]
    """By day, the same delivery may come again."""


Document = dict[str, Any]


def ocid_of(prefix: str, order_id: UUID) -> str:
    """The id of the process of an order."""
    return f"{prefix}-{order_id}"


def releases_of(process: Process, prefix: str) -> list[Document]:
    """Everything that was told of a process, the oldest first."""
    ocid = ocid_of(prefix, process.order_id)
    told = sorted(_told(process), key=lambda one: one[0])
    return [
        {"ocid": ocid, "id": f"{ocid}-{name}", "date": _moment(on), "initiationType": "tender", "language": "zh"}
        | {"tag": tags}
        | said
        for on, name, tags, said in told
    ]


def compiled(process: Process, prefix: str) -> Document:
    """What all releases of a process come to."""
    ocid, told = ocid_of(prefix, process.order_id), sorted(_told(process), key=lambda one: one[0])
    last = told[-1][0]
    implementation = {
        "milestones": [_milestone(process, one) for one in process.milestones],
        "transactions": [_transaction(process, one) for one in _latest(process.payments)],
    }
    done = {name: found for name, found in implementation.items() if found}
    contract = _contract(process) | ({"implementation": done} if done else {})
    if process.cancelled_on is not None:
        contract["status"] = "cancelled"
    return {
        "ocid": ocid,
        "id": f"{ocid}-compiled-{last}",
        "date": _moment(last),
        "initiationType": "tender",
        "language": "zh",
        "tag": ["compiled"],
        **_parties(process),
        "awards": [_award(process)],
        "contracts": [contract],
    }


def _told(process: Process) -> Iterator[tuple[dt.date, str, list[str], Document]]:
    """Day, name, tags and content of each release."""
    signed = {**_parties(process), "awards": [_award(process)], "contracts": [_contract(process)]}
    yield process.accepted_on, "accepted", ["award", "contract"], signed
    for one in process.milestones:
        shipped = _milestone(process, one._replace(received_on=None))
        yield one.shipped_on, f"shipped-{one.delivery_no}", ["implementation"], _done("milestones", shipped)
        if one.received_on is not None:
            received = _done("milestones", _milestone(process, one))
            yield one.received_on, f"received-{one.delivery_no}", ["implementationUpdate"], received
    for paid in process.payments:
        name = f"{'restated' if paid.is_restated else 'settled'}-{paid.delivery_no}-{paid.on}"
        tag = "implementationUpdate" if paid.is_restated else "implementation"
        yield paid.on, name, [tag], _done("transactions", _transaction(process, paid))
    if process.cancelled_on is not None:
        ended = {"contracts": [{"id": _AWARD, "awardID": _AWARD, "status": "cancelled"}]}
        yield process.cancelled_on, "cancelled", ["contractTermination"], ended


def _done(kind: str, one: Document) -> Document:
    return {"contracts": [{"id": _AWARD, "awardID": _AWARD, "implementation": {kind: [one]}}]}


def _parties(process: Process) -> Document:
    buyer = _party(process.buyer, "buyer")
    return {"parties": [buyer, *(_party(one, "supplier") for one in process.suppliers)], "buyer": _named(process.buyer)}


def _party(party: Party, role: str) -> Document:
    known = {} if party.uscc is None else {"identifier": {"scheme": _COMPANIES, "id": party.uscc}}
    return {**_named(party), "roles": [role], **known}


def _named(party: Party) -> Document:
    return {"id": party.code, "name": party.name}


def _award(process: Process) -> Document:
    return {
        "id": _AWARD,
        "status": "active",
        "date": _moment(process.accepted_on),
        "value": _amount(sum(item.value for item in process.items)),
        "suppliers": [_named(one) for one in process.suppliers],
        "items": [_item(item) for item in process.items],
    }


def _contract(process: Process) -> Document:
    award = _award(process)
    return {
        "id": _AWARD,
        "awardID": _AWARD,
        "status": "active",
        "dateSigned": _moment(process.accepted_on),
        "value": award["value"],
        "items": award["items"],
    }


def _item(item: Item) -> Document:
    coded = {} if item.unit_code is None else {"scheme": _UNITS, "id": item.unit_code}
    unit = {"name": item.unit, "value": _amount(item.price), **coded}
    return {
        "id": str(item.line_no),
        "description": item.name,
        "quantity": _number(item.quantity, _PER_UNIT),
        "unit": unit,
    }


def _milestone(process: Process, one: Milestone) -> Document:
    due = {} if process.deliver_by is None else {"dueDate": _moment(process.deliver_by)}
    said = {"id": one.delivery_no, "title": f"交付 {one.delivery_no}", "type": "delivery", **due}
    if one.received_on is None:
        return {**said, "status": "scheduled"}
    return {**said, "status": "met" if one.is_whole else "partiallyMet", "dateMet": _moment(one.received_on)}


def _transaction(process: Process, paid: Payment) -> Document:
    payee = {"payee": _named(process.suppliers[0])} if len(process.suppliers) == 1 else {}
    said = {"id": paid.delivery_no, "date": _moment(paid.on), "value": _amount(paid.value)}
    return {**said, "payer": _named(process.buyer), **payee}


def _latest(payments: Sequence[Payment]) -> list[Payment]:
    """The last that was said of each delivery, in the order in which they were first paid."""
    return list({paid.delivery_no: paid for paid in payments}.values())


def _amount(fen: int) -> Document:
    return {"amount": _number(fen, _FEN), "currency": _CURRENCY}


def _number(whole: int, parts: int) -> Any:
    """A number of the document, which is no text there: the nearest that JSON has, which prints as it was."""
    return whole // parts if whole % parts == 0 else whole / parts


def _moment(day: dt.date) -> str:
    return f"{day}T00:00:00Z"
