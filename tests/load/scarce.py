"""Two hundred buyers at once on one scarce product, part of them with pre-orders that lapse meanwhile.

Beside them the same rows by plain SQL, over as many connections as the house has for commands.
"""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import count
from typing import Any, Final, TypeVar

import sqlalchemy as sa

from services.consumption.app import CONSUMPTION
from services.consumption.models import (
    PROCEDURE_STEP,
    SYSTEM_TABLES,
    Order,
    OrderDay,
    OrderLine,
    OrderShare,
)
from services.consumption.orders.commands.deadlines import lapse_pre_orders
from services.consumption.orders.commands.place import UPDATE_RESERVED, place_order
from services.consumption.orders.schemas import OrderIn
from services.consumption.products.errors import NotEnoughStock
from shared.codes.consumption import OrderStatus
from shared.context import new_context
from shared.db.base import table_of
from shared.db.database import Database
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.runtime import migrate_all
from shared.security.actor import Actor
from shared.settings import Settings
from tests.load import aims
from tests.load.cpu import Meter
from tests.load.figures import Figure, Rounds
from tests.load.orders import PRODUCT, PRODUCT_TABLE, SELLER, enter_buyers, offer, ordered
from tests.load.plain import Driver, Row, Written, as_key, open_driver, read_back
from tests.load.stage import database

BUYERS: Final = 200
_EACH: Final = 4
"""Orders that each of them sends, one after the other; the last is a pre-order."""
_TAKEN: Final = 1_000
_STOCK: Final = 560 * _TAKEN
"""Less than the direct orders ask for: some are refused until what was pre-ordered comes back."""
_LAPSING_SECONDS: Final = 0.1
_PLENTY: Final = 10**11
_ORDERS = table_of(Order)
_WRITTEN: Final[Sequence[tuple[sa.Table, str]]] = (
    (_ORDERS, "id"),
    (table_of(OrderLine), "order_id"),
    (table_of(OrderShare), "order_id"),
    (table_of(OrderDay), "order_id"),
    (PROCEDURE_STEP, "thing_id"),
    (SYSTEM_TABLES.audit, "subject"),
    (SYSTEM_TABLES.outbox, "key"),
)
"""What an order leaves, by the columns that name it."""
_STILL_OPEN: Final = _ORDERS.c.status == OrderStatus.PRE_ORDERED
_SET_STOCK: Final = (
    sa.update(PRODUCT_TABLE)
    .where(PRODUCT_TABLE.c.code == sa.bindparam("of_product"))
    .values(available=sa.bindparam("stock"))
)
_DEADLOCKS: Final = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
T = TypeVar("T")


async def scarce(section: str, settings: Settings, plain: Settings, rounds: int, cpu: Meter) -> list[Figure]:
    """Orders a second, by the clock and by processor time; after every round nothing is oversold and the books agree.

    ``plain`` is where the same rows are written beside.
    """
    consumption, beside = await _market(settings), await _market(plain)
    ours, bare = await open_driver(consumption), await open_driver(beside)
    await beside.write(_set_stock, _PLENTY)
    await beside.close()
    figures = await _measured(section, consumption, ours, bare, rounds, cpu)
    await ours.close()
    await bare.close()
    await consumption.close()
    return figures


async def _market(settings: Settings) -> Database:
    """A scarce product, and the buyers in the register."""
    await migrate_all([CONSUMPTION], settings)
    url = settings.database_url_of(CONSUMPTION.name)
    consumption = database(CONSUMPTION, url, keyring=settings.keyring_path)
    await consumption.write(offer, actor=SELLER)
    await consumption.write(enter_buyers, [f"B-{number}" for number in range(BUYERS)])
    return consumption


async def _measured(
    section: str, consumption: Database, ours: Driver, beside: Driver, rounds: int, cpu: Meter
) -> list[Figure]:
    numbers, known = count(1), set[str]()
    rates, costs = Rounds(), Rounds()
    for place in range(rounds + 1):
        await consumption.write(_set_stock, _STOCK)
        outcomes, seconds, cost = await _timed(_buy_out(consumption, numbers), cpu)
        await _demand_honest(consumption, outcomes)
        transactions = await _transactions(ours, beside, known)
        assert len(transactions) == outcomes["placed"], "every order that was answered is there"
        _, plain_seconds, plain_cost = await _timed(beside.run(iter(transactions)), cpu)
        placed = len(transactions)
        rates.add_round(place, {"ours": placed / seconds, "plain": placed / plain_seconds})
        costs.add_round(place, {"ours": placed / cost, "plain": placed / plain_cost})
    await _demand_no_deadlock(ours, consumption)
    what, limit = f"orders of one scarce product, {BUYERS} buyers, pre-orders lapsing", "the same rows by plain SQL"
    return [
        Figure(section, what, "/s", rates["ours"], rates["plain"], limit, aims.SCARCE_ORDERS),
        Figure(section, f"{what}, by processor time", "/s", costs["ours"], costs["plain"], limit, ratio_unit="%"),
    ]


async def _timed(work: Coroutine[Any, Any, T], cpu: Meter) -> tuple[T, float, float]:
    """What came of it, the seconds it took, and those of the processors."""
    began, spent = time.perf_counter(), cpu()
    done = await work
    return done, time.perf_counter() - began, cpu() - spent


async def _demand_no_deadlock(ours: Driver, consumption: Database) -> None:
    if not consumption.is_sqlite:
        [(deadlocks,)] = await ours.fetch(_DEADLOCKS)
        assert deadlocks == 0, f"{deadlocks} deadlocks"


async def _buy_out(consumption: Database, numbers: Iterator[int]) -> Counter[str]:
    """All buyers at once, while the clock takes back what was pre-ordered."""
    lapsing = asyncio.create_task(_lapse_again_and_again(consumption))
    found = await asyncio.gather(*[_buy(consumption, f"B-{number}", numbers) for number in range(BUYERS)])
    lapsing.cancel()
    with suppress(asyncio.CancelledError):
        await lapsing
    return sum(found, Counter())


async def _buy(consumption: Database, buyer: str, numbers: Iterator[int]) -> Counter[str]:
    client = Actor(buyer, frozenset({"consumption:read", "consumption:order"}), ("4419",), buyers=frozenset({buyer}))
    outcomes: Counter[str] = Counter()
    for turn in range(_EACH):
        order = ordered(buyer, next(numbers), "pre" if turn == _EACH - 1 else "direct")
        outcomes[await _place(consumption, order, client)] += 1
    return outcomes


async def _place(consumption: Database, order: OrderIn, client: Actor) -> str:
    try:
        await consumption.write(place_order, order, actor=client, context=new_context())
    except NotEnoughStock:
        return "refused"
    return "placed"


async def _lapse_again_and_again(consumption: Database) -> None:
    while True:
        await asyncio.sleep(_LAPSING_SECONDS)
        await asyncio.shield(consumption.write(_lapse))


def _lapse(uow: UnitOfWork) -> None:
    """The hours of all that is pre-ordered are over, and the job comes by."""
    uow.connection.execute(sa.update(_ORDERS).values(confirm_by=_ORDERS.c.placed_at).where(_STILL_OPEN))
    lapse_pre_orders(uow)


async def _demand_honest(consumption: Database, outcomes: Mapping[str, int]) -> None:
    """What is left and what is ordered make what there was, and scarce it was."""
    held, available = await consumption.read(_standing)
    assert outcomes["refused"], "the product was not scarce"
    assert available >= 0, "stock below nothing"
    assert held + available == _STOCK, f"{held} ordered and {available} left of {_STOCK}"


async def _transactions(ours: Driver, beside: Driver, known: set[str]) -> list[list[Written]]:
    """What each new order left, as a transaction of its own that takes its stock first."""
    parts: defaultdict[str, list[Written]] = defaultdict(list)
    of_event: dict[str, str] = {}
    for table, key in _WRITTEN:
        place, insert = table.columns.keys().index(key), beside.insert(table)
        for row in await read_back(ours, table):
            order_id = as_key(row[place])
            if table is SYSTEM_TABLES.outbox:
                of_event[as_key(row[table.columns.keys().index("event_id")])] = order_id
            _add(parts[order_id], insert, row)
    if entered := await read_back(ours, SYSTEM_TABLES.change):
        at, insert = SYSTEM_TABLES.change.columns.keys().index("event_id"), beside.insert(SYSTEM_TABLES.change)
        for row in entered:
            _add(parts[of_event[as_key(row[at])]], insert, row)
    orders = {as_key(row[0]) for row in await read_back(ours, _ORDERS)}
    new = orders - known
    known |= orders
    reserving = beside.of(UPDATE_RESERVED, {"of_product": PRODUCT, "taken": _TAKEN})
    return [[reserving, *parts[order_id]] for order_id in sorted(new)]


def _add(parts: list[Written], statement: str, row: Row) -> None:
    """Rows of one table are one statement."""
    if parts and parts[-1].statement == statement:
        parts[-1] = Written(statement, [*parts[-1].rows, row])
    else:
        parts.append(Written(statement, [row]))


def _set_stock(uow: UnitOfWork, stock: int) -> None:
    """There is so much again; what was ordered before is not looked at any longer."""
    uow.connection.execute(sa.update(_ORDERS).values(status=OrderStatus.CANCELLED, confirm_by=None))
    uow.connection.execute(_SET_STOCK, {"of_product": PRODUCT, "stock": stock})


def _standing(reading: Reading) -> tuple[int, int]:
    """How much is ordered, and how much can still be."""
    lines = table_of(OrderLine)
    held = (
        sa.select(sa.func.coalesce(sa.func.sum(lines.c.quantity), 0))
        .join(_ORDERS, _ORDERS.c.id == lines.c.order_id)
        .where(_ORDERS.c.status != OrderStatus.CANCELLED)
    )
    available = sa.select(PRODUCT_TABLE.c.available).where(PRODUCT_TABLE.c.code == PRODUCT)
    return int(reading.connection.scalars(held).one()), int(reading.connection.scalars(available).one())
