"""Settling an order of a hundred lines over fifty households, beside executemany of the same rows."""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from services.consumption.app import CONSUMPTION
from services.consumption.models import (
    PROCEDURE_STEP,
    SYSTEM_TABLES,
    Delivery,
    DeliveryCredit,
    DeliveryKept,
    DeliveryLine,
    Order,
    OrderLine,
    OrderShare,
    ValueEntry,
)
from services.consumption.orders.commands.place import place_order
from services.consumption.orders.commands.transition import transition_order
from services.consumption.orders.schemas import MAX_LINES, OrderIn, TransitionIn
from services.consumption.producers.commands import put_producer
from services.consumption.producers.schemas import ProducerIn
from services.consumption.products.commands import put_product
from services.consumption.products.schemas import ProductIn
from services.consumption.requests.store import HOUSEHOLDS
from shared.context import new_context
from shared.db.base import table_of
from shared.db.database import Database
from shared.db.unit_of_work import UnitOfWork
from shared.runtime import migrate_all
from shared.settings import Settings
from tests.load import aims
from tests.load.county import REGION, household_code
from tests.load.cpu import Meter
from tests.load.events import household_registered
from tests.load.figures import Figure, Rounds
from tests.load.orders import SELLER, enter_buyers
from tests.load.plain import Driver, Row, Written, open_driver, read_back
from tests.load.stage import database

_HOUSEHOLDS: Final = 50
_BUYER: Final = "DG-1"
_ORDERS, _DELIVERIES, _LINES = table_of(Order), table_of(Delivery), table_of(DeliveryLine)
_LAID: Final = (_ORDERS, table_of(OrderLine), table_of(OrderShare), _DELIVERIES, _LINES)
"""What is there of an order that is settled."""
_ADDED: Final = (table_of(DeliveryCredit), table_of(DeliveryKept), table_of(ValueEntry))
"""What settling adds under the order."""
_NUMBERED: Final = (SYSTEM_TABLES.audit, SYSTEM_TABLES.outbox, SYSTEM_TABLES.change)
"""What it adds at the end of these tables."""
_CHANGED: Final[Mapping[sa.Table, tuple[str, ...]]] = {
    _ORDERS: ("status", "version", "updated_at", "settled_on", "due_on"),
    _DELIVERIES: ("status",),
    _LINES: ("settled_on", "settled_value"),
}
"""What of the rows that are there it changes."""
_STEPS: Final = ("accept", "ship", "receive")


async def settled(section: str, settings: Settings, plain: Settings, rounds: int, cpu: Meter) -> list[Figure]:
    """Credits a second of processor time. ``plain`` is where the same rows are written beside."""
    consumption, beside = await _market(settings), await _market(plain)
    ours, bare = await open_driver(consumption), await open_driver(beside)
    await beside.close()
    numbers, rates = count(1), Rounds()
    for place in range(rounds + 1):
        rates.add_round(place, await _round(consumption, ours, bare, next(numbers), cpu))
    await ours.close()
    await bare.close()
    await consumption.close()
    what = f"settling {MAX_LINES} lines over {_HOUSEHOLDS} households, credits by processor time"
    return [Figure(section, what, "/s", rates["ours"], rates["plain"], "executemany of the same rows", aims.SETTLED)]


async def _round(consumption: Database, ours: Driver, beside: Driver, number: int, cpu: Meter) -> dict[str, float]:
    order_id = await consumption.write(_bring, number, actor=SELLER, context=new_context())
    name = order_id.hex if consumption.is_sqlite else str(order_id)
    laid = [await _inserting(ours, beside, table, _of(table, name)) for table in _LAID]
    await beside.run(iter([laid]))
    ends = {table: await ours.fetch(f"SELECT coalesce(max(seq), 0) FROM {table.name}") for table in _NUMBERED}
    began = cpu()
    await consumption.write(transition_order, order_id, _SETTLE, actor=SELLER, context=new_context())
    spent = cpu() - began
    rows = [await _inserting(ours, beside, table, _of(table, name)) for table in _ADDED]
    assert len(rows[0].rows) == MAX_LINES * _HOUSEHOLDS, "a credit for each household of each line"
    rows += [
        await _inserting(ours, beside, table, f"WHERE seq > {end} ORDER BY seq") for table, [(end,)] in ends.items()
    ]
    rows.append(await _inserting(ours, beside, PROCEDURE_STEP, f"WHERE thing_id = '{name}' AND action = 'settle'"))
    rows += [await _updating(ours, beside, table, name) for table in _CHANGED]
    began = cpu()
    await beside.run(iter([[each for each in rows if each.rows]]))
    credited = MAX_LINES * _HOUSEHOLDS
    return {"ours": credited / spent, "plain": credited / (cpu() - began)}


def _of(table: sa.Table, order_id: str) -> str:
    return f"WHERE {'id' if table is _ORDERS else 'order_id'} = '{order_id}'"


async def _inserting(ours: Driver, beside: Driver, table: sa.Table, where: str) -> Written:
    return Written(beside.insert(table), await read_back(ours, table, where))


async def _updating(ours: Driver, beside: Driver, table: sa.Table, order_id: str) -> Written:
    """Rows that were changed, as an update by their keys."""
    names, columns = table.columns.keys(), _CHANGED[table]
    keys = [column.name for column in table.primary_key]
    places = [names.index(name) for name in (*columns, *keys)]
    rows: Sequence[Row] = await read_back(ours, table, _of(table, order_id))
    return Written(beside.update(table, columns, keys), [tuple(row[place] for place in places) for row in rows])


async def _market(settings: Settings) -> Database:
    """A cooperative in which fifty households have their shares, and a hundred products."""
    await migrate_all([CONSUMPTION], settings)
    url = settings.database_url_of(CONSUMPTION.name)
    consumption = database(CONSUMPTION, url, keyring=settings.keyring_path)
    await consumption.write(_offer, actor=SELLER)
    await consumption.write(enter_buyers, [_BUYER])
    return consumption


def _offer(uow: UnitOfWork) -> None:
    HOUSEHOLDS.remember(uow, [household_registered(number) for number in range(_HOUSEHOLDS)])
    links = [
        {"household_code": household_code(number), "share": "0.0150", "kind": "operating"}
        for number in range(_HOUSEHOLDS)
    ]
    producer = {"name": "合作社", "kind": "cooperative", "region_code": REGION, "links": links}
    put_producer(uow, "COOP", ProducerIn.model_validate(producer))
    product: dict[str, Any] = {
        "producer_code": "COOP",
        "name": "绿茶",
        "unit": "kg",
        "price": "33.33",
        "stock": "1000000",
    }
    for number in range(MAX_LINES):
        put_product(uow, f"P-{number}", ProductIn.model_validate(product))


def _bring(uow: UnitOfWork, number: int) -> UUID:
    """An order that came in full."""
    lines = [{"product_code": f"P-{place}", "quantity": "9.500"} for place in range(MAX_LINES)]
    order = OrderIn.model_validate({"buyer_code": _BUYER, "buyer_order_no": str(number), "lines": lines})
    placed = place_order(uow, order).order
    for action in _STEPS:
        transition_order(uow, placed.order_id, TransitionIn.model_validate({"action": action}))
    return placed.order_id


_SETTLE: Final = TransitionIn.model_validate({"action": "settle"})
