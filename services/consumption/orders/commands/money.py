"""Rows and credits of delivery lines whose value is split over the households and producers behind them."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from services.consumption.models import DeliveryCredit, DeliveryKept, DeliveryLine, ValueEntry
from services.consumption.orders.commands.deal import Deal
from services.consumption.orders.rules import Division, Link, Party, divide, line_value, stays
from services.consumption.requests.store import HOUSEHOLDS
from shared.codes.consumption import EntryKind, RestatementCause
from shared.contracts.consumption import SaleCredited
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.unit_of_work import UnitOfWork
from shared.ids import derived_id
from shared.months import month_of

CREDITS, KEPT, ENTRIES = table_of(DeliveryCredit), table_of(DeliveryKept), table_of(ValueEntry)


@dataclass(frozen=True, slots=True)
class Paid:
    """A delivery line with what it is worth now, and who gets how much of it."""

    line: DeliveryLine
    value: int
    division: Division


def paid_of(deal: Deal, tree: Mapping[str, Sequence[Link]], line: DeliveryLine) -> Paid:
    """Split what a delivery line is worth now by the shares that are frozen with the order."""
    value = line_value(deal.price_of(line), stays(line))
    return Paid(line, value, divide(value, deal.lines[line.line_no].producer_code, tree))


def key_of(line: DeliveryLine) -> dict[str, Any]:
    """What names a delivery line in the tables of its money."""
    return {"order_id": line.order_id, "delivery_no": line.delivery_no, "line_no": line.line_no}


def settled_on(line: DeliveryLine) -> dt.date:
    """The day on which a line was settled first."""
    assert line.settled_on is not None, "what is credited is settled"
    return line.settled_on


def credit_ids(line: DeliveryLine) -> Callable[[Party], UUID]:
    """What gives the id of each household's credit of a delivery line, as often as the line was restated."""
    named, restated = ("credit", str(line.order_id), line.delivery_no, line.line_no), line.restated
    return lambda party: derived_id(*named, party[0], str(party[1]), restated)


def enter(
    uow: UnitOfWork, deal: Deal, amounts: Sequence[tuple[DeliveryLine, int]], cause: RestatementCause | None = None
) -> None:
    """Enter into the buyer's account by how much the value of each line grew."""
    rows = [
        {
            **key_of(line),
            "entry_no": line.restated,
            "buyer_code": deal.order.buyer_code,
            "region_code": deal.order.region_code,
            "kind": EntryKind.SETTLED if cause is None else EntryKind.RESTATED,
            "cause": cause,
            "entered_on": uow.today(),
            "amount": amount,
        }
        for line, amount in amounts
    ]
    insert_rows(uow.connection, ENTRIES, rows)


class Gain(NamedTuple):
    """What a household has of a delivery line from now on."""

    line: DeliveryLine
    party: Party
    amount: int
    credit_id: UUID
    supersedes: UUID | None = None
    """The credit whose place it takes."""


def publish_gains(uow: UnitOfWork, deal: Deal, gains: Sequence[Gain]) -> None:
    """Publish what households got, in the month in which each line was settled first, wherever they live by now."""
    known = HOUSEHOLDS.find_anywhere(uow, {gain.party[0] for gain in gains})
    order, chain, today = deal.order, deal.chain(uow), uow.today()
    of_request = {order.request_household: order.request_id}
    lines = {id(gain.line): gain.line for gain in gains}
    months = {key: month_of(settled_on(line)) for key, line in lines.items()}
    for line, (household_code, branch), amount, credit, supersedes in gains:
        credited = SaleCredited(
            credit_id=credit,
            household_code=household_code,
            region_code=known[household_code].region_code,
            branch=branch,
            month=months[id(line)],
            amount=amount,
            credited_on=today,
            measure_id=of_request.get(household_code),
            supersedes=supersedes,
        )
        uow.emit(credited, region=credited.region_code, context=chain)
