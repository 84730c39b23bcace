"""Settling what came 结算: the money reaches the households."""

from collections.abc import Sequence
from typing import Any

from services.consumption.orders.commands.deal import Deal
from services.consumption.orders.commands.money import (
    CREDITS,
    KEPT,
    Gain,
    Paid,
    credit_ids,
    enter,
    key_of,
    paid_of,
    publish_gains,
)
from services.consumption.orders.schemas import TransitionIn
from services.consumption.orders.store import load_tree
from services.consumption.requests.store import REQUESTS
from shared.codes.consumption import OrderStatus
from shared.contracts.consumption import OrderSettled
from shared.db.rows import insert_rows, insert_tuples
from shared.db.unit_of_work import UnitOfWork
from shared.money import format_yuan

_CREDIT = ("order_id", "delivery_no", "line_no", "household_code", "branch", "amount", "credit_id")


def settle(uow: UnitOfWork, deal: Deal, _body: TransitionIn) -> dict[str, Any]:
    """Split every delivery line that came and is not disputed over the households behind it, and publish it.

    By the shares that are frozen with the order, each line for itself. Returned is what the audit says about it.
    """
    tree = load_tree(uow, deal.order.id)
    due = [
        line
        for line in deal.delivery_lines
        if line.received is not None and not line.held and line.settled_value is None
    ]
    paid = [paid_of(deal, tree, line) for line in due]
    for each in paid:
        each.line.settled_on, each.line.settled_value = uow.today(), each.value
    gains = _gains(paid)
    _write(uow, paid, gains)
    enter(uow, deal, [(each.line, each.value) for each in paid])
    deal.stand()
    if deal.order.status is OrderStatus.SETTLED:
        deal.order.settled_on = deal.order.settled_on or uow.today()
    return _publish(uow, deal, paid, gains)


def _gains(paid: Sequence[Paid]) -> list[Gain]:
    """What each household gets of each line, by line and household."""
    return [
        Gain(each.line, party, amount, credit_id(party))
        for each in paid
        for credit_id in [credit_ids(each.line)]
        for party, amount in sorted(each.division.credits.items())
    ]


def _write(uow: UnitOfWork, paid: Sequence[Paid], gains: Sequence[Gain]) -> None:
    uow.session.flush()
    keys = {id(each.line): tuple(key_of(each.line).values()) for each in paid}
    credits_ = [(*keys[id(gain.line)], *gain.party, gain.amount, gain.credit_id) for gain in gains]
    kept = [
        {**key_of(each.line), "producer_code": producer, "amount": amount}
        for each in paid
        for producer, amount in each.division.kept.items()
    ]
    insert_tuples(uow.connection, CREDITS, _CREDIT, credits_)
    insert_rows(uow.connection, KEPT, kept)


def _publish(uow: UnitOfWork, deal: Deal, paid: Sequence[Paid], gains: Sequence[Gain]) -> dict[str, Any]:
    """Publish what each household got, then the sums of what was settled; a share of nothing is no credit."""
    credited = [gain for gain in gains if gain.amount]
    publish_gains(uow, deal, credited)
    order, households = deal.order, {gain.party[0] for gain in credited}
    to_households = sum(gain.amount for gain in credited)
    total = sum(each.value for each in paid)
    settled = OrderSettled(
        order_id=order.id,
        buyer_code=order.buyer_code,
        lines=len({each.line.line_no for each in paid}),
        total=total,
        to_households=to_households,
        to_producers=total - to_households,
        households=len(households),
        settled_on=uow.today(),
        delivery_nos=list(dict.fromkeys(each.line.delivery_no for each in paid)),
    )
    deal.emit(uow, settled)
    if order.request_id is not None and order.request_household in households:
        REQUESTS.complete(uow, order.request_id)
    return {"to_households": format_yuan(to_households), "to_producers": format_yuan(total - to_households)}
