"""The bare limits: what the databases and the broker do when nothing of ours stands between."""

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from pydantic_core import from_json, to_json

from shared.contracts.envelope import EncodedEvent

ROWS_IN_TRANSACTION = 1000
WINDOW = 500
Row = Sequence[Any]


def chunks(rows: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    """The rows in groups of a size."""
    rest = iter(rows)
    while chunk := list(islice(rest, size)):
        yield chunk


def full_sqlite(path: Path) -> sqlite3.Connection:
    """A connection as durable and as strict as the houses' own."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def insert_sqlite(connection: sqlite3.Connection, tables: Sequence[tuple[str, Sequence[Row]]]) -> float:
    """`executemany` of the same number of rows into each table, 1000 a transaction; returns rows of one table/s."""
    rows_in_each = [list(chunks(rows, ROWS_IN_TRANSACTION)) for _, rows in tables]
    started = time.perf_counter()
    for parts in zip(*rows_in_each, strict=True):
        connection.execute("BEGIN IMMEDIATE")
        for (statement, _), part in zip(tables, parts, strict=True):
            connection.executemany(statement, part)
        connection.execute("COMMIT")
    return len(tables[0][1]) / (time.perf_counter() - started)


async def send_window(producer: AIOKafkaProducer, events: Sequence[EncodedEvent]) -> float:
    """Send with 500 in flight; returns events/s."""
    encoded = [
        (
            event.topic,
            event.value,
            event.key.encode(),
            [(name, value.encode()) for name, value in event.headers.items()],
        )
        for event in events
    ]
    in_flight: deque[asyncio.Future[Any]] = deque()
    started = time.perf_counter()
    for topic, value, key, headers in encoded:
        if len(in_flight) == WINDOW:
            await in_flight.popleft()
        in_flight.append(await producer.send(topic, value, key=key, headers=headers))
    await asyncio.gather(*in_flight)
    return len(events) / (time.perf_counter() - started)


@dataclass(frozen=True, slots=True)
class Copied:
    """Rows as COPY takes them."""

    table: str
    columns: tuple[str, ...]
    rows: Sequence[Row]


class Copying:
    """COPY of rows into several tables, some of each in every transaction."""

    def __init__(self, connection: Any, tables: Sequence[Copied]) -> None:
        self._connection = connection
        self._left = [(copied, iter(copied.rows)) for copied in tables]

    async def copy(self, number: int) -> None:
        """Copy the next rows of each table, and commit."""
        async with self._connection.transaction():
            for copied, rows in self._left:
                part = list(islice(rows, number))
                await self._connection.copy_records_to_table(copied.table, columns=copied.columns, records=part)


async def copy_rows(copying: Copying, number: int) -> float:
    """COPY of so many rows of each table, 500 a transaction; returns rows of one table/s."""
    started = time.perf_counter()
    for _ in range(0, number, WINDOW):
        await copying.copy(WINDOW)
    return number / (time.perf_counter() - started)


async def consume_and_copy_rows(consumer: AIOKafkaConsumer, copying: Copying, number: int) -> float:
    """`getmany(500)`, parse, COPY the next rows of each table, commit both; returns events/s."""
    left, started = number, time.perf_counter()
    while left > 0:
        batches = await consumer.getmany(timeout_ms=1000, max_records=WINDOW)
        events = [from_json(message.value) for messages in batches.values() for message in messages]
        await copying.copy(len(events))
        await consumer.commit()
        left -= len(events)
    return number / (time.perf_counter() - started)


def append_log(connection: sqlite3.Connection, events: Sequence[EncodedEvent]) -> float:
    """`executemany` of 1000 a transaction into the table of the log; returns records/s."""
    rows = [(event.topic, event.key, str(event.event_id), to_json(event.headers), event.value, 0.0) for event in events]
    return insert_sqlite(connection, [(_APPEND, rows)])


_APPEND = "INSERT INTO log (topic, key, event_id, headers, value, appended_at) VALUES (?, ?, ?, ?, ?, ?)"


def read_log(connection: sqlite3.Connection, topic: str, first: int, number: int) -> float:
    """SELECT 500 by offset and parse both JSON columns; returns records/s."""
    place, left, started = first, number, time.perf_counter()
    while left > 0:
        rows = connection.execute(
            'SELECT "offset", key, headers, value, appended_at FROM log WHERE topic = ? AND "offset" >= ?'
            ' ORDER BY "offset" LIMIT ?',
            (topic, place, WINDOW),
        ).fetchall()
        for _, _, headers, value, _ in rows:
            from_json(headers)
            from_json(value)
        place = rows[-1][0] + 1
        left -= len(rows)
    return number / (time.perf_counter() - started)
