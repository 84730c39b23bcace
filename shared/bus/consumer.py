"""The loop that turns events of other houses into effects of this one, each exactly once.

One transaction holds the inbox rows, the effects, the events they emit, dead letters and positions; the transport is
told after it committed. A batch that fails is rolled back and tried record by record, so that a poison record is set
aside alone. Trouble that may pass (lost connections, a schema that is not this release's) is waited out and never makes
a dead letter; a record that is only too early waits with its key, and the others go on.
"""

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any, Protocol, runtime_checkable

import structlog

from shared import metrics
from shared.bus.batches import SortedBatch, count_and_log
from shared.bus.dead_letters import (
    WAITS_FOR_KEY,
    Curable,
    blocked_keys,
    describe_error,
    has_curable,
    is_waited_out,
    set_aside,
    state_after,
    take_up,
)
from shared.bus.inbox import already_applied, mark_applied, store_positions, stored_marks, stored_positions
from shared.bus.interface import Mark, Record, Subscription, TopicPartition, Transport, TransportUnavailable
from shared.bus.poison import PoisonLimit
from shared.codes.operations import DeadLetterState
from shared.contracts.catalogue import CATALOGUE, topics_read_by
from shared.contracts.envelope import Event, ForeignRecord, UnreadableEvent, event_type_of, is_meant_for
from shared.db.database import Database
from shared.db.revision import ReleaseDiffers
from shared.db.trouble import is_of_other_release, is_transient
from shared.db.unit_of_work import Patience, Reading, UnitOfWork
from shared.tracing import handling_span

Handler = Callable[[UnitOfWork, Sequence[Event[Any]]], None]
"""Reacts to events of one or more types, in the order given; safe to repeat."""
Handlers = Mapping[str, Handler]
"""Event type → reaction. Types mapped to the same handler reach it in one call, in order."""

BATCH = 500
_POLL_SECONDS = 1.0
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 5.0
_STEADY_SECONDS = 10.0
"""Reading that goes on for so long waits for nothing, though there was nothing to apply."""
_TAKE_UP_SECONDS = 5.0
"""What is only too early is tried again so often."""
_UNKNOWN_AGAIN = dt.timedelta(seconds=60)
"""What an older release kept meanwhile is looked for so often."""
CAUSES = ("bus", "database", "schema", "error")
"""What reading may wait for."""
_PASSED_OVER = 5000
"""After so many records that nobody here reacts to, their place is kept even though there was no effect."""

log = structlog.get_logger()


@runtime_checkable
class Choosy(Protocol):
    """A handler that is told of more than it is there for, and need not understand the rest."""

    def passes_over(self, value: bytes) -> bool:
        """Whether a payload that cannot be read is meant for somebody else."""


class TooManyDead(RuntimeError):
    """So many records could not be applied that the release is to blame."""


class Consumer:
    """Applies what the other houses publish to this house."""

    def __init__(self, house: str, database: Database, transport: Transport, handlers: Handlers) -> None:
        self._house = house
        self._database = database
        self._transport = transport
        self._handlers = handlers
        self._sayable = frozenset(CATALOGUE) | frozenset(handlers)
        """The event types this release has something to say about."""
        self._subscription: Subscription | None = None
        self._limits: dict[TopicPartition, PoisonLimit] = {}
        """Of the partitions among whose last records is a dead one."""
        self._passed_over = 0
        self._pause = _FIRST_PAUSE_SECONDS
        self._taken_up = float("-inf")
        self.halted = False
        self.turned_at: float | None = None
        """When the loop last made a turn, by the clock of the event loop."""

    async def run(self) -> None:
        """Consume until cancelled. Only a flood of poison records stops it, and then visibly."""
        self.turned_at = self.turned_at or asyncio.get_running_loop().time()
        while not self.halted:
            subscription = self._transport.subscribe(self._house, topics_read_by(self._house))
            try:
                await self._database.demand_release()
                await subscription.start(*await self._database.read(_where_it_left_off))
                self._subscription = subscription
                await self._consume_forever(subscription)
            except TooManyDead:
                self.halted = True
                metrics.CONSUMER_HALTED.labels(self._house).set(1)
                for source, limit in self._limits.items():
                    log.error("consumer.halted", house=self._house, topic=source.topic, **limit.standing)  # noqa: TRY400
            except Exception as error:
                cause = _cause_of(error)
                if cause is None:
                    log.exception("consumer.failed", house=self._house)
                await self._wait(cause or "error", error)
            finally:
                self._subscription = None
                await subscription.stop()

    async def measure(self) -> None:
        """Refresh the lag metrics. Raises TransportUnavailable while nothing is read: then there is no lag to show."""
        lag = await self._subscription.lag() if self._subscription is not None else None
        if lag is None:
            metrics.CONSUMER_LAG_RECORDS.remove(self._house)
            metrics.CONSUMER_LAG_SECONDS.remove(self._house)
            if not self.halted:
                raise TransportUnavailable("nothing is subscribed to")
            return
        metrics.CONSUMER_LAG_RECORDS.labels(self._house).set(lag.records)
        metrics.CONSUMER_LAG_SECONDS.labels(self._house).set(lag.seconds)

    async def measure_from_outside(self) -> None:
        """Refresh how far the readers of this house are behind, wherever they run."""
        positions = await self._database.read(stored_positions)
        lag = await self._transport.group_lag(self._house, topics_read_by(self._house), positions)
        metrics.GROUP_LAG_RECORDS.labels(self._house).set(lag.records)
        metrics.GROUP_LAG_SECONDS.labels(self._house).set(lag.seconds)

    async def apply_batch(self, records: Sequence[Record], patience: Patience = Patience.WAITS) -> None:
        """Apply records, with their inbox rows and positions, in one transaction: all of them or none.

        Where nobody here reacts to any of them there is nothing to write; they are read again after a restart.
        """
        if self._passed_over + len(records) < _PASSED_OVER and not any(map(self._concerns, records)):
            self._passed_over += len(records)
            for event_type, number in Counter(record.type_label for record in records).items():
                metrics.EVENTS_CONSUMED.labels(self._house, event_type, "skipped").inc(number)
            return
        self._passed_over = 0
        done = await self._database.write(self._apply_records, records, patience=patience)
        self._tell(done, records)

    async def take_up(self, *, at_start: bool = False) -> None:
        """Try again what was set aside for a time, and what this release can read by now."""
        now = self._database.resources.clock.now()
        curable = Curable(self._sayable, now if at_start else now - _UNKNOWN_AGAIN)
        if await self._database.read(has_curable, curable):
            held = (curable, self.apply_record, self._standing)
            await self._database.write(take_up, *held, patience=Patience.HURRIES)

    async def _consume_forever(self, subscription: Subscription) -> None:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        while True:
            self.turned_at = loop.time()
            if self.turned_at - self._taken_up > _TAKE_UP_SECONDS:
                await self.take_up(at_start=self._taken_up < 0)
                self._taken_up = self.turned_at
            records = await subscription.poll(BATCH, _POLL_SECONDS)
            self._database.schema.demand()
            if records:
                await self._apply(subscription, records)
            if records or self.turned_at - begun > _STEADY_SECONDS:
                self._wait_no_more()
            if any(limit.is_reached for limit in self._limits.values()):
                raise TooManyDead

    def _wait_no_more(self) -> None:
        self._pause = _FIRST_PAUSE_SECONDS
        for cause in CAUSES:
            metrics.CONSUMER_WAITING.labels(self._house, cause).set(0)

    async def _wait(self, cause: str, error: Exception) -> None:
        metrics.CONSUMER_WAITING.labels(self._house, cause).set(1)
        log.warning("consumer.waits", house=self._house, cause=cause, error=type(error).__name__, seconds=self._pause)
        await asyncio.sleep(self._pause)
        self._pause = min(_LONGEST_PAUSE_SECONDS, self._pause * 2)

    async def _apply(self, subscription: Subscription, records: Sequence[Record]) -> None:
        try:
            await self.apply_batch(records)
        except Exception as error:
            if is_waited_out(error):
                await subscription.rewind(_starts(records))
                raise
            log.warning("consumer.one_by_one", house=self._house, records=len(records), error=type(error).__name__)
            await self._apply_one_by_one(subscription, records)
        await subscription.commit(_ends(records))

    async def _apply_one_by_one(self, subscription: Subscription, records: Sequence[Record]) -> None:
        for index, record in enumerate(records):
            try:
                await self.apply_batch([record], Patience.HURRIES)
            except Exception as error:
                if is_waited_out(error):
                    await subscription.rewind(_starts(records[index:]))
                    raise
                given_up = await self._database.write(self._give_up, record, error)
                self._tell(given_up, [record])

    def _standing(self, record: Record) -> str:
        """What this release can do with a record: it is `mine`, to be `skipped`, `unknown` or `foreign`."""
        event_type = event_type_of(record.headers)
        if event_type in self._handlers:
            return "mine"
        if event_type in CATALOGUE and not is_meant_for(self._house, record.headers):
            return "skipped"
        return "unknown" if record.is_of_owner else "foreign"

    def _concerns(self, record: Record) -> bool:
        return self._standing(record) != "skipped"

    def _apply_records(self, uow: UnitOfWork, records: Sequence[Record]) -> SortedBatch:
        batch = self._sort(uow, records)
        for handler, group in groupby(batch.events, key=lambda pair: self._handlers[pair[1].type]):
            handler(uow, [self._begun(uow, event) for _, event in group])
        mark_applied(uow, [event for _, event in batch.events], uow.now())
        for record, state, error in batch.aside:
            set_aside(uow, record, state, error)
        self._keep_positions(uow, records)
        return batch

    def _begun(self, uow: UnitOfWork, event: Event[Any]) -> Event[Any]:
        """The event as it is handled: a step of its trace that ends with the commit."""
        span = handling_span(event.type, event.context.traceparent, self._house)
        return event if span is None else event._replace(step=uow.until_commit(span))

    def _sort(self, uow: UnitOfWork, records: Sequence[Record]) -> SortedBatch:
        batch = SortedBatch()
        blocked = blocked_keys(uow, list({record.key for record in records}))
        mine: list[tuple[Record, Event[Any]]] = []
        for record in records:
            event = self._read_or_set_aside(batch, record, blocked)
            if event is not None:
                mine.append((record, event))
        seen = already_applied(uow, [event.id for _, event in mine])
        for record, event in mine:
            batch.count(record, "duplicate" if event.id in seen else "applied")
            if event.id not in seen:
                seen.add(event.id)
                batch.events.append((record, event))
        return batch

    def _read_or_set_aside(self, batch: SortedBatch, record: Record, blocked: set[str]) -> Event[Any] | None:
        """The event to apply now; none for a record that is passed over, set aside, or waits for its key."""
        match self._standing(record):
            case "skipped":
                batch.count(record, "skipped")
                return None
            case "unknown":
                batch.set_aside(record, DeadLetterState.UNKNOWN, "this release does not know the event type")
                return None
            case "foreign":
                batch.set_aside(record, DeadLetterState.FOREIGN, "no house publishes this here")
                return None
        try:
            event = self._read(record)
        except ForeignRecord as error:
            batch.set_aside(record, DeadLetterState.FOREIGN, describe_error(error))
        except UnreadableEvent as error:
            state = DeadLetterState.PARKED if record.key in blocked else DeadLetterState.DEAD
            batch.set_aside(record, state, describe_error(error))
            blocked.add(record.key)
        else:
            if event is None:
                batch.count(record, "skipped")
            elif record.key in blocked:
                batch.set_aside(record, DeadLetterState.PARKED, WAITS_FOR_KEY)
            else:
                return event
        return None

    def _read(self, record: Record) -> Event[Any] | None:
        """The event, or none where its handler passes over what it cannot read. Raises UnreadableEvent."""
        try:
            return record.event()
        except ForeignRecord:
            raise
        except UnreadableEvent:
            handler = self._handlers.get(event_type_of(record.headers) or "")
            if isinstance(handler, Choosy) and handler.passes_over(record.value):
                return None
            raise

    def _give_up(self, uow: UnitOfWork, record: Record, error: Exception) -> SortedBatch:
        given_up = SortedBatch()
        given_up.set_aside(record, state_after(error, record), describe_error(error))
        span = handling_span(record.type_label, record.headers.get("ce_traceparent"), self._house, error)
        if span is not None:
            uow.until_commit(span)
        for args in given_up.aside:
            set_aside(uow, *args)
        self._keep_positions(uow, [record])
        return given_up

    def _keep_positions(self, uow: UnitOfWork, records: Sequence[Record]) -> None:
        if self._transport.keeps_positions:
            return
        last = {record.source: record for record in records}
        marks = {source: Mark(self._transport.log_id, record.event_id) for source, record in last.items()}
        store_positions(uow, {source: record.offset + 1 for source, record in last.items()}, marks)

    def _tell(self, done: SortedBatch, records: Sequence[Record]) -> None:
        """Count and log what is committed. What fails here cannot undo it, and must not look as if it had."""
        try:
            count_and_log(done, self._house, self._database.resources.clock.now())
            if done.aside or self._limits:
                self._judge(done, records)
        except Exception:
            log.exception("consumer.not_counted", house=self._house)

    def _judge(self, done: SortedBatch, records: Sequence[Record]) -> None:
        applied = {record.place for record, _ in done.events}
        dead = {record.place for record, state, _ in done.aside if state is DeadLetterState.DEAD}
        for record in records:
            if record.place in dead:
                self._limits.setdefault(record.source, PoisonLimit()).dead()
            elif record.source in self._limits and record.place in applied:
                self._limits[record.source].applied()
        self._limits = {source: limit for source, limit in self._limits.items() if not limit.is_clean}

    def apply_record(self, uow: UnitOfWork, record: Record) -> None:
        """Apply one record with its inbox row inside the running transaction: what a replay does."""
        event = self._read(record)
        if event is not None and not already_applied(uow, [event.id]):
            self._handlers[event.type](uow, [self._begun(uow, event)])
            mark_applied(uow, [event], uow.now())


def _where_it_left_off(reading: Reading) -> tuple[Mapping[TopicPartition, int], Mapping[TopicPartition, Mark]]:
    return stored_positions(reading), stored_marks(reading)


def _cause_of(error: Exception) -> str | None:
    """What reading waits for, where it is something that passes."""
    if isinstance(error, TransportUnavailable):
        return "bus"
    if isinstance(error, ReleaseDiffers) or is_of_other_release(error):
        return "schema"
    return "database" if is_transient(error) else None


def _starts(records: Sequence[Record]) -> dict[TopicPartition, int]:
    first: dict[TopicPartition, int] = {}
    for record in records:
        first.setdefault(record.source, record.offset)
    return first


def _ends(records: Sequence[Record]) -> dict[TopicPartition, int]:
    last = {(record.topic, record.partition): record.offset for record in records}
    return {TopicPartition(*source): offset + 1 for source, offset in last.items()}
