"""A durable log in one SQLite file: the bus of one machine, with no broker to run.

Each publish is one transaction with full durability, run by one writer thread. Commit order is offset order because
SQLite has one writer, so reading by offset is safe here. Readers in this process are woken by the append; readers in
other processes look again every few hundredths of a second. Positions belong to the reader, who stores them with the
effect, beside the id of the log and of the record before: a log that was made anew or set back is told from the one
that was read. Readers leave a note in the log how far they are, so that what all have passed can be removed one day.
"""

import asyncio
import contextlib
import datetime as dt
import sqlite3
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import structlog
from pydantic_core import to_json

from shared import metrics
from shared.bus.embedded_log import RECORDS, SCHEMA, connect, file_at, kept_of, lag_from, record_of
from shared.bus.interface import (
    NO_MARKS,
    Kept,
    Lag,
    Mark,
    Marks,
    Positions,
    Record,
    Subscription,
    TopicPartition,
    TransportUnavailable,
)
from shared.contracts.envelope import EncodedEvent
from shared.ids import new_id

T = TypeVar("T")
log = structlog.get_logger()

_FOREIGN_POLL_SECONDS = 0.05
"""How often a waiting reader looks for appends of other processes."""
_NOTE_SECONDS = 5.0
"""How often a reader notes in the log how far it is."""
_TRIM_AT_ONCE = 5000


@contextlib.contextmanager
def _reaching_the_log() -> Iterator[None]:
    """Say of trouble with the file that the bus is unavailable."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise TransportUnavailable(f"{type(error).__name__}: {error}") from error


class EmbeddedTransport:
    """The log file and its writer. One partition per topic."""

    keeps_positions = False

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="log-writer")
        self._writer: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._log_id = ""
        self._watchers: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    @property
    def log_id(self) -> str:
        """What the log that was opened is known by."""
        return self._log_id

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
        return EmbeddedSubscription(self, self._path, group, tuple(topics))

    async def group_lag(self, group: str, topics: Sequence[str], positions: Positions) -> Lag:
        """Records from these positions on, or from what the group noted to have passed, and the age of the oldest."""
        await self.start()

        def lag(connection: sqlite3.Connection) -> Lag:
            noted = dict(
                connection.execute("SELECT topic, next_offset FROM passed WHERE reader = ?", (group,)).fetchall()
            )
            places = [TopicPartition(topic, 0) for topic in topics]
            return lag_from(connection, {at: max(positions.get(at, 1), noted.get(at.topic, 1)) for at in places})

        return await asyncio.to_thread(self._reading, lag)

    async def trim(self, topic: str, readers: Sequence[str], before: dt.datetime) -> int:
        """Remove records older than this that every reader has passed; a reader that left no note has passed none."""
        removed, part = 0, _TRIM_AT_ONCE
        while part == _TRIM_AT_ONCE:
            part = await self._in_thread(lambda: self._trim(topic, readers, before.timestamp()))
            removed += part
        return removed

    async def kept(self, topics: Sequence[str]) -> Kept:
        """How many records of these topics there are, and since when."""
        await self.start()
        return await asyncio.to_thread(self._reading, lambda connection: kept_of(connection, topics))

    async def note_passed(self, reader: str, positions: Positions) -> None:
        """Remember how far a reader is."""
        rows = [(reader, source.topic, position) for source, position in positions.items()]
        await self._in_thread(lambda: self._note_passed(rows))

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

    def _is_replaced(self) -> bool:
        """Whether another file, or none, lies where the opened log was: what is written to that one is lost."""
        return self._file is not None and file_at(self._path) != self._file

    def _open(self) -> sqlite3.Connection:
        if self._writer is not None and self._is_replaced():
            self._writer.close()
            self._writer = None
        if self._writer is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            writer = connect(self._path)
            writer.executescript(SCHEMA)
            writer.execute("INSERT OR IGNORE INTO identity (one, id) VALUES (1, ?)", (str(new_id()),))
            self._log_id = writer.execute("SELECT id FROM identity").fetchone()[0]
            self._file = file_at(self._path)
            self._writer = writer
        return self._writer

    def _reading(self, function: Callable[[sqlite3.Connection], T]) -> T:
        with _reaching_the_log(), contextlib.closing(connect(self._path)) as connection:
            return function(connection)

    def _trim(self, topic: str, readers: Sequence[str], before: float) -> int:
        writer = self._open()
        passed = dict(writer.execute("SELECT reader, next_offset FROM passed WHERE topic = ?", (topic,)).fetchall())
        everybody_from = min((passed.get(reader, 0) for reader in readers), default=None)
        end = "" if everybody_from is None else 'AND "offset" < :end '
        removed = writer.execute(
            'DELETE FROM log WHERE "offset" IN (SELECT "offset" FROM log WHERE topic = :topic '  # noqa: S608  no value
            f'AND appended_at < :before {end}ORDER BY "offset" LIMIT {_TRIM_AT_ONCE})',
            {"topic": topic, "before": before, "end": everybody_from},
        )
        return removed.rowcount

    def _note_passed(self, rows: Sequence[tuple[str, str, int]]) -> None:
        self._open().executemany(
            "INSERT INTO passed (reader, topic, next_offset) VALUES (?, ?, ?)"
            " ON CONFLICT (reader, topic) DO UPDATE SET next_offset = excluded.next_offset",
            rows,
        )

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
        with _reaching_the_log():
            return await asyncio.get_running_loop().run_in_executor(self._thread, function)


class EmbeddedSubscription:
    """Reads the log from the positions its reader keeps."""

    def __init__(self, transport: EmbeddedTransport, path: Path, group: str, topics: tuple[str, ...]) -> None:
        self._transport = transport
        self._path = path
        self._group = group
        self._topics = topics
        self._next = dict.fromkeys((TopicPartition(topic, 0) for topic in topics), 1)
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()
        self._watching: sqlite3.Connection | None = None
        """On the thread of the event loop, to see whether anybody has written: which takes microseconds."""
        self._read_up_to: int | None = None
        """The state of the file of which everything was read."""
        self._appended = asyncio.Event()
        self._passed: dict[TopicPartition, int] = {}
        self._noted_at = float("-inf")
        self._file: tuple[int, int] | None = None

    async def start(self, positions: Positions, marks: Marks = NO_MARKS) -> None:
        """Begin at the stored positions; a topic never read before, or of another log, begins at its first record."""
        await self._transport.start()
        self._file = file_at(self._path)
        self._connection = await asyncio.to_thread(connect, self._path)
        self._watching, self._read_up_to = await asyncio.to_thread(connect, self._path), None
        stored = {source: position for source, position in positions.items() if source in self._next}
        others = await asyncio.to_thread(self._not_of_this_log, stored, marks)
        self._next.update({source: position for source, position in stored.items() if source not in others})
        for topic in self._topics:
            metrics.BUS_PARTITIONS.labels(self._group, topic).set(1)
        if others:
            metrics.BUS_BEGUN_AGAIN.labels(self._group).set(time.time())
            for source in sorted(others):
                log.error("bus.begun_again", house=self._group, topic=source.topic, position=stored[source])
        self._transport.watch(self._topics, self._appended)

    async def poll(self, max_records: int, timeout: float) -> Sequence[Record]:
        """Read what is there, or wait for the next append."""
        if file_at(self._path) != self._file:
            raise TransportUnavailable("another file lies in the place of the log")
        deadline = asyncio.get_running_loop().time() + timeout
        while True:
            self._appended.clear()
            records = await self._read_what_is_new(max_records)
            remaining = deadline - asyncio.get_running_loop().time()
            if records:
                return records
            if remaining <= 0:
                await self._note_now_and_then()
                return records
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(remaining, _FOREIGN_POLL_SECONDS)):
                    await self._appended.wait()

    async def commit(self, positions: Positions) -> None:
        """Note now and then how far this reader is; what counts is what it committed with the effect."""
        self._passed.update(positions)
        await self._note_now_and_then()

    async def rewind(self, positions: Positions) -> None:
        """Read again from here."""
        self._next.update(positions)
        self._read_up_to = None

    async def lag(self) -> Lag:
        """Records not yet polled, and how long the oldest of them has waited."""
        return await asyncio.to_thread(self._measure_lag)

    async def stop(self) -> None:
        """Close the reading connection."""
        await self._note()
        self._transport.unwatch(self._topics, self._appended)
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
        if self._watching is not None:
            self._watching.close()
            self._watching = None

    async def _read_what_is_new(self, max_records: int) -> list[Record]:
        """Read on; nothing is read while nobody has written since everything was read."""
        written_up_to = self._written_up_to()
        if written_up_to == self._read_up_to:
            return []
        records = await asyncio.to_thread(self._read, max_records)
        self._read_up_to = written_up_to if len(records) < max_records else None
        return records

    def _written_up_to(self) -> int:
        """A number that is another one after each commit of anybody else."""
        if self._watching is None:
            raise TransportUnavailable("the subscription is not started")
        with _reaching_the_log():
            number: int = self._watching.execute("PRAGMA data_version").fetchone()[0]
        return number

    async def _note_now_and_then(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._noted_at > _NOTE_SECONDS:
            self._noted_at = now
            await self._note()

    async def _note(self) -> None:
        passed, self._passed = self._passed, {}
        if passed:
            with contextlib.suppress(TransportUnavailable):
                await self._transport.note_passed(self._group, passed)

    def _not_of_this_log(self, positions: Positions, marks: Marks) -> set[TopicPartition]:
        """The positions that are of another log, or of this one before it was set back."""
        with self._lock:
            assert self._connection is not None
            (last,) = self._connection.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence").fetchone()
            return {
                source
                for source, position in positions.items()
                if position > last + 1
                or (source in marks and not self._fits(self._connection, source, position, marks[source]))
            }

    def _fits(self, connection: sqlite3.Connection, source: TopicPartition, position: int, mark: Mark) -> bool:
        """Whether the record before the position is the one that was read; it may be removed, with all before it."""
        if mark.log_id != self._transport.log_id:
            return False
        before = connection.execute(
            f'{RECORDS} WHERE topic = ? AND "offset" < ? ORDER BY "offset" DESC LIMIT 1', (source.topic, position)
        ).fetchall()
        return all(record_of(source, row).event_id == mark.event_id for row in before)

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
        with _reaching_the_log():
            rows = connection.execute(
                f'{RECORDS} WHERE topic = ? AND "offset" >= ? ORDER BY "offset" LIMIT ?',
                (source.topic, self._next[source], room),
            ).fetchall()
        if rows:
            self._next[source] = rows[-1][0] + 1
        return [record_of(source, row) for row in rows]

    def _measure_lag(self) -> Lag:
        with self._lock, _reaching_the_log():
            return Lag(0, 0.0) if self._connection is None else lag_from(self._connection, self._next)
