"""Writing facts without HTTP: batches by command, and the write lane beside plain inserts of the same rows."""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from services.monitoring.evidence.table import read_fact
from services.monitoring.facts.commands.items import FactToRecord
from services.monitoring.facts.commands.record import record_batch
from services.monitoring.models import METADATA
from services.monitoring.models.facts import Fact
from shared.codes.monitoring import FactMode
from shared.context import new_context
from shared.contracts.monitoring import RiskRaised
from shared.db.base import table_of
from shared.db.database import Database
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.db.write_lane import WriteLane
from shared.security.actor import EVERY, Actor
from shared.security.issuer import ALL_SCOPES
from tests.load.bare import full_sqlite, insert_sqlite
from tests.load.client import BATCH_FACTS, Facts
from tests.load.county import REGION
from tests.load.events import risk_events, risk_raised

SAMPLE = 10 * BATCH_FACTS
"""So many facts are inserted in one go."""
_FACTS = table_of(Fact)
_PLAIN = ("fact", "outbox")
_WRITTEN = ("outbox", "audit", "risk_fact", "risk", "illness", "fact")
_ACTOR = Actor(id="bench", scopes=frozenset(ALL_SCOPES), regions=("52",), sources=frozenset({EVERY}))


def fact_batches(name: str, ill: int) -> Iterator[list[FactToRecord]]:
    """Batches of 500 facts as the route hands them to the command."""
    for _, body in Facts(name, 0, ill).of("batch"):
        context = new_context()
        documents = json.loads(body)["facts"]
        yield [FactToRecord(read_fact(item), FactMode.LIVE, _ACTOR, context) for item in documents]


async def write_sample(monitoring: Database) -> None:
    """Store facts, and an event for each, so that their rows can be copied."""
    for batch in islice(fact_batches("sample", SAMPLE), SAMPLE // BATCH_FACTS):
        await monitoring.write(record_batch, batch, False)
    await monitoring.write(_replace_outbox)


def _replace_outbox(uow: UnitOfWork) -> None:
    uow.connection.execute(sa.delete(uow.system_tables.outbox))
    uow.emitted[:] = risk_events(0, SAMPLE)


def forget_written(uow: UnitOfWork) -> None:
    """Take facts and events out again."""
    for table in _WRITTEN:
        uow.connection.execute(sa.delete(METADATA.tables[table]))


class Commands:
    """Batches of 500 facts by command, one after the other."""

    def __init__(self, monitoring: Database, seconds: float, ill: int) -> None:
        self._monitoring = monitoring
        self._seconds = seconds
        self._batches = fact_batches("command", ill)

    async def run(self) -> float:
        """Facts a second; making the facts is not counted."""
        recorded, spent = 0, 0.0
        while spent < self._seconds:
            batch = next(self._batches)
            started = time.perf_counter()
            await self._monitoring.write(record_batch, batch, False)
            spent += time.perf_counter() - started
            recorded += len(batch)
        return recorded / spent


class PlainInserts:
    """The sample's facts, and an outbox row for each, as fast as `executemany` of `sqlite3` inserts them."""

    def __init__(self, path: Path) -> None:
        self._connection = full_sqlite(path)
        self._inserts = [(_insert(name), self._connection.execute(_select(name)).fetchall()) for name in _PLAIN]
        self._forget()

    async def run(self) -> float:
        """Facts a second; afterwards they are gone again."""
        rate = insert_sqlite(self._connection, self._inserts)
        self._forget()
        return rate

    async def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _forget(self) -> None:
        for table in _WRITTEN:
            self._connection.execute(f"DELETE FROM {table}")


def _select(table: str) -> str:
    return f"SELECT {', '.join(_columns(table))} FROM {table}"


def _insert(table: str) -> str:
    columns = _columns(table)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


def _columns(table: str) -> list[str]:
    return [column.name for column in METADATA.tables[table].c if column.name != "seq"]


_Item = tuple[dict[str, Any], RiskRaised]


class Lane:
    """Fact rows, each with an event, through a write lane: the mechanism without the rules."""

    def __init__(self, monitoring: Database, rows: Sequence[dict[str, Any]]) -> None:
        self._monitoring = monitoring
        self._items = [(row, risk_raised(number)) for number, row in enumerate(rows)]

    async def run(self, clients: int) -> float:
        """Facts a second with so many clients, each waiting for its last one; afterwards they are gone again."""
        lane = WriteLane[_Item, None](self._monitoring, _store_with_event)
        waiting = iter(self._items)
        started = time.perf_counter()
        await asyncio.gather(*[_submit_all(lane, waiting) for _ in range(clients)])
        rate = len(self._items) / (time.perf_counter() - started)
        await self._monitoring.write(forget_written)
        return rate


async def open_lane(monitoring: Database) -> Lane:
    """Take the fact rows that are in this database."""
    rows = await monitoring.read(_fact_rows)
    await monitoring.write(forget_written)
    return Lane(monitoring, rows)


async def _submit_all(lane: WriteLane[_Item, None], items: Iterator[_Item]) -> None:
    for item in items:
        await lane.submit(item)


def _store_with_event(uow: UnitOfWork, items: Sequence[_Item]) -> list[None]:
    uow.connection.execute(sa.insert(_FACTS), [row for row, _ in items])
    for _, event in items:
        uow.emit(event, region=REGION)
    return [None] * len(items)


def _fact_rows(reading: Reading) -> list[dict[str, Any]]:
    return [dict(row) for row in reading.connection.execute(sa.select(_FACTS)).mappings()]
