"""Restating what was settled: value and split anew, and what changed for each household replaces what it was told."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from services.consumption.models import DeliveryLine
from services.consumption.orders.commands.deal import Deal
from services.consumption.orders.commands.money import (
    CREDITS,
    KEPT,
    Gain,
    Paid,
    credit_ids,
    enter,
    paid_of,
    publish_gains,
    settled_on,
)
from services.consumption.orders.rules import Party
from services.consumption.orders.store import load_credits, load_tree
from services.consumption.requests.store import HOUSEHOLDS
from shared.codes.consumption import RestatementCause
from shared.codes.records import WithdrawalReason
from shared.contracts.consumption import OrderRestated, SaleWithdrawn
from shared.db.rows import execute_rows
from shared.db.unit_of_work import UnitOfWork
from shared.ids import derived_id
from shared.months import month_of

_Place = tuple[str, int, str, str]
_UPDATE_CREDIT = (
    sa.update(CREDITS)
    .where(
        CREDITS.c.order_id == sa.bindparam("of_order"),
        CREDITS.c.delivery_no == sa.bindparam("of_delivery"),
        CREDITS.c.line_no == sa.bindparam("of_line"),
        CREDITS.c.household_code == sa.bindparam("of_household"),
        CREDITS.c.branch == sa.bindparam("of_branch"),
    )
    .values(amount=sa.bindparam("now"), credit_id=sa.bindparam("credit"))
)
_UPDATE_KEPT = (
    sa.update(KEPT)
    .where(
        KEPT.c.order_id == sa.bindparam("of_order"),
        KEPT.c.delivery_no == sa.bindparam("of_delivery"),
        KEPT.c.line_no == sa.bindparam("of_line"),
        KEPT.c.producer_code == sa.bindparam("of_producer"),
    )
    .values(amount=sa.bindparam("now"))
)


class _Turn(NamedTuple):
    """What a household had of a delivery line, and has now."""

    line: DeliveryLine
    party: Party
    had: int
    has: int
    before: UUID
    """The credit that stood for what it had."""
    credit: UUID
    """The credit that stands for what it has."""


def restate(uow: UnitOfWork, deal: Deal, lines: Iterable[DeliveryLine], cause: RestatementCause) -> None:
    """Restate those of these lines that were settled and are worth something else by now 重述.

    Value and split come anew by the frozen shares. Each household whose amount changed has one credit that supersedes
    the one before, in the month of the first; where nothing is left it is withdrawn.
    """
    tree = load_tree(uow, deal.order.id)
    paid = [paid_of(deal, tree, line) for line in lines if line.settled_value is not None]
    changed = [each for each in paid if each.value != each.line.settled_value]
    if not changed:
        return
    before = _values(deal, {each.line.delivery_no for each in changed})
    grown = [(each.line, each.value - (each.line.settled_value or 0)) for each in changed]
    for each in changed:
        each.line.settled_value = each.value
        each.line.restated += 1
    enter(uow, deal, grown, cause)
    turns = _turns(uow, deal, changed)
    _write(uow, changed, turns)
    _publish(uow, deal, turns)
    _tell(uow, deal, before, cause)


def _values(deal: Deal, delivery_nos: Iterable[str]) -> dict[str, int]:
    """What is settled of each of these deliveries."""
    values = ((number, [line.settled_value or 0 for line in deal.of_delivery(number)]) for number in delivery_nos)
    return {number: sum(of_lines) for number, of_lines in sorted(values)}


def _turns(uow: UnitOfWork, deal: Deal, changed: Sequence[Paid]) -> list[_Turn]:
    """Whose amount changed, by line and household."""
    rows = {_place(row): row for row in load_credits(uow, deal.order.id)}
    turns = []
    for each in changed:
        credit_id = credit_ids(each.line)
        for party, has in sorted(each.division.credits.items()):
            row = rows[each.line.delivery_no, each.line.line_no, party[0], str(party[1])]
            if row.amount != has:
                turns.append(_Turn(each.line, party, row.amount, has, row.credit_id, credit_id(party)))
    return turns


def _place(row: Any) -> _Place:
    return row.delivery_no, row.line_no, row.household_code, str(row.branch)


def _write(uow: UnitOfWork, changed: Sequence[Paid], turns: Sequence[_Turn]) -> None:
    credits_ = [
        {
            **_named(turn.line),
            "of_household": turn.party[0],
            "of_branch": turn.party[1],
            "now": turn.has,
            "credit": turn.credit,
        }
        for turn in turns
    ]
    kept = [
        {**_named(each.line), "of_producer": producer, "now": amount}
        for each in changed
        for producer, amount in each.division.kept.items()
    ]
    execute_rows(uow.connection, _UPDATE_CREDIT, credits_)
    execute_rows(uow.connection, _UPDATE_KEPT, kept)


def _named(line: DeliveryLine) -> dict[str, Any]:
    return {"of_order": line.order_id, "of_delivery": line.delivery_no, "of_line": line.line_no}


def _publish(uow: UnitOfWork, deal: Deal, turns: Sequence[_Turn]) -> None:
    """What a household has now takes the place of what it had; nothing that it has now withdraws it."""
    gains = [
        Gain(turn.line, turn.party, turn.has, turn.credit, turn.before if turn.had else None)
        for turn in turns
        if turn.has
    ]
    publish_gains(uow, deal, gains)
    gone = [turn for turn in turns if not turn.has]
    known = HOUSEHOLDS.find_anywhere(uow, {turn.party[0] for turn in gone})
    for turn in gone:
        withdrawn = SaleWithdrawn(
            withdrawal_id=derived_id("credit-withdrawal", str(turn.before)),
            credit_id=turn.before,
            household_code=turn.party[0],
            region_code=known[turn.party[0]].region_code,
            branch=turn.party[1],
            month=month_of(settled_on(turn.line)),
            reason=WithdrawalReason.OTHER,
            withdrawn_on=uow.today(),
        )
        uow.emit(withdrawn, region=withdrawn.region_code, context=deal.chain(uow))


def _tell(uow: UnitOfWork, deal: Deal, before: Mapping[str, int], cause: RestatementCause) -> None:
    """Tell of each delivery what it was worth, is worth now, and what of it households have."""
    to_households: defaultdict[str, int] = defaultdict(int)
    for row in load_credits(uow, deal.order.id):
        to_households[row.delivery_no] += row.amount
    after = _values(deal, before)
    for number, was in before.items():
        restated = OrderRestated(
            order_id=deal.order.id,
            buyer_code=deal.order.buyer_code,
            lines=len(deal.of_delivery(number)),
            cause=cause,
            delivery_no=number,
            before=was,
            after=after[number],
            to_households=to_households[number],
        )
        deal.emit(uow, restated)
