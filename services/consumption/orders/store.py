"""Orders as they are shown."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.consumption.buyers.commands import supplies
from services.consumption.models import LineShare, Order, OrderLine
from services.consumption.orders.rules import line_value
from services.consumption.orders.schemas import CreditOut, LineOut, OrderOut
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading
from shared.identity import mask_name

_LINES, _SHARES = table_of(OrderLine), table_of(LineShare)
_LINES_OF = sa.select(_LINES).where(is_one_of(_LINES.c.order_id, "ids")).order_by(_LINES.c.order_id, _LINES.c.line_no)
_SHARES_OF = (
    sa.select(_SHARES)
    .where(is_one_of(_SHARES.c.order_id, "ids"))
    .order_by(_SHARES.c.order_id, _SHARES.c.line_no, _SHARES.c.household_code, _SHARES.c.branch)
)


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
        lines[line.order_id].append(_line(line._asdict(), shown))
    return [_order(reading, order, lines[order.id]) for order in orders]


def show_placed(reading: Reading, order: Order, lines: Sequence[Mapping[str, Any]]) -> OrderOut:
    """An order with the lines that were just written: nothing of it is settled."""
    got: list[CreditOut] | None = [] if supplies(reading.actor, order.region_code) else None
    return _order(reading, order, [_line(line, got) for line in lines])


def _line(line: Mapping[str, Any], got: list[CreditOut] | None) -> LineOut:
    received = line.get("received")
    return LineOut(
        line_no=line["line_no"],
        product_code=line["product_code"],
        producer_code=line["producer_code"],
        name=line["name"],
        unit=line["unit"],
        specification=line["specification"],
        quantity=line["quantity"],
        price=line["price"],
        received=received,
        value=line_value(line["price"], line["quantity"] if received is None else received),
        credits=got,
        producer_amount=None if got is None else line.get("producer_amount"),
    )


def _order(reading: Reading, order: Order | sa.Row[Any], lines: list[LineOut]) -> OrderOut:
    knows = order.placed_by == reading.actor.id or supplies(reading.actor, order.region_code)
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
        deliver_by=order.deliver_by,
        deliver_to=order.deliver_to,
        contact=order.contact if knows or order.contact is None else mask_name(order.contact),
        invoice_title=order.invoice_title,
        total=sum(line.value for line in lines),
        lines=lines,
        history=order.history,
    )
