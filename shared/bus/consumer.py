"""The loop that turns events of other houses into effects of this one, each exactly once.

One transaction holds the inbox rows, the effects, the events they emit, dead letters and positions; the transport is
told after it committed. A batch that fails is rolled back and tried record by record, so that a poison record is set
aside alone; trouble that may pass (locks, lost connections) is waited out and never makes a dead letter.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import structlog

from shared import metrics
from shared.bus.dead_letters import DeadLetterState, blocked_keys, describe_error, set_aside
from shared.bus.inbox import already_applied, mark_applied, store_positions, stored_positions
from shared.bus.interface import Record, Subscription, TopicPartition, Transport, TransportUnavailable
from shared.context import new_context
from shared.contracts.catalogue import CATALOGUE, topics_read_by
from shared.contracts.envelope import Event, UnreadableEvent, decode, event_type_of
from shared.db.database import Database, is_transient
from shared.db.unit_of_work import UnitOfWork

Handler = Callable[[UnitOfWork, Sequence[Event[Any]]], None]
"""Reacts to events of one or more types, in the order given; safe to repeat."""
Handlers = Mapping[str, Handler]
"""Event type → reaction. Types mapped to the same handler reach it in one call, in order."""

BATCH = 500
_POLL_SECONDS = 1.0
_MAX_BACKOFF_SECONDS = 5.0
_PASSED_OVER = 5000
"""After so many records that nobody here reacts to, their place is kept even though there was no effect."""
DEAD_IN_A_ROW = 50
"""So many poison records one after the other mean a bad release, not bad records: reading stops until a restart."""

log = structlog.get_logger()


class TooManyDead(RuntimeError):
    """The limit of dead letters in a row was reached."""


@dataclass(slots=True)
class _Sorted:
    """A batch sorted by what is to be done with each record."""

    events: list[tuple[Record, Event[Any]]] = field(default_factory=list)
    unreadable: list[tuple[Record, UnreadableEvent]] = field(default_factory=list)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)

    def count(self, record: Record, outcome: str) -> None:
        key = (_type_label(record), outcome)
        self.counts[key] = self.counts.get(key, 0) + 1


class Consumer:
    """Applies what the other houses publish to this house."""

    def __init__(self, house: str, database: Database, transport: Transport, handlers: Handlers) -> None:
        self._house = house
        self._database = database
        self._transport = transport
        self._handlers = handlers
        self._subscription: Subscription | None = None
        self._dead_in_a_row = 0
        self._passed_over = 0
        self.halted = False

    async def run(self) -> None:
        """Consume until cancelled. Only a flood of poison records stops it, and then visibly."""
        backoff = 0.1
        while not self.halted:
            subscription = self._transport.subscribe(self._house, topics_read_by(self._house))
            try:
                await subscription.start(await self._database.read(stored_positions))
                self._subscription = subscription
                backoff = 0.1
                await self._consume_forever(subscription)
            except TooManyDead:
                self.halted = True
                metrics.CONSUMER_HALTED.labels(self._house).set(1)
                log.error("consumer.halted", house=self._house, dead_in_a_row=self._dead_in_a_row)  # noqa: TRY400
            except Exception as error:
                if not isinstance(error, TransportUnavailable) and not is_transient(error):
                    log.exception("consumer.failed", house=self._house)
                log.warning("consumer.waits", house=self._house, error=type(error).__name__, seconds=backoff)
                await asyncio.sleep(backoff)
                backoff = min(_MAX_BACKOFF_SECONDS, backoff * 2)
            finally:
                self._subscription = None
                await subscription.stop()

    async def measure(self) -> None:
        """Refresh the lag metrics."""
        if self._subscription is not None:
            lag = await self._subscription.lag()
            metrics.CONSUMER_LAG_RECORDS.labels(self._house).set(lag.records)
            metrics.CONSUMER_LAG_SECONDS.labels(self._house).set(lag.seconds)

    async def apply_batch(self, records: Sequence[Record]) -> None:
        """Apply records, with their inbox rows and positions, in one transaction: all of them or none.

        Where nobody here reacts to any of them there is nothing to write; they are read again after a restart.
        """
        if self._passed_over + len(records) < _PASSED_OVER and not any(map(self._concerns, records)):
            self._passed_over += len(records)
            for event_type, number in Counter(map(_type_label, records)).items():
                metrics.EVENTS_CONSUMED.labels(self._house, event_type, "skipped").inc(number)
            return
        self._passed_over = 0
        done = await self._database.write(self._apply_records, records)
        for (event_type, outcome), number in done.counts.items():
            metrics.EVENTS_CONSUMED.labels(self._house, event_type, outcome).inc(number)
        now = self._database.resources.clock.now()
        for event_type, group in groupby(done.events, key=lambda pair: pair[1].type):
            seconds_to_effect = metrics.EVENT_TO_EFFECT_SECONDS.labels(self._house, event_type)
            for _, event in group:
                seconds_to_effect.observe((now - event.time).total_seconds())
        if done.events:
            self._dead_in_a_row = 0
        self._dead_in_a_row += len(done.unreadable)

    async def _consume_forever(self, subscription: Subscription) -> None:
        while True:
            records = await subscription.poll(BATCH, _POLL_SECONDS)
            if records:
                await self._apply(subscription, records)
            if self._dead_in_a_row >= DEAD_IN_A_ROW:
                raise TooManyDead

    async def _apply(self, subscription: Subscription, records: Sequence[Record]) -> None:
        try:
            await self.apply_batch(records)
        except Exception as error:
            if is_transient(error):
                await subscription.rewind(_starts(records))
                raise
            log.warning("consumer.one_by_one", house=self._house, records=len(records), error=type(error).__name__)
            await self._apply_one_by_one(subscription, records)
        await subscription.commit(_ends(records))

    async def _apply_one_by_one(self, subscription: Subscription, records: Sequence[Record]) -> None:
        for index, record in enumerate(records):
            try:
                await self.apply_batch([record])
            except Exception as error:
                if is_transient(error):
                    await subscription.rewind(_starts(records[index:]))
                    raise
                await self._database.write(self._give_up, record, describe_error(error))
                self._dead_in_a_row += 1

    def _concerns(self, record: Record) -> bool:
        event_type = event_type_of(record.headers)
        return event_type is None or event_type in self._handlers

    def _apply_records(self, uow: UnitOfWork, records: Sequence[Record]) -> _Sorted:
        batch = self._sort(uow, records)
        for handler, group in groupby(batch.events, key=lambda pair: self._handlers[pair[1].type]):
            handler(uow, [event for _, event in group])
        mark_applied(uow, [event for _, event in batch.events], uow.now())
        for record, error in batch.unreadable:
            self._set_aside_dead(uow, record, describe_error(error))
        self._keep_positions(uow, records)
        return batch

    def _sort(self, uow: UnitOfWork, records: Sequence[Record]) -> _Sorted:
        batch = _Sorted()
        blocked = blocked_keys(uow, list({record.key for record in records}))
        mine: list[tuple[Record, Event[Any]]] = []
        for record in records:
            if not self._concerns(record):
                batch.count(record, "skipped")
            elif record.key in blocked:
                set_aside(uow, record, DeadLetterState.PARKED, "waits for an earlier record of its key")
                batch.count(record, "parked")
            else:
                try:
                    mine.append((record, decode(record.headers, record.value)))
                except UnreadableEvent as error:
                    batch.unreadable.append((record, error))
                    batch.count(record, "dead")
                    blocked.add(record.key)
        seen = already_applied(uow, [event.id for _, event in mine])
        for record, event in mine:
            batch.count(record, "duplicate" if event.id in seen else "applied")
            if event.id not in seen:
                seen.add(event.id)
                batch.events.append((record, event))
        return batch

    def _give_up(self, uow: UnitOfWork, record: Record, error: str) -> None:
        self._set_aside_dead(uow, record, error)
        self._keep_positions(uow, [record])
        metrics.EVENTS_CONSUMED.labels(self._house, _type_label(record), "dead").inc()

    def _keep_positions(self, uow: UnitOfWork, records: Sequence[Record]) -> None:
        if not self._transport.keeps_positions:
            store_positions(uow, _ends(records))

    def _set_aside_dead(self, uow: UnitOfWork, record: Record, error: str) -> None:
        set_aside(uow, record, DeadLetterState.DEAD, error)
        chain = new_context(record.headers.get("ce_correlationid"))
        uow.note("event.dead", context=chain, house=self._house, event_id=record.event_id, error=error)

    def apply_record(self, uow: UnitOfWork, record: Record) -> None:
        """Apply one record with its inbox row inside the running transaction: what a replay does."""
        event = decode(record.headers, record.value)
        if not already_applied(uow, [event.id]):
            self._handlers[event.type](uow, [event])
            mark_applied(uow, [event], uow.now())


def _type_label(record: Record) -> str:
    """A bounded label: what is not in the catalogue is `unknown`."""
    event_type = event_type_of(record.headers)
    return event_type if event_type in CATALOGUE else "unknown"


def _starts(records: Sequence[Record]) -> dict[TopicPartition, int]:
    first: dict[TopicPartition, int] = {}
    for record in records:
        first.setdefault(record.source, record.offset)
    return first


def _ends(records: Sequence[Record]) -> dict[TopicPartition, int]:
    last = {(record.topic, record.partition): record.offset for record in records}
    return {TopicPartition(*source): offset + 1 for source, offset in last.items()}
