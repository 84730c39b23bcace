"""The producing side, and the door to the rest."""

import asyncio
import datetime as dt
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, KafkaTimeoutError

from shared.bus.interface import Kept, Lag, Positions, Subscription, TransportUnavailable
from shared.bus.kafka.access import PLAINTEXT, REQUEST_SECONDS, KafkaAccess, KafkaSecurity, start_client, to_end
from shared.bus.kafka.outside import GroupWatch
from shared.bus.kafka.subscription import KafkaSubscription
from shared.contracts.envelope import EncodedEvent

_BATCH_BYTES = 65536
_DELIVERY_SECONDS = 10.0
"""An idempotent producer goes on trying in order while a partition changes its leader; after that it is given up."""


class KafkaTransport:
    """One idempotent producer, acknowledged by all in-sync replicas."""

    keeps_positions = True
    log_id = ""

    def __init__(self, bootstrap: str, client_id: str, security: KafkaSecurity = PLAINTEXT) -> None:
        self._access = KafkaAccess(bootstrap, client_id, security)
        self._producer: AIOKafkaProducer | None = None
        self._connecting = asyncio.Lock()
        self._watch = GroupWatch(self._access)

    async def start(self) -> None:
        """Connect the producer."""
        await self._connected()

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
        return KafkaSubscription(self._access, group, tuple(topics))

    async def group_lag(self, group: str, topics: Sequence[str], positions: Positions) -> Lag:
        """Records the group has not committed, and how long it has stood before some."""
        return await self._watch.lag(group, topics)

    async def trim(self, topic: str, readers: Sequence[str], before: dt.datetime) -> int:
        """Nothing to do: the brokers remove what is older than they are told to keep."""
        return 0

    async def kept(self, topics: Sequence[str]) -> Kept:
        """Not known here: the brokers watch their own disks."""
        return Kept(0, None)

    async def ready(self) -> bool:
        """A broker answers."""
        try:
            await self.start()
        except TransportUnavailable:
            return False
        return True

    async def close(self) -> None:
        """Disconnect. Whoever waits for an acknowledgement is told that there is none."""
        await self._watch.close()
        if self._producer is not None:
            await self._abandon(self._producer)

    async def _connected(self) -> AIOKafkaProducer:
        """The producer all houses of the process share; whoever comes first connects it."""
        async with self._connecting:
            if self._producer is None:
                self._producer = await self._connect()
            return self._producer

    async def _connect(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            **self._access.options(),
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            max_batch_size=_BATCH_BYTES,
            compression_type="lz4",
            request_timeout_ms=int(REQUEST_SECONDS * 1000),
        )
        await start_client(producer)
        return producer

    async def _abandon(self, producer: AIOKafkaProducer) -> None:
        """Stop a producer; the one another caller may have connected meanwhile is left alone.

        What it has not delivered is failed first: an idempotent producer tries for ever, and its own stop waits for
        that. The client library has no public way to give up.
        """
        if self._producer is producer:
            self._producer = None
        sending = producer._sender.sender_task  # noqa: SLF001
        sending.cancel()
        await asyncio.wait([sending], timeout=REQUEST_SECONDS)
        producer._message_accumulator.fail_all(KafkaTimeoutError())  # noqa: SLF001
        await to_end(REQUEST_SECONDS, producer.stop())
