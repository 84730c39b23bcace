"""A durable log in one SQLite file: the bus of one machine, with no broker to run.

Each publish is one transaction with full durability, run by one writer thread. Commit order is offset order because
SQLite has one writer, so reading by offset is safe here. Readers in this process are woken by the append; readers in
other processes look again every few hundredths of a second. Positions belong to the reader, who stores them with the
effect.
"""

import asyncio
import contextlib
import datetime as dt
import sqlite3
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from pydantic_core import from_json, to_json

from shared.bus.interface import Lag, Positions, Record, Subscription, TopicPartition, TransportUnavailable
from shared.contracts.envelope import EncodedEvent

T = TypeVar("T")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS log (
    "offset" INTEGER PRIMARY KEY AUTOINCREMENT,
    topic TEXT NOT NULL,
    key TEXT NOT NULL,
    event_id TEXT NOT NULL,
    headers TEXT NOT NULL,
    value BLOB NOT NULL,
    appended_at REAL NOT NULL,
    UNIQUE (topic, event_id)
);
CREATE INDEX IF NOT EXISTS log_by_topic ON log (topic, "offset");
"""
_BUSY_TIMEOUT_MS = 5000
_FOREIGN_POLL_SECONDS = 0.05
"""How often a waiting reader looks for appends of other processes."""


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_MS / 1000, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


class EmbeddedTransport:
    """The log file and its writer. One partition per topic."""

    keeps_positions = False

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="log-writer")
        self._writer: sqlite3.Connection | None = None
        self._watchers: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    async def start(self) -> None:
        """Open the log, creating it when it is not there. Whoever comes first does it, in the writer thread."""
        await self._in_thread(self._open)

    async def publish(self, events: Sequence[EncodedEvent]) -> None:
        """Append; an event already in its topic is not appended again."""
        now = time.time()
        rows: list[tuple[object, ...]] = [
            (event.topic, event.key, str(event.event_id), to_json(event.headers).decode(), event.value, now)
            for event in events
        ]
        await self._in_thread(lambda: self._append(rows))
        for topic in {event.topic for event in events}:
            for appended in self._watchers[topic]:
                appended.set()

    def subscribe(self, group: str, topics: Sequence[str]) -> Subscription:
        """A reader of its own; the group's position is whatever the reader stored."""
        return EmbeddedSubscription(self, self._path, tuple(topics))

    async def ready(self) -> bool:
        """The log is open, or could be opened."""
        try:
            await self.start()
        except TransportUnavailable:
            return False
        return True

    async def close(self) -> None:
        """Let the running append end and close the log."""
        if self._writer is not None:
            await self._in_thread(self._writer.close)
            self._writer = None
        self._thread.shutdown()

    def watch(self, topics: Sequence[str], appended: asyncio.Event) -> None:
        """Set the event whenever this process appended to one of the topics."""
        for topic in topics:
            self._watchers[topic].add(appended)

    def unwatch(self, topics: Sequence[str], appended: asyncio.Event) -> None:
        """End what `watch` began."""
        for topic in topics:
            self._watchers[topic].discard(appended)

    def _open(self) -> sqlite3.Connection:
        if self._writer is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            writer = _connect(self._path)
            writer.executescript(_SCHEMA)
            self._writer = writer
        return self._writer

    def _append(self, rows: list[tuple[object, ...]]) -> None:
        writer = self._open()
        writer.execute("BEGIN IMMEDIATE")
        try:
            writer.executemany(
                "INSERT OR IGNORE INTO log (topic, key, event_id, headers, value, appended_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                rows,
            )
            writer.execute("COMMIT")
        except BaseException:
            if writer.in_transaction:
                writer.execute("ROLLBACK")
            raise

    async def _in_thread(self, function: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, function)
        except (sqlite3.Error, OSError) as error:
            raise TransportUnavailable(f"{type(error).__name__}: {error}") from error


class EmbeddedSubscription:
    """Reads the log from the positions its reader keeps."""

    def __init__(self, transport: EmbeddedTransport, path: Path, topics: tuple[str, ...]) -> None:
        self._transport = transport
        self._path = path
        self._topics = topics
        self._next = dict.fromkeys((TopicPartition(topic, 0) for topic in topics), 1)
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()
        self._appended = asyncio.Event()

    async def start(self, positions: Positions) -> None:
        """Begin at the stored positions; a topic never read before begins at its first record."""
        await self._transport.start()
        self._connection = await asyncio.to_thread(_connect, self._path)
        self._next.update({source: position for source, position in positions.items() if source in self._next})
        self._transport.watch(self._topics, self._appended)

    async def poll(self, max_records: int, timeout: float) -> Sequence[Record]:
        """Read what is there, or wait for the next append."""
        deadline = asyncio.get_running_loop().time() + timeout
        while True:
            self._appended.clear()
            records = await asyncio.to_thread(self._read, max_records)
            remaining = deadline - asyncio.get_running_loop().time()
            if records or remaining <= 0:
                return records
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(remaining, _FOREIGN_POLL_SECONDS)):
                    await self._appended.wait()

    async def commit(self, positions: Positions) -> None:
        """Nothing to do: the reader committed its positions with the effect."""

    async def rewind(self, positions: Positions) -> None:
        """Read again from here."""
        self._next.update(positions)

    async def lag(self) -> Lag:
        """Records not yet polled, and how long the oldest of them has waited."""
        return await asyncio.to_thread(self._measure_lag)

    async def stop(self) -> None:
        """Close the reading connection."""
        self._transport.unwatch(self._topics, self._appended)
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _read(self, max_records: int) -> list[Record]:
        """Read from every topic in turn; each poll begins with another one, so that none waits behind a flooded one."""
        records: list[Record] = []
        with self._lock:
            if self._connection is None:
                raise TransportUnavailable("the subscription is not started")
            for source in list(self._next):
                room = max_records - len(records)
                if room > 0:
                    records += self._read_topic(self._connection, source, room)
            for first in list(self._next)[:1]:
                self._next[first] = self._next.pop(first)
        return records

    def _read_topic(self, connection: sqlite3.Connection, source: TopicPartition, room: int) -> list[Record]:
        try:
            rows = connection.execute(
                'SELECT "offset", key, headers, value, appended_at FROM log'
                ' WHERE topic = ? AND "offset" >= ? ORDER BY "offset" LIMIT ?',
                (source.topic, self._next[source], room),
            ).fetchall()
        except sqlite3.Error as error:
            raise TransportUnavailable(f"{type(error).__name__}: {error}") from error
        if rows:
            self._next[source] = rows[-1][0] + 1
        return [
            Record(source.topic, 0, offset, key, from_json(headers), value, dt.datetime.fromtimestamp(at, dt.UTC))
            for offset, key, headers, value, at in rows
        ]

    def _measure_lag(self) -> Lag:
        count, oldest = 0, None
        with self._lock:
            if self._connection is None:
                return Lag(0, 0.0)
            for source, position in self._next.items():
                rows, first = self._connection.execute(
                    'SELECT count(*), min(appended_at) FROM log WHERE topic = ? AND "offset" >= ?',
                    (source.topic, position),
                ).fetchone()
                count += rows
                oldest = first if oldest is None or (first is not None and first < oldest) else oldest
        return Lag(count, max(0.0, time.time() - oldest) if oldest is not None else 0.0)
