"""A durable log in one SQLite file: the bus of one machine, with no broker to run.

Appends are group-committed with full durability by one writer thread. Commit order is offset order because SQLite has
one writer, so reading by offset is safe here. Readers in this process are woken by the append; readers in other
processes watch `PRAGMA data_version`. Positions belong to the reader, who stores them with the effect.
"""

import asyncio
import datetime as dt
import sqlite3
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pydantic_core import from_json, to_json

from shared.bus.interface import Lag, Positions, Record, Subscription, TopicPartition
from shared.contracts.envelope import EncodedEvent

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
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
    return connection


class EmbeddedTransport:
    """The log file and its writer. One partition per topic."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="log-writer")
        self._writer: sqlite3.Connection | None = None
        self._appended: dict[str, asyncio.Event] = {}

    async def start(self) -> None:
        """Open the log, creating it when it is not there."""
        if self._writer is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = await self._in_thread(_connect, self._path)
            await self._in_thread(self._writer.executescript, _SCHEMA)

    async def publish(self, events: Sequence[EncodedEvent]) -> None:
        """Append; an event already in its topic is not appended again."""
        now = dt.datetime.now(dt.UTC).timestamp()
        rows = [
            (event.topic, event.key, str(event.event_id), to_json(event.headers), event.value, now) for event in events
        ]
        await self._in_thread(self._append, rows)
        for topic in {event.topic for event in events}:
            self.appended(topic).set()

    def subscribe(self, group: str, topics: Sequence[str]) -> Subscription:
        """A reader of its own; the group's position is whatever the reader stored."""
        return EmbeddedSubscription(self, self._path, tuple(topics))

    async def ready(self) -> bool:
        """The log is open."""
        return self._writer is not None

    async def close(self) -> None:
        """Let the running append end and close the log."""
        if self._writer is not None:
            await self._in_thread(self._writer.close)
            self._writer = None
        self._thread.shutdown()

    def appended(self, topic: str) -> asyncio.Event:
        """Set whenever this process appended to the topic."""
        return self._appended.setdefault(topic, asyncio.Event())

    def _append(self, rows: list[tuple[object, ...]]) -> None:
        assert self._writer is not None
        self._writer.execute("BEGIN IMMEDIATE")
        try:
            self._writer.executemany(
                "INSERT OR IGNORE INTO log (topic, key, event_id, headers, value, appended_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                rows,
            )
            self._writer.execute("COMMIT")
        except BaseException:
            self._writer.execute("ROLLBACK")
            raise

    async def _in_thread(self, function: object, *args: object) -> sqlite3.Connection:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *args)  # type: ignore[arg-type]


class EmbeddedSubscription:
    """Reads the log from the positions its reader keeps."""

    def __init__(self, transport: EmbeddedTransport, path: Path, topics: tuple[str, ...]) -> None:
        self._transport = transport
        self._path = path
        self._topics = topics
        self._next = dict.fromkeys((TopicPartition(topic, 0) for topic in topics), 1)
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()

    async def start(self, positions: Positions) -> None:
        """Begin at the stored positions; a topic never read before begins at its first record."""
        await self._transport.start()
        self._connection = await asyncio.to_thread(_connect, self._path)
        self._next.update({source: position for source, position in positions.items() if source in self._next})

    async def poll(self, max_records: int, timeout: float) -> Sequence[Record]:
        """Read what is there, or wait for the next append."""
        events = [self._transport.appended(topic) for topic in self._topics]
        deadline = asyncio.get_running_loop().time() + timeout
        while True:
            for event in events:
                event.clear()
            records = await asyncio.to_thread(self._read, max_records)
            if records:
                return records
            remaining = deadline - asyncio.get_running_loop().time()
            if remaining <= 0:
                return []
            await _any_set(events, min(remaining, _FOREIGN_POLL_SECONDS))

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
        if self._connection is not None:
            with self._lock:
                self._connection.close()
            self._connection = None

    def _read(self, max_records: int) -> list[Record]:
        records: list[Record] = []
        with self._lock:
            for source in self._next:
                room = max_records - len(records)
                if room > 0:
                    records += self._read_topic(source, room)
        return records

    def _read_topic(self, source: TopicPartition, room: int) -> list[Record]:
        assert self._connection is not None
        rows = self._connection.execute(
            'SELECT "offset", key, headers, value, appended_at FROM log'
            ' WHERE topic = ? AND "offset" >= ? ORDER BY "offset" LIMIT ?',
            (source.topic, self._next[source], room),
        ).fetchall()
        if rows:
            self._next[source] = rows[-1][0] + 1
        return [
            Record(source.topic, 0, offset, key, from_json(headers), value, dt.datetime.fromtimestamp(at, dt.UTC))
            for offset, key, headers, value, at in rows
        ]

    def _measure_lag(self) -> Lag:
        if self._connection is None:
            return Lag(0, 0.0)
        count, oldest = 0, None
        with self._lock:
            for source, position in self._next.items():
                rows, first = self._connection.execute(
                    'SELECT count(*), min(appended_at) FROM log WHERE topic = ? AND "offset" >= ?',
                    (source.topic, position),
                ).fetchone()
                count += rows
                oldest = first if oldest is None or (first is not None and first < oldest) else oldest
        now = dt.datetime.now(dt.UTC).timestamp()
        return Lag(count, max(0.0, now - oldest) if oldest is not None else 0.0)


async def _any_set(events: Sequence[asyncio.Event], timeout: float) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
