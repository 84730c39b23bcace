"""A member of a consumer group that commits by hand, and knows its topics again."""

import asyncio
import contextlib
import datetime as dt
import time
from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as KafkaPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from shared import metrics
from shared.bus.interface import MAX_KEY_LENGTH, NO_MARKS, Lag, Marks, Positions, Record, TransportUnavailable
from shared.bus.kafka.access import REQUEST_SECONDS, KafkaAccess, start_client, to_end, within
from shared.bus.kafka.topics import topic_ids

_SESSION_TIMEOUT_MS = 10000
_REBALANCE_TIMEOUT_MS = 20000
_STALL_SECONDS = 15.0
"""A subscription that is behind and has read nothing for so long has lost its way and is rebuilt."""
_COMMIT_SECONDS = 1.0
"""How long what was read may stay uncommitted while reading goes on."""
_LOOK_AT_TOPICS_SECONDS = 10.0
"""How often it is asked whether the topics are still the same ones."""

log = structlog.get_logger()


class KafkaSubscription(ConsumerRebalanceListener):  # type: ignore[misc]
    """A group member that commits by hand, after the effect is in the database.

    With each position it commits the id of the topic. Where that is not the topic's own any more, or the position lies
    beyond the end, the topic was made anew: it is read from its first record.
    """

    def __init__(self, access: KafkaAccess, group: str, topics: tuple[str, ...]) -> None:
        self._access = access
        self._group = group
        self._topics = topics
        self._consumer: AIOKafkaConsumer | None = None
        self._settled = asyncio.Event()
        self._settled.set()
        self._last_read = 0.0
        self._to_commit: dict[KafkaPartition, int] = {}
        self._committed_at = 0.0
        self._ids: dict[str, str] = {}
        self._looked_at = float("-inf")
        self._next: dict[KafkaPartition, int] = {}
        """Where reading is to go on, of the partitions that were looked at since they were assigned."""
        self._partitions: dict[str, int] = {}

    async def start(self, positions: Positions, marks: Marks = NO_MARKS) -> None:
        """Join the group; it goes on where it last committed, whatever ``positions`` say."""
        consumer = AIOKafkaConsumer(
            **self._access.options(),
            group_id=self._group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_uncommitted",
            session_timeout_ms=_SESSION_TIMEOUT_MS,
            heartbeat_interval_ms=_SESSION_TIMEOUT_MS // 5,
            rebalance_timeout_ms=_REBALANCE_TIMEOUT_MS,
            request_timeout_ms=_REBALANCE_TIMEOUT_MS + int(REQUEST_SECONDS * 1000),
        )
        consumer.subscribe(self._topics, listener=self)
        await start_client(consumer)
        self._consumer = consumer
        self._last_read = _now()

    async def poll(self, max_records: int, timeout: float) -> Sequence[Record]:
        """Read a batch over all partitions held."""
        consumer = self._joined()
        if _now() - self._committed_at > _COMMIT_SECONDS:
            await self._commit_now()
        try:
            await self._know_again(consumer)
            batches = await consumer.getmany(timeout_ms=int(timeout * 1000), max_records=max_records)
        except (KafkaError, TimeoutError) as error:
            raise TransportUnavailable(f"{type(error).__name__}: {error}") from error
        records = [record for place, messages in batches.items() for record in self._taken(place, messages)]
        if records:
            self._settled.clear()
            self._last_read = _now()
        elif _now() - self._last_read > _STALL_SECONDS:
            self._last_read = _now()
            if (await self.lag()).records > 0:
                raise TransportUnavailable("behind, but nothing is delivered")
        return records

    async def commit(self, positions: Positions) -> None:
        """Commit within a second, and before another member takes over: what is repeated was marked with its effect."""
        self._to_commit.update({KafkaPartition(*source): position for source, position in positions.items()})
        self._settled.set()

    async def rewind(self, positions: Positions) -> None:
        """Seek back on the partitions still held."""
        self._settled.set()
        for source, position in positions.items():
            self._seek(KafkaPartition(*source), position)

    async def lag(self) -> Lag:
        """End of the log minus position over the partitions held, and the age of what was last delivered late.

        The broker is asked for the end: what a reader that lost its way remembers of it does not grow.
        """
        if self._consumer is None:
            return Lag(0, 0.0)
        try:
            behind = await within(REQUEST_SECONDS, _behind(self._consumer))
        except (KafkaError, TimeoutError) as error:
            raise TransportUnavailable(f"{type(error).__name__}: {error}") from error
        delivered = [self._consumer.last_poll_timestamp(source) for source, records in behind.items() if records > 0]
        oldest = min(filter(None, delivered), default=None)
        return Lag(sum(behind.values()), max(0.0, time.time() - oldest / 1000) if oldest else 0.0)

    async def stop(self) -> None:
        """Leave the group."""
        self._settled.set()
        consumer = self._consumer
        if consumer is not None:
            await self._commit_now()
            self._consumer = None
            await to_end(REQUEST_SECONDS, consumer.stop())
            await to_end(REQUEST_SECONDS, consumer._client.close())  # noqa: SLF001  a stop that went astray leaves it open

    async def on_partitions_revoked(self, revoked: Iterable[KafkaPartition]) -> None:
        """Hold the rebalance until the running batch is committed or rolled back."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_REBALANCE_TIMEOUT_MS / 2000):
                await self._settled.wait()
        await self._commit_now()
        self._next.clear()

    async def on_partitions_assigned(self, assigned: Iterable[KafkaPartition]) -> None:
        """Positions live with the group; whether they are of this topic is asked before anything is handed on."""
        self._next.clear()

    def _taken(self, place: KafkaPartition, messages: Sequence[Any]) -> Sequence[Record]:
        """What may be handed on of a partition. One that was assigned just now is looked at first, and read again."""
        if place not in self._next:
            self._seek(place, messages[0].offset)
            return []
        if messages[0].offset < self._next[place]:
            self._tell_begun_again(place, self._next[place])
        self._next[place] = messages[-1].offset + 1
        return [_record(message) for message in messages]

    async def _know_again(self, consumer: AIOKafkaConsumer) -> None:
        """Begin anew the partitions whose topic is another one than that of their position."""
        fresh = [place for place in consumer.assignment() if place not in self._next]
        if not fresh and _now() - self._looked_at < _LOOK_AT_TOPICS_SECONDS:
            return
        self._looked_at = _now()
        ids = await self._ask_ids(consumer)
        ends, committed = await within(REQUEST_SECONDS, _ends_and_committed(consumer, fresh))
        for place in fresh:
            found = committed.get(place)
            self._next[place] = max(0, found.offset) if found is not None else 0
            other = found is not None and found.metadata and found.metadata != ids.get(place.topic, found.metadata)
            if other or self._next[place] > ends[place]:
                await self._begin_again(consumer, place)
        remade = {topic for topic, known in ids.items() if self._ids.get(topic, known) != known}
        for place in set(self._next) - set(fresh):
            if place.topic in remade:
                await self._begin_again(consumer, place)
        self._ids.update(ids)
        self._count_partitions(consumer)

    async def _ask_ids(self, consumer: AIOKafkaConsumer) -> dict[str, str]:
        """The ids of the topics; none when a broker is away, since the next look asks again."""
        try:
            return await within(REQUEST_SECONDS, topic_ids(consumer._client, self._topics))  # noqa: SLF001  no public way
        except (KafkaError, TimeoutError) as error:
            log.info("bus.topics_not_seen", group=self._group, error=type(error).__name__)
            return {}

    async def _begin_again(self, consumer: AIOKafkaConsumer, place: KafkaPartition) -> None:
        self._tell_begun_again(place, self._next[place])
        self._to_commit.pop(place, None)
        self._next[place] = 0
        with contextlib.suppress(IllegalStateError):
            await consumer.seek_to_beginning(place)

    def _tell_begun_again(self, place: KafkaPartition, position: int) -> None:
        metrics.BUS_BEGUN_AGAIN.labels(self._group).set(time.time())
        told = {"topic": place.topic, "partition": place.partition, "position": position}
        log.error("bus.begun_again", house=self._group, **told)

    def _count_partitions(self, consumer: AIOKafkaConsumer) -> None:
        for topic in self._topics:
            number = len(consumer.partitions_for_topic(topic) or ())
            before = self._partitions.get(topic, number)
            if number != before:
                log.error("bus.partitions_changed", house=self._group, topic=topic, before=before, now=number)
            self._partitions[topic] = number
            metrics.BUS_PARTITIONS.labels(self._group, topic).set(number)

    def _seek(self, place: KafkaPartition, position: int) -> None:
        with contextlib.suppress(IllegalStateError):
            self._joined().seek(place, position)
            if place in self._next:
                self._next[place] = position

    async def _commit_now(self) -> None:
        """Commit; a partition that moved to another member meanwhile is that member's to commit."""
        held = self._consumer.assignment() if self._consumer is not None else set()
        positions = {place: position for place, position in self._to_commit.items() if place in held}
        self._to_commit = {}
        self._committed_at = _now()
        if not positions:
            return
        try:
            offsets = {place: (position, self._ids.get(place.topic, "")) for place, position in positions.items()}
            await within(REQUEST_SECONDS, self._joined().commit(offsets))
        except (CommitFailedError, IllegalStateError):
            log.info("bus.commit_left_to_new_owner", group=self._group)
        except (KafkaError, TimeoutError) as error:
            self._to_commit = positions | self._to_commit
            log.warning("bus.commit_failed", group=self._group, error=type(error).__name__)

    def _joined(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            raise TransportUnavailable("the subscription is not started")
        return self._consumer


async def _behind(consumer: AIOKafkaConsumer) -> dict[KafkaPartition, int]:
    ends = await consumer.end_offsets(consumer.assignment())
    return {place: end - await consumer.position(place) for place, end in ends.items()}


async def _ends_and_committed(
    consumer: AIOKafkaConsumer, places: Sequence[KafkaPartition]
) -> tuple[dict[KafkaPartition, int], dict[KafkaPartition, Any]]:
    if not places:
        return {}, {}
    committed = await consumer._coordinator.fetch_committed_offsets(places)  # noqa: SLF001  the id of the topic stands there
    return await consumer.end_offsets(places), committed


def _now() -> float:
    return asyncio.get_running_loop().time()


def _record(message: Any) -> Record:
    """A record as it was read; what strangers wrote is made fit to be set aside in a table."""
    return Record(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        key=_text(message.key)[:MAX_KEY_LENGTH],
        headers=_headers(message.headers),
        value=message.value or b"",
        appended_at=dt.datetime.fromtimestamp(message.timestamp / 1000, dt.UTC),
    )


def _headers(given: Sequence[tuple[str, bytes]]) -> dict[str, str]:
    try:
        headers = {name: value.decode() for name, value in given}
    except (UnicodeDecodeError, AttributeError):
        return {name: _text(value) for name, value in given}
    return headers if "\x00" not in "".join(headers.values()) else {name: _text(value) for name, value in given}


def _text(raw: bytes | None) -> str:
    return (raw or b"").decode(errors="replace").replace("\x00", "\ufffd")
