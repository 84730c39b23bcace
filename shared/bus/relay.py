"""From the outbox to the bus: in order per key, at least once, one active relay per database."""

import asyncio
import contextlib
import fcntl
from collections import deque
from collections.abc import AsyncIterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from shared import metrics
from shared.bus.interface import Transport, TransportUnavailable
from shared.contracts.envelope import EncodedEvent
from shared.db.changes import enter_changes
from shared.db.database import Database
from shared.db.engines import lease_engine, reaching_database
from shared.db.revision import ReleaseDiffers
from shared.db.sets import is_one_of
from shared.db.trouble import is_transient, sentence_of
from shared.db.unit_of_work import OUTBOX_CHANNEL, Reading, UnitOfWork

BATCH = 500
_LOOK_SECONDS = 0.5
"""The outbox is looked at this often even when nobody called, for what other processes wrote to it."""
_LAZY_DELETE_SECONDS = 0.05
_TRY_SECONDS = 1.0
"""A relay that stands by asks for the right this often. No statement waits for it: that would keep a snapshot."""
_MAX_BACKOFF_SECONDS = 5.0
_ADVISORY_LOCK = 0x5348_4F55
"""PostgreSQL advisory lock that the active relay of a database holds."""
_UNHURRIED = {"synchronous_commit": "off"}
"""An event taken out of the outbox that a crash brings back is published twice, which its readers notice."""

log = structlog.get_logger()


def pending_events(reading: Reading, limit: int = BATCH) -> list[EncodedEvent]:
    """The oldest events not known to be on the bus, in the order they are to be published.

    Rows are looked for by what is still there, never by `seq` greater than the last: transactions commit out of
    order. Events of one key are in order because their household row was locked before they were written.
    """
    outbox = reading.system_tables.outbox
    return _encoded(reading, sa.select(outbox).order_by(outbox.c.seq).limit(limit))


def _encoded(reading: Reading, rows: sa.Select[Any]) -> list[EncodedEvent]:
    found = reading.connection.execute(rows)
    return [EncodedEvent(row.event_id, row.topic, row.key, row.headers, row.value) for row in found]


def forget_published(uow: UnitOfWork, event_ids: Sequence[UUID]) -> None:
    """Take events that are on the bus out of the outbox."""
    uow.connection.execute(_forgetting(uow.system_tables.outbox), {"ids": event_ids})


@cache
def _forgetting(outbox: sa.Table) -> sa.Delete:
    return sa.delete(outbox).where(is_one_of(outbox.c.event_id, "ids"))


def enter(uow: UnitOfWork, events: Sequence[EncodedEvent]) -> None:
    """Enter events in the change feed, each once."""
    uow.entered += enter_changes(uow.connection, uow.system_tables.change, events)


def enter_unpublished(uow: UnitOfWork) -> bool:
    """Enter the oldest events that wait for the bus and are not in the feed yet; tells whether there were any."""
    outbox, change = uow.system_tables.outbox, uow.system_tables.change
    lacking = ~sa.exists().where(change.c.event_id == outbox.c.event_id)
    events = _encoded(uow, sa.select(outbox).where(lacking).order_by(outbox.c.seq).limit(BATCH))
    enter(uow, events)
    return bool(events)


class RightLost(Exception):
    """The connection that held the right to relay is gone; another process may hold it by now."""


class Relay:
    """Publishes one house's outbox.

    On SQLite rows are handed over by the commit itself and the table is read at start, after a failure and now and
    then. On PostgreSQL replicas write beside each other: the table is the only order there is.
    """

    def __init__(self, house: str, database: Database, transport: Transport) -> None:
        self._house = house
        self._database = database
        self._transport = transport
        self._woken = asyncio.Event()
        self._handed_over: deque[EncodedEvent] = deque()
        self._table_may_hold_more = True
        self._published: list[UUID] = []
        self._looked_at = 0.0
        self._right_lost = False
        self._own: AsyncConnection | None = None
        """On PostgreSQL the connection that holds the right to relay, and through which the table is read.

        The server ends it when nothing was asked on it for the time of a lease: every look at the table renews it."""
        self.active = False
        self.turned_at: float | None = None
        """When the loop last made a turn, by the clock of the event loop."""

    def wake(self, uow: UnitOfWork) -> None:
        """A transaction committed: publish what it emitted."""
        if uow.emitted:
            if self._database.is_sqlite and self.active:
                self._handed_over.extend(uow.emitted)
            else:
                self._table_may_hold_more = True
            self._woken.set()

    async def run(self) -> None:
        """Publish until cancelled; trouble with the bus or the database is waited out."""
        backoff = 0.0
        while True:
            try:
                await self._database.demand_release()
                async with self._sole_relay():
                    self.active = self._table_may_hold_more = True
                    backoff = 0.0
                    await self._publish_forever()
            except Exception as error:
                if not isinstance(error, TransportUnavailable | RightLost | ReleaseDiffers) and not is_transient(error):
                    log.exception("relay.failed", house=self._house)
                backoff = min(_MAX_BACKOFF_SECONDS, backoff * 2 or 0.1)
                told = {"error": type(error).__name__, "reason": sentence_of(error), "seconds": backoff}
                log.warning("relay.waits", house=self._house, **told)
            finally:
                self.active = False
                self._handed_over.clear()
                self.turned_at = _now()
            await asyncio.sleep(backoff)

    async def publish_pending(self) -> int:
        """Publish once whatever is in the outbox; returns how many events that was."""
        number = await self._publish_from_table()
        await self._forget()
        return number

    async def _publish_from_table(self) -> int:
        await self._forget()
        events = await (self._own.run_sync(self._pending) if self._own else self._database.read(pending_events))
        if events:
            await self._publish(events)
        return len(events)

    def _pending(self, connection: sa.Connection) -> list[EncodedEvent]:
        return pending_events(self._database.unit_of_work(connection))

    async def _publish_forever(self) -> None:
        while True:
            self.turned_at = _now()
            self._woken.clear()
            self._database.schema.demand()
            if self._right_lost:
                raise RightLost("the connection that held the right to relay is gone")
            if self._table_may_hold_more or _now() - self._looked_at > _LOOK_SECONDS:
                self._handed_over.clear()
                self._table_may_hold_more = False
                if await self._publish_from_table() == BATCH:
                    self._table_may_hold_more = True
                self._looked_at = _now()
            elif self._handed_over:
                batch = [self._handed_over.popleft() for _ in range(min(BATCH, len(self._handed_over)))]
                await self._publish(batch)
                if len(self._published) >= BATCH:
                    await self._forget()
            elif not await self._wait_for_commit(_LAZY_DELETE_SECONDS if self._published else _LOOK_SECONDS):
                await self._forget()

    async def _publish(self, events: Sequence[EncodedEvent]) -> None:
        if self._database.is_sqlite:
            await self._transport.publish(events)
        else:
            await self._publish_and_enter(events)
        self._published.extend(event.event_id for event in events)
        metrics.EVENTS_PUBLISHED.labels(self._house).inc(len(events))

    async def _publish_and_enter(self, events: Sequence[EncodedEvent]) -> None:
        """Publish events and enter them in the change feed; what the bus does not take, the feed tells nevertheless."""
        entering = self._database.write(enter, events)
        published, entered = await asyncio.gather(self._transport.publish(events), entering, return_exceptions=True)
        if isinstance(published, TransportUnavailable) and entered is None:
            while await self._database.write(enter_unpublished):
                pass
        for outcome in (published, entered):
            if isinstance(outcome, BaseException):
                raise outcome

    async def _forget(self) -> None:
        if not self._published:
            return
        published, self._published = self._published, []
        if self._own is None:
            await self._database.write(forget_published, published)
        else:
            await self._own.run_sync(self._forget_now, published)

    def _forget_now(self, connection: sa.Connection, published: Sequence[UUID]) -> None:
        forget_published(self._database.unit_of_work(connection), published)

    async def _wait_for_commit(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return False
        return True

    @contextlib.asynccontextmanager
    async def _sole_relay(self) -> AsyncIterator[None]:
        """Hold the right to be this database's relay; waits while another process holds it."""
        if self._database.is_sqlite:
            async with self._file_lock(Path(f"{self._database.url.database}.relay")):
                yield
        else:
            async with self._lease():
                yield

    @contextlib.asynccontextmanager
    async def _lease(self) -> AsyncIterator[None]:
        engine = lease_engine(self._database.url, self._database.limits, _UNHURRIED)
        with reaching_database():
            connection = await engine.connect()
        try:
            while not await connection.scalar(sa.select(sa.func.pg_try_advisory_lock(_ADVISORY_LOCK))):
                await self._stand_by(_TRY_SECONDS)
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None
            self._right_lost = False
            driver.add_termination_listener(self._on_termination)
            await driver.add_listener(OUTBOX_CHANNEL, self._on_notification)
            self._own = connection
            try:
                yield
            finally:
                self._own = None
                driver.remove_termination_listener(self._on_termination)
                with contextlib.suppress(Exception):
                    await driver.remove_listener(OUTBOX_CHANNEL, self._on_notification)
        finally:
            await connection.close()

    @contextlib.asynccontextmanager
    async def _file_lock(self, path: Path) -> AsyncIterator[None]:
        with path.open("a") as handle:
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    await self._stand_by(_LOOK_SECONDS)
            yield

    async def _stand_by(self, seconds: float) -> None:
        self.turned_at = _now()
        self._database.schema.demand()
        await asyncio.sleep(seconds)

    def _on_termination(self, *_: object) -> None:
        self._right_lost = True
        self._woken.set()

    def _on_notification(self, *_: object) -> None:
        self._table_may_hold_more = True
        self._woken.set()


def _now() -> float:
    return asyncio.get_running_loop().time()
