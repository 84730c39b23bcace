"""Orders with their lines, shares and histories, as commands and queries show them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.consumption.buyers.rules import BUYING, SUPPLYING
from services.consumption.buyers.store import supplies
from services.consumption.models import PROCEDURE_STEP, LineShare, Order, OrderLine
from services.consumption.orders.procedure import TRANSITIONS
from services.consumption.orders.schemas import CreditOut, LineOut, OrderOut
from shared.db.base import table_of
from shared.db.sealed import SealedTable
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading
from shared.identity import mask_name
from shared.procedures.rows import Steps, Taken
from shared.procedures.steps import Caller
from shared.security.actor import Actor

ORDERS = SealedTable(table_of(Order))
STEPS = Steps(PROCEDURE_STEP, "order")
_LINES, _SHARES = table_of(OrderLine), table_of(LineShare)
_SELECT_LINES = (
    sa.select(_LINES).where(is_one_of(_LINES.c.order_id, "ids")).order_by(_LINES.c.order_id, _LINES.c.line_no)
)
_SELECT_SHARES = (
    sa.select(_SHARES)
    .where(is_one_of(_SHARES.c.order_id, "ids"))
    .order_by(_SHARES.c.order_id, _SHARES.c.line_no, _SHARES.c.household_code, _SHARES.c.branch)
)


def load_lines(reading: Reading, ids: Iterable[UUID]) -> Sequence[sa.Row[Any]]:
    """The lines of these orders, by order and number."""
    return reading.connection.execute(_SELECT_LINES, {"ids": list(ids)}).all()


def load_shares(reading: Reading, ids: Iterable[UUID]) -> Sequence[sa.Row[Any]]:
    """The households' shares of these orders' lines, by order, line and household."""
    return reading.connection.execute(_SELECT_SHARES, {"ids": list(ids)}).all()


def show_orders(reading: Reading, orders: Sequence[Order | sa.Row[Any]]) -> list[OrderOut]:
    """Orders with their lines; whoever does not supply one is not told which households it is good for."""
    supplied = {order.id for order in orders if supplies(reading.actor, order.region_code)}
    got: dict[tuple[UUID, int], list[CreditOut]] = defaultdict(list)
    for share in load_shares(reading, supplied) if supplied else ():
        if share.amount is not None:
            got[share.order_id, share.line_no].append(CreditOut.of(share))
    lines: dict[UUID, list[LineOut]] = defaultdict(list)
    for line in load_lines(reading, [order.id for order in orders]):
        shown = got[line.order_id, line.line_no] if line.order_id in supplied else None
        lines[line.order_id].append(LineOut.of(line._asdict(), shown))
    histories = STEPS.load(reading, [order.id for order in orders])
    return [_order(reading, order, lines[order.id], histories[order.id]) for order in orders]


def show_placed(reading: Reading, order: Order, lines: Sequence[Mapping[str, Any]], placed: Taken) -> OrderOut:
    """An order with the lines and the step that were just written: nothing of it is settled."""
    got: list[CreditOut] | None = [] if supplies(reading.actor, order.region_code) else None
    return _order(reading, order, [LineOut.of(line, got) for line in lines], [placed.entry()])


def _order(
    reading: Reading, order: Order | sa.Row[Any], lines: list[LineOut], history: Sequence[Mapping[str, Any]]
) -> OrderOut:
    supplied = supplies(reading.actor, order.region_code)
    knows = supplied or order.placed_by == reading.actor.id
    caller = Caller.of(reading.actor, order.region_code)._replace(scopes=_sides(reading.actor, supplied=supplied))
    allowed = TRANSITIONS.allowed_to(caller, order.status)
    return OrderOut.of(order, lines, history, allowed, contact=_contact(reading, order, knows=knows))


def _contact(reading: Reading, order: Order | sa.Row[Any], *, knows: bool) -> str | None:
    """The contact 联系人, in full or masked."""
    contact = ORDERS.text(reading, "contact", order)
    return contact if knows or contact is None else mask_name(contact)


def _sides(actor: Actor, *, supplied: bool) -> Collection[str]:
    """Whoever is shown an order buys it unless it supplies it; the supply side may take a buyer's steps anyway."""
    if supplied:
        return [SUPPLYING]
    return [BUYING] if actor.may(BUYING) else []
