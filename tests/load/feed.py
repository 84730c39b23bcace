"""The change feed: reading a long one beside the bare SELECT of its rows, and how soon who waits is answered."""

import asyncio
import json
import sqlite3
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from pydantic_core import from_json, to_json

from services.consumption.app import CONSUMPTION
from services.monitoring.app import MONITORING
from shared.codes.consumption import PurchaseWay
from shared.context import new_context
from shared.contracts.consumption import OrderPlaced
from shared.contracts.envelope import encode
from shared.contracts.payload import Payload
from shared.db.changes import enter_changes
from shared.db.database import Database
from shared.db.unit_of_work import UnitOfWork
from shared.feed.queries import AT_ONCE
from shared.house import House
from shared.ids import derived_id
from shared.runtime import Process, migrate_all, open_process, running
from shared.settings import Settings
from tests.load import aims
from tests.load.county import REGION
from tests.load.events import risk_raised
from tests.load.figures import Aim, Figure, Rounds
from tests.load.orders import enter_buyers
from tests.load.stage import connect
from tests.partners import take_on

ITEMS = 100_000
_BUYER = "DG-1"
_READ, _ORDER, _APPROVE = "consumption:read", "consumption:order", "consumption:approve"
_WOKEN = 60
"""How often somebody waits."""
_ENTERED = 5_000
_ONE_PAGE = "SELECT seq, event_id, type, region_code, item FROM change WHERE seq > {} ORDER BY seq LIMIT {}"
Pages = Callable[[], Awaitable[int]]


class Reader:
    """A client of the feed, without a network: what the process does is measured, and not a client."""

    def __init__(
        self, process: Process, client_id: str = "feed-reader", house: str = MONITORING.name, **described: Any
    ) -> None:
        self._app = process.app()
        self._path = f"/{house}/v1/changes"
        assert process.issuer is not None
        rights = {"regions": ["52"], "scopes": [f"{house}:read"]}
        secret = take_on(process.settings.data, client_id, **rights | described)
        self._token = process.issuer.token(client_id, secret, None)["access_token"]

    async def read(self, after: str | None = None, wait: int = 0) -> dict[str, Any]:
        """One answer."""
        found: dict[str, Any] = json.loads(await self.read_bytes(after, wait))
        return found

    async def read_bytes(self, after: str | None = None, wait: int = 0) -> bytes:
        """One answer as it is sent."""
        parts: list[bytes] = []
        given = f"wait={wait}" if after is None else f"wait={wait}&after={after}"
        arrived = iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive() -> Any:
            message = next(arrived, None)
            return message if message is not None else await asyncio.Event().wait()

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                assert message["status"] == 200, message
            parts.append(message.get("body", b""))

        scope = {
            "type": "http",
            "method": "GET",
            "path": self._path,
            "raw_path": self._path.encode(),
            "query_string": given.encode(),
            "headers": [(b"authorization", f"Bearer {self._token}".encode())],
            "scheme": "http",
            "root_path": "",
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        await self._app(scope, receive, send)
        return b"".join(parts)

    async def read_all(self) -> int:
        """All that is kept; how many bytes that was."""
        after, length = None, 0
        while True:
            page = await self.read_bytes(after)
            length += len(page)
            after = page[page.rindex(b'"next":"') + 8 : -2].decode()
            if page.startswith(b'{"items":[]'):
                return length


async def feed(section: str, settings: Settings, rounds: int, items: int = ITEMS) -> list[Figure]:
    """Measure both on a house of its own."""
    await migrate_all([MONITORING], settings)
    async with running(open_process([MONITORING], settings), background=True) as process:
        [house] = process.houses
        await _fill(house.database, items)
        reader, bare = Reader(process), await _bare(house.database)
        measured = Rounds()
        for place in range(rounds + 1):
            rates = {"bare": await _rate(bare, items), "feed": await _rate(reader.read_all, items)}
            measured.add_round(place, rates)
        woken = await _answered_after(house, reader, _WOKEN)
    return [
        Figure(
            section, f"reading {items:,} changes", "/s", measured["feed"], measured["bare"], "SELECT + JSON", Aim(0.4)
        ),
        Figure(section, "commit → long poll answered", "ms", woken, aim=Aim(50.0, at_least=False, unit="ms")),
    ]


async def feed_of_orders(section: str, settings: Settings, rounds: int, items: int = ITEMS) -> list[Figure]:
    """The feed of consumption, as an officer reads it and as a client that orders for one buyer: all is of that one."""
    await migrate_all([CONSUMPTION], settings)
    async with running(open_process([CONSUMPTION], settings), background=False) as process:
        [house] = process.houses
        await house.database.write(enter_buyers, [_BUYER])
        await _fill(house.database, items, _order_placed)
        readers = {
            "an officer": Reader(process, "officer", CONSUMPTION.name, scopes=[_READ, _APPROVE]),
            "a buyer": Reader(
                process, "buyer", CONSUMPTION.name, scopes=[_READ, _ORDER], regions=["4419"], buyers=[_BUYER]
            ),
        }
        bare, measured = await _bare(house.database), Rounds()
        for place in range(rounds + 1):
            rates = {name: await _rate(reader.read_all, items) for name, reader in readers.items()}
            measured.add_round(place, {**rates, "bare": await _rate(bare, items)})
    what, limit = f"reading {items:,} changes of orders", "SELECT + JSON"
    return [
        Figure(section, f"{what}, {name}", "/s", measured[name], measured["bare"], limit, aims.ORDER_FEED)
        for name in readers
    ]


def _order_placed(number: int) -> OrderPlaced:
    order_id = derived_id("order", _BUYER, str(number))
    return OrderPlaced(order_id=order_id, buyer_code=_BUYER, lines=2, total=125_000, way=PurchaseWay.PURCHASE)


async def _fill(database: Database, items: int, event: Callable[[int], Payload] = risk_raised) -> None:
    for first in range(0, items, _ENTERED):
        await database.write(_enter, first, event)


def _enter(uow: UnitOfWork, first: int, event: Callable[[int], Payload]) -> None:
    numbers = range(first, first + _ENTERED)
    events = [encode(event(number), region=REGION, time=uow.now(), context=new_context()) for number in numbers]
    enter_changes(uow.connection, uow.system_tables.change, events)


async def _rate(read: Pages, items: int) -> float:
    """Items a second of the processor's time: others may work beside."""
    begun = time.process_time()
    assert await read() > items
    return items / (time.process_time() - begun)


async def _bare(database: Database) -> Pages:
    """The same rows, page by page, as the driver reads them, written as JSON."""
    if database.is_sqlite:
        return lambda: _bare_sqlite(Path(str(database.url.database)))
    connection = await connect(database.url.render_as_string(hide_password=False))

    async def read() -> int:
        passed = length = 0
        while rows := await connection.fetch(_ONE_PAGE.format(passed, AT_ONCE)):
            passed = rows[-1][0]
            length += len(_written(rows))
        return length

    return read


async def _bare_sqlite(path: Path) -> int:
    passed = length = 0
    with closing(sqlite3.connect(path)) as connection:
        while rows := connection.execute(_ONE_PAGE.format(passed, AT_ONCE)).fetchall():
            passed = rows[-1][0]
            length += len(_written(rows))
    return length


def _written(rows: Sequence[Any]) -> bytes:
    """A page of the answer, made of what the columns hold."""
    items = [{"id": str(row[1]), "type": row[2], "region": row[3], "data": from_json(row[4])} for row in rows]
    return to_json({"items": items})


async def _answered_after(house: House, reader: Reader, times: int) -> list[float]:
    """Milliseconds from each of so many commits to the answer of who waits for it."""
    found: list[float] = []
    page = await reader.read()
    while page["items"]:
        page = await reader.read(page["next"])
    while len(found) < times:
        waiting = asyncio.create_task(reader.read(page["next"], 30))
        while not house.feed.number_waiting:
            await asyncio.sleep(0.001)
        await house.database.write(lambda uow: uow.emit(risk_raised(1), region=REGION))
        committed = time.perf_counter()
        page = await waiting
        found.append((time.perf_counter() - committed) * 1000)
    return found
