"""Orders as they are shown, and who sees them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.consumption.models import LineShare, Order, OrderLine
from services.consumption.rules import line_value
from services.consumption.schemas import CreditOut, LineOut, OrderOut
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading
from shared.security.actor import Actor

APPROVE = "consumption:approve"
"""The scope of the supply side: it sees the orders of its region, and which households they are good for."""
_LINES, _SHARES = table_of(OrderLine), table_of(LineShare)
_LINES_OF = sa.select(_LINES).where(is_one_of(_LINES.c.order_id, "ids")).order_by(_LINES.c.order_id, _LINES.c.line_no)
_SHARES_OF = (
    sa.select(_SHARES)
    .where(is_one_of(_SHARES.c.order_id, "ids"))
    .order_by(_SHARES.c.order_id, _SHARES.c.line_no, _SHARES.c.household_code, _SHARES.c.branch)
)


def supplies(actor: Actor, region_code: str) -> bool:
    """Whether the caller stands on the supply side 供应方 of an order in this region."""
    return actor.may(APPROVE) and actor.sees(region_code)


def lines_of(reading: Reading, ids: Iterable[UUID]) -> Sequence[sa.Row[Any]]:
    """The lines of these orders, by order and number."""
    return reading.connection.execute(_LINES_OF, {"ids": list(ids)}).all()


def shares_of(reading: Reading, ids: Iterable[UUID]) -> Sequence[sa.Row[Any]]:
    """The households' shares of these orders' lines, by order, line and household."""
    return reading.connection.execute(_SHARES_OF, {"ids": list(ids)}).all()


def show_orders(reading: Reading, orders: Sequence[Order | sa.Row[Any]]) -> list[OrderOut]:
    """Orders with their lines; whoever does not supply one is not told which households it is good for."""
    supplied = {order.id for order in orders if supplies(reading.actor, order.region_code)}
    got: dict[tuple[UUID, int], list[CreditOut]] = defaultdict(list)
    for share in shares_of(reading, supplied) if supplied else ():
        if share.amount is not None:
            credit = CreditOut(household_code=share.household_code, branch=share.branch, amount=share.amount)
            got[share.order_id, share.line_no].append(credit)
    lines: dict[UUID, list[LineOut]] = defaultdict(list)
    for line in lines_of(reading, [order.id for order in orders]):
        shown = got[line.order_id, line.line_no] if line.order_id in supplied else None
        lines[line.order_id].append(_line(line, shown))
    return [_order(order, lines[order.id]) for order in orders]


def _line(line: sa.Row[Any], got: list[CreditOut] | None) -> LineOut:
    return LineOut(
        line_no=line.line_no,
        product_code=line.product_code,
        producer_code=line.producer_code,
        quantity=line.quantity,
        price=line.price,
        received=line.received,
        value=line_value(line.price, line.quantity if line.received is None else line.received),
        credits=got,
        producer_amount=line.producer_amount,
    )


def _order(order: Order | sa.Row[Any], lines: list[LineOut]) -> OrderOut:
    return OrderOut(
        order_id=order.id,
        buyer_code=order.buyer_code,
        buyer_order_no=order.buyer_order_no,
        region_code=order.region_code,
        request_id=order.request_id,
        status=order.status,
        placed_at=order.placed_at,
        updated_at=order.updated_at,
        settled_on=order.settled_on,
        total=sum(line.value for line in lines),
        lines=lines,
    )
