"""Orders of one hot product by many buyers at once, beside nothing but the update that takes its stock."""

import asyncio
import time
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, closing
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.sql.compiler import SQLCompiler

from services.consumption.models import Buyer, Product
from services.consumption.orders.commands.place import UPDATE_RESERVED, place_order
from services.consumption.orders.schemas import OrderIn
from services.consumption.producers.commands import put_producer
from services.consumption.producers.schemas import ProducerIn
from services.consumption.products.commands import put_product
from services.consumption.products.rules import format_quantity
from services.consumption.products.schemas import ProductIn
from services.consumption.requests.store import HOUSEHOLDS
from shared.context import new_context
from shared.db.base import table_of
from shared.db.database import Database
from shared.db.rows import insert_rows
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.security.actor import Actor
from shared.security.issuer import ALL_SCOPES
from tests.load.bare import full_sqlite
from tests.load.county import REGION, household_code
from tests.load.events import household_registered
from tests.load.figures import Figure, Rounds
from tests.load.stage import connect

BUYERS = 32
SELLER = Actor(id="bench", scopes=frozenset(ALL_SCOPES), regions=("52",))
_PRODUCER, PRODUCT = "COOP", "TEA"
PRODUCT_TABLE = table_of(Product)
_STOCK = 10**11
_TAKEN = 1_000
"""One unit an order, in thousandths."""


class Stock(Protocol):
    """The bare limit: the same conditional update, one a transaction, and nothing else."""

    async def take(self, seconds: float) -> int:
        """Take the product as often as it can be taken in this time."""


class SqliteStock:
    """One connection in one thread: SQLite has one writer at a time."""

    def __init__(self, path: Path) -> None:
        self._connection = full_sqlite(path)
        self._update, self._values = _bare_update("sqlite")

    async def take(self, seconds: float) -> int:
        """Take the product as often as it can be taken in this time."""
        taken, ends = 0, time.perf_counter() + seconds
        while time.perf_counter() < ends:
            taken += self._connection.execute(self._update, self._values).rowcount
        return taken

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class PostgresStock:
    """As many connections as there are buyers, each waiting for its last update."""

    def __init__(self, connections: list[Any]) -> None:
        self._connections = connections
        self._update, self._values = _bare_update("postgresql+asyncpg")

    async def take(self, seconds: float) -> int:
        """Take the product as often as it can be taken in this time."""
        ends = time.perf_counter() + seconds
        return sum(await asyncio.gather(*[self._take_until(ends, connection) for connection in self._connections]))

    async def _take_until(self, ends: float, connection: Any) -> int:
        taken = 0
        while time.perf_counter() < ends:
            taken += await connection.execute(self._update, *self._values) == "UPDATE 1"
        return taken


def _bare_update(driver: str) -> tuple[str, tuple[object, ...]]:
    """The update as the driver takes it, and its values."""
    compiled = UPDATE_RESERVED.compile(dialect=sa.make_url(f"{driver}://").get_dialect()())
    assert isinstance(compiled, SQLCompiler)
    wanted = {"of_product": PRODUCT, "taken": _TAKEN}
    return compiled.string, tuple([wanted[name] for name in compiled.positiontup or []])


async def on_sqlite(consumption: Database, path: Path, rounds: int, seconds: float) -> list[Figure]:
    """Orders on SQLite, beside `sqlite3` on the same row."""
    with closing(SqliteStock(path)) as stock:
        return await _orders(consumption, stock, rounds, seconds, "SQLite", "conditional UPDATE, sqlite3")


async def on_postgres(consumption: Database, url: str, rounds: int, seconds: float) -> list[Figure]:
    """Orders on PostgreSQL, beside asyncpg on the same row."""
    async with AsyncExitStack() as stack:
        connections = [await connect(url) for _ in range(BUYERS)]
        for connection in connections:
            stack.push_async_callback(connection.close)
        limit = f"conditional UPDATE, {BUYERS} of asyncpg"
        return await _orders(consumption, PostgresStock(connections), rounds, seconds, "PostgreSQL", limit)


async def _orders(
    consumption: Database, stock: Stock, rounds: int, seconds: float, name: str, limit: str
) -> list[Figure]:
    await consumption.write(offer, actor=SELLER)
    measured, numbers, left = Rounds(), count(1), _STOCK
    for place in range(rounds + 1):
        bare, bare_rate = await _timed(stock.take(seconds))
        placed, rate = await _timed(_buy(consumption, numbers, seconds))
        measured.add_round(place, {"orders": rate, "bare": bare_rate})
        left -= (bare + placed) * _TAKEN
        available = await consumption.read(_available)
        assert available == left, f"{available} is there of a product of which {left} is left"
    await consumption.close()
    path = f"orders of one hot product, {BUYERS} buyers, {name}"
    return [Figure("e", path, "/s", measured["orders"], measured["bare"], limit, ratio_unit="%")]


async def _timed(work: Coroutine[Any, Any, int]) -> tuple[int, float]:
    """How much was done, and how much a second."""
    started = time.perf_counter()
    done = await work
    return done, done / (time.perf_counter() - started)


async def _buy(consumption: Database, numbers: Iterator[int], seconds: float) -> int:
    """Buyers who each order again once their last order is placed; the number of orders."""
    ends = time.perf_counter() + seconds
    return sum(await asyncio.gather(*[_buy_until(ends, consumption, f"B-{n}", numbers) for n in range(BUYERS)]))


async def _buy_until(ends: float, consumption: Database, buyer: str, numbers: Iterator[int]) -> int:
    placed = 0
    while time.perf_counter() < ends:
        order = ordered(buyer, next(numbers))
        placed += (await consumption.write(place_order, order, actor=SELLER, context=new_context())).created
    return placed


def ordered(buyer: str, number: int, mode: str = "direct") -> OrderIn:
    """An order of one unit."""
    lines = [{"product_code": PRODUCT, "quantity": "1.000"}]
    return OrderIn.model_validate({"buyer_code": buyer, "buyer_order_no": str(number), "lines": lines, "mode": mode})


def offer(uow: UnitOfWork) -> None:
    """A cooperative in which one household has a share, and its one product."""
    HOUSEHOLDS.remember(uow, [household_registered(0)])
    link = {"household_code": household_code(0), "share": "0.2500", "kind": "operating"}
    producer = {"name": "合作社", "kind": "cooperative", "region_code": REGION, "links": [link]}
    put_producer(uow, _PRODUCER, ProducerIn.model_validate(producer))
    product = {"producer_code": _PRODUCER, "name": "绿茶", "unit": "kg", "price": "12.50"}
    put_product(uow, PRODUCT, ProductIn.model_validate(product | {"stock": format_quantity(_STOCK)}))


def enter_buyers(uow: UnitOfWork, codes: Sequence[str]) -> None:
    """Have these buyers in the register."""
    unsaid = dict.fromkeys(("name", "kind", "city_code", "unit_code", "uscc", "bound_in"))
    rows = [{"code": code, **unsaid, "version": 1, "updated_at": uow.stamp()} for code in codes]
    insert_rows(uow.connection, table_of(Buyer), rows)


def _available(reading: Reading) -> int:
    return reading.session.get_one(Product, PRODUCT).available
