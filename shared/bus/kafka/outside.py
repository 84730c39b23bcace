"""How far a group of readers is, seen from outside of it: what tells of readers that hang."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from shared.bus.interface import Lag, TransportUnavailable
from shared.bus.kafka.access import REQUEST_SECONDS, KafkaAccess, start_client, to_end, within


@dataclass(slots=True)
class _Seen:
    """A group at one partition."""

    committed: int
    since: float


@dataclass(slots=True)
class GroupWatch:
    """Asks the cluster how far groups are; joins none of them."""

    access: KafkaAccess
    _admin: AIOKafkaAdminClient | None = None
    _ends: AIOKafkaConsumer | None = None
    _seen: dict[tuple[str, TopicPartition], _Seen] = field(default_factory=dict)
    _connecting: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def lag(self, group: str, topics: Sequence[str]) -> Lag:
        """Records not committed, and how long the group has stood before some. Raises TransportUnavailable."""
        try:
            return await within(2 * REQUEST_SECONDS, self._lag(group, topics))
        except (KafkaError, TimeoutError, OSError) as error:
            await self.close()
            raise TransportUnavailable(f"{type(error).__name__}: {error}") from error

    async def close(self) -> None:
        """Disconnect."""
        admin, ends, self._admin, self._ends = self._admin, self._ends, None, None
        if admin is not None:
            await to_end(REQUEST_SECONDS, admin.close())
        if ends is not None:
            await to_end(REQUEST_SECONDS, ends.stop())

    async def _lag(self, group: str, topics: Sequence[str]) -> Lag:
        admin, reader = await self._connected()
        described = await admin.describe_topics(list(topics))
        places = [
            TopicPartition(topic["topic"], part["partition"]) for topic in described for part in topic["partitions"]
        ]
        committed = await admin.list_consumer_group_offsets(group)
        ends, begins = await reader.end_offsets(places), await reader.beginning_offsets(places)
        records, stood = 0, 0.0
        now = asyncio.get_running_loop().time()
        for place in places:
            at = committed[place].offset if place in committed else -1
            behind = ends[place] - max(at, begins[place])
            seen = self._seen.get((group, place))
            if seen is None or seen.committed != at or behind <= 0:
                seen = self._seen[group, place] = _Seen(at, now)
            records += max(0, behind)
            stood = max(stood, now - seen.since)
        return Lag(records, stood)

    async def _connected(self) -> tuple[AIOKafkaAdminClient, AIOKafkaConsumer]:
        async with self._connecting:
            if self._ends is None:
                self._ends = AIOKafkaConsumer(**self.access.options(), enable_auto_commit=False)
                await start_client(self._ends)
            if self._admin is None:
                self._admin = AIOKafkaAdminClient(**self.access.options())
                await self._admin.start()
            return self._admin, self._ends
