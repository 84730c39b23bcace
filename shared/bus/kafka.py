"""Apache Kafka through aiokafka: the only file that knows the client library."""

import asyncio
import contextlib
import datetime as dt
import time
from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka import TopicPartition as KafkaPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError, KafkaTimeoutError

from shared.bus.interface import MAX_KEY_LENGTH, Lag, Positions, Record, Subscription, TransportUnavailable
from shared.contracts.envelope import EncodedEvent

_BATCH_BYTES = 65536
_REQUEST_TIMEOUT_MS = 5000
_DELIVERY_SECONDS = 10.0
"""An idempotent producer goes on trying in order while a partition changes its leader; after that it is given up."""
_RETRY_BACKOFF_MS = 100
_METADATA_MAX_AGE_MS = 5000
_SESSION_TIMEOUT_MS = 10000
_REBALANCE_TIMEOUT_MS = 20000
_STALL_SECONDS = 30.0
"""A subscription that is behind and has read nothing for so long has lost its way and is rebuilt."""
_COMMIT_SECONDS = 1.0
"""How long what was read may stay uncommitted while reading goes on."""

log = structlog.get_logger()


class KafkaTransport:
    """One idempotent producer, acknowledged by all in-sync replicas."""

    keeps_positions = True

    def __init__(self, bootstrap: str, client_id: str) -> None:
        self._bootstrap = bootstrap
        self._client_id = client_id
        self._producer: AIOKafkaProducer | None = None
        self._connecting = asyncio.Lock()

    async def start(self) -> None:
        """Connect the producer."""
        await self._connected()

    async def _connected(self) -> AIOKafkaProducer:
        """The producer all houses of the process share; whoever comes first connects it."""
        async with self._connecting:
            if self._producer is None:
                self._producer = await self._connect()
            return self._producer

    async def _connect(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            client_id=self._client_id,
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            max_batch_size=_BATCH_BYTES,
            compression_type="lz4",
            request_timeout_ms=_REQUEST_TIMEOUT_MS,
            retry_backoff_ms=_RETRY_BACKOFF_MS,
            metadata_max_age_ms=_METADATA_MAX_AGE_MS,
        )
        await _start(producer)
        return producer

    async def publish(self, events: Sequence[EncodedEvent]) -> None:
        """Send as one window and wait for every acknowledgement. A broken producer is replaced by the next call."""
        producer = await self._connected()
        sent: list[asyncio.Future[object]] = []
        try:
            async with asyncio.timeout(_DELIVERY_SECONDS):
                for event in events:
                    headers = [(name, value.encode()) for name, value in event.headers.items()]
                    sent.append(await producer.send(event.topic, event.value, key=event.key.encode(), headers=headers))
                await asyncio.gather(*sent)
        except (KafkaError, TimeoutError) as error:
            await self._abandon(producer)
            await asyncio.gather(*sent, return_exceptions=True)
            raise TransportUnavailable(f"{type(error).__name__}: {error}") from error

    def subscribe(self, group: str, topics: Sequence[str]) -> Subscription:
        """A member of the consumer group."""
        return KafkaSubscription(self._bootstrap, self._client_id, group, tuple(topics))

    async def ready(self) -> bool:
        """A broker answers."""
        try:
            await self.start()
        except TransportUnavailable:
            return False
        return True

    async def close(self) -> None:
        """Disconnect. Whoever waits for an acknowledgement is told that there is none."""
        if self._producer is not None:
            await self._abandon(self._producer)

    async def _abandon(self, producer: AIOKafkaProducer) -> None:
        """Stop a producer; the one another caller may have connected meanwhile is left alone.

        What it has not delivered is failed first: an idempotent producer tries for ever, and its own stop waits for
        that. The client library has no public way to give up.
        """
        if self._producer is producer:
            self._producer = None
        sending = producer._sender.sender_task  # noqa: SLF001
        sending.cancel()
        await asyncio.wait([sending])
        producer._message_accumulator.fail_all(KafkaTimeoutError())  # noqa: SLF001
        await producer.stop()


class KafkaSubscription(ConsumerRebalanceListener):  # type: ignore[misc]
    """A group member that commits by hand, after the effect is in the database."""

    def __init__(self, bootstrap: str, client_id: str, group: str, topics: tuple[str, ...]) -> None:
        self._bootstrap = bootstrap
        self._client_id = client_id
        self._group = group
        self._topics = topics
        self._consumer: AIOKafkaConsumer | None = None
        self._settled = asyncio.Event()
        self._settled.set()
        self._last_read = 0.0
        self._to_commit: dict[KafkaPartition, int] = {}
        self._committed_at = 0.0

    async def start(self, positions: Positions) -> None:
        """Join the group; it goes on where it last committed, whatever ``positions`` say."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            client_id=self._client_id,
            group_id=self._group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_uncommitted",
            session_timeout_ms=_SESSION_TIMEOUT_MS,
            heartbeat_interval_ms=_SESSION_TIMEOUT_MS // 5,
            rebalance_timeout_ms=_REBALANCE_TIMEOUT_MS,
            request_timeout_ms=_REBALANCE_TIMEOUT_MS + _REQUEST_TIMEOUT_MS,
            retry_backoff_ms=_RETRY_BACKOFF_MS,
            metadata_max_age_ms=_METADATA_MAX_AGE_MS,
        )
        consumer.subscribe(self._topics, listener=self)
        await _start(consumer)
        self._consumer = consumer
        self._last_read = asyncio.get_running_loop().time()

    async def poll(self, max_records: int, timeout: float) -> Sequence[Record]:
        """Read a batch over all partitions held."""
        consumer = self._joined()
        if asyncio.get_running_loop().time() - self._committed_at > _COMMIT_SECONDS:
            await self._commit_now()
        try:
            batches = await consumer.getmany(timeout_ms=int(timeout * 1000), max_records=max_records)
        except KafkaError as error:
            raise TransportUnavailable(f"{type(error).__name__}: {error}") from error
        records = [_record(message) for messages in batches.values() for message in messages]
        now = asyncio.get_running_loop().time()
        if records:
            self._settled.clear()
            self._last_read = now
        elif now - self._last_read > _STALL_SECONDS:
            self._last_read = now
            if (await self.lag()).records > 0:
                raise TransportUnavailable("behind, but nothing is delivered")
        return records

    async def commit(self, positions: Positions) -> None:
        """Commit within a second, and before another member takes over: what is repeated was marked with its effect."""
        self._to_commit.update({KafkaPartition(*source): position for source, position in positions.items()})
        self._settled.set()

    async def _commit_now(self) -> None:
        """Commit; a partition that moved to another member meanwhile is that member's to commit."""
        positions, self._to_commit = self._to_commit, {}
        self._committed_at = asyncio.get_running_loop().time()
        if not positions:
            return
        try:
            await self._joined().commit(positions)
        except (CommitFailedError, IllegalStateError):
            log.info("bus.commit_left_to_new_owner", group=self._group)
        except KafkaError as error:
            log.warning("bus.commit_failed", group=self._group, error=type(error).__name__)

    async def rewind(self, positions: Positions) -> None:
        """Seek back on the partitions still held."""
        self._settled.set()
        consumer = self._joined()
        for source, position in positions.items():
            with contextlib.suppress(IllegalStateError):
                consumer.seek(KafkaPartition(*source), position)

    async def lag(self) -> Lag:
        """End of the log minus position over the partitions held, and the age of what was last delivered late.

        The broker is asked for the end: what a reader that lost its way remembers of it does not grow.
        """
        if self._consumer is None:
            return Lag(0, 0.0)
        held = self._consumer.assignment()
        try:
            async with asyncio.timeout(_REQUEST_TIMEOUT_MS / 1000):
                ends = await self._consumer.end_offsets(held)
                behind = {source: end - await self._consumer.position(source) for source, end in ends.items()}
        except (KafkaError, TimeoutError) as error:
            raise TransportUnavailable(f"{type(error).__name__}: {error}") from error
        delivered = [self._consumer.last_poll_timestamp(source) for source, records in behind.items() if records > 0]
        oldest = min(filter(None, delivered), default=None)
        return Lag(sum(behind.values()), max(0.0, time.time() - oldest / 1000) if oldest else 0.0)

    async def stop(self) -> None:
        """Leave the group."""
        self._settled.set()
        if self._consumer is not None:
            with contextlib.suppress(KafkaError, TimeoutError):
                async with asyncio.timeout(_REQUEST_TIMEOUT_MS / 1000):
                    await self._leave(self._consumer)

    async def _leave(self, consumer: AIOKafkaConsumer) -> None:
        try:
            await self._commit_now()
        finally:
            self._consumer = None
            await consumer.stop()

    async def on_partitions_revoked(self, revoked: Iterable[KafkaPartition]) -> None:
        """Hold the rebalance until the running batch is committed or rolled back."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_REBALANCE_TIMEOUT_MS / 2000):
                await self._settled.wait()
        await self._commit_now()

    async def on_partitions_assigned(self, assigned: Iterable[KafkaPartition]) -> None:
        """Nothing to restore: positions live with the group."""

    def _joined(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            raise TransportUnavailable("the subscription is not started")
        return self._consumer


async def _start(client: AIOKafkaProducer | AIOKafkaConsumer) -> None:
    """Connect; a client that does not come up leaves nothing open."""
    try:
        await client.start()
    except KafkaError as error:
        with contextlib.suppress(KafkaError):
            await client.stop()
        raise TransportUnavailable(f"{type(error).__name__}: {error}") from error


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
