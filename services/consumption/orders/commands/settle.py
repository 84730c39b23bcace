"""Settling an order 结算: the money reaches the households."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.consumption.models import LineShare, Order, OrderLine
from services.consumption.orders.rules import Share, Split, line_value, split
from services.consumption.orders.store import load_lines, load_shares
from services.consumption.requests.store import HOUSEHOLDS, REQUESTS
from shared.context import Context
from shared.contracts.consumption import OrderSettled, SaleCredited
from shared.db.base import table_of
from shared.db.rows import execute_rows
from shared.db.unit_of_work import UnitOfWork
from shared.ids import derived_id
from shared.money import format_yuan
from shared.months import month_of

_LINES, _SHARES = table_of(OrderLine), table_of(LineShare)
_UPDATE_PRODUCER_AMOUNT = (
    sa.update(_LINES)
    .where(_LINES.c.order_id == sa.bindparam("of_order"), _LINES.c.line_no == sa.bindparam("of_line"))
    .values(producer_amount=sa.bindparam("kept"))
)
_UPDATE_CREDITED = (
    sa.update(_SHARES)
    .where(
        _SHARES.c.order_id == sa.bindparam("of_order"),
        _SHARES.c.line_no == sa.bindparam("of_line"),
        _SHARES.c.household_code == sa.bindparam("of_household"),
        _SHARES.c.branch == sa.bindparam("of_branch"),
    )
    .values(amount=sa.bindparam("credited"))
)


def settle_order(uow: UnitOfWork, order: Order, chain: Context) -> dict[str, Any]:
    """Split what arrived over the households behind it, by the shares the order was placed with, and publish it.

    Returned is what the audit says about it. The order is locked.
    """
    lines = load_lines(uow, [order.id])
    shares: dict[int, list[sa.Row[Any]]] = defaultdict(list)
    for share in load_shares(uow, [order.id]):
        shares[share.line_no].append(share)
    splits = {line.line_no: _split_line(line, shares[line.line_no]) for line in lines}
    kept = [{"of_order": order.id, "of_line": number, "kept": parts.rest} for number, parts in splits.items()]
    execute_rows(uow.connection, _UPDATE_PRODUCER_AMOUNT, kept)
    credited = [
        (share, amount)
        for number, parts in splits.items()
        for share, amount in zip(shares[number], parts.parts, strict=True)
    ]
    execute_rows(uow.connection, _UPDATE_CREDITED, [_credit_row(share, amount) for share, amount in credited])
    order.settled_on = uow.today()
    return _publish(uow, order, chain, len(lines), credited, sum(parts.rest for parts in splits.values()))


def _split_line(line: sa.Row[Any], shares: Sequence[sa.Row[Any]]) -> Split:
    value = line_value(line.price, line.received)
    return split(value, [Share(share.household_code, share.branch, share.share) for share in shares])


def _credit_row(share: sa.Row[Any], amount: int) -> dict[str, Any]:
    return {
        "of_order": share.order_id,
        "of_line": share.line_no,
        "of_household": share.household_code,
        "of_branch": share.branch,
        "credited": amount,
    }


def _publish(
    uow: UnitOfWork,
    order: Order,
    chain: Context,
    lines: int,
    credited: Sequence[tuple[sa.Row[Any], int]],
    to_producers: int,
) -> dict[str, Any]:
    """Publish what each household got, then the order's sums; a share of nothing is no credit."""
    paid = [(share, amount) for share, amount in credited if amount]
    households = {share.household_code for share, _ in paid}
    known = HOUSEHOLDS.find_anywhere(uow, households)
    for share, amount in paid:
        credit = _credit(uow, order, share, amount, known[share.household_code].region_code)
        uow.emit(credit, region=credit.region_code, context=chain)
    to_households = sum(amount for _, amount in paid)
    settled = OrderSettled(
        order_id=order.id,
        buyer_code=order.buyer_code,
        lines=lines,
        total=to_households + to_producers,
        to_households=to_households,
        to_producers=to_producers,
        households=len(households),
        settled_on=uow.today(),
    )
    uow.emit(settled, region=order.region_code, context=chain)
    if order.request_id is not None and order.request_household in households:
        REQUESTS.complete(uow, order.request_id)
    return {"to_households": format_yuan(to_households), "to_producers": format_yuan(to_producers)}


def _credit(uow: UnitOfWork, order: Order, share: sa.Row[Any], amount: int, region_code: str) -> SaleCredited:
    """One credit for one share. Its id is derived from the share, so that the share is credited once."""
    of_request = share.household_code == order.request_household
    return SaleCredited(
        credit_id=derived_id("credit", str(order.id), share.line_no, share.household_code, str(share.branch)),
        household_code=share.household_code,
        region_code=region_code,
        branch=share.branch,
        month=month_of(uow.today()),
        amount=amount,
        credited_on=uow.today(),
        measure_id=order.request_id if of_request else None,
    )
