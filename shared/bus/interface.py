"""What a transport promises. No client library is known here."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from shared.contracts.envelope import EncodedEvent

MAX_KEY_LENGTH = 128
"""A record's key is a household or an asset code; what is longer is a stranger's and is cut."""
MAX_ID_LENGTH = 64


class TopicPartition(NamedTuple):
    """One ordered sequence of records."""

    topic: str
    partition: int


Positions = Mapping[TopicPartition, int]
"""For each sequence the *next* record to read."""


class Record(NamedTuple):
    """An event as it was read, with the place it was read from."""

    topic: str
    partition: int
    offset: int
    key: str
    headers: Mapping[str, str]
    value: bytes
    appended_at: dt.datetime

    @property
    def source(self) -> TopicPartition:
        """The sequence this record stands in."""
        return TopicPartition(self.topic, self.partition)

    @property
    def event_id(self) -> str:
        """The id given by its publisher, or its place where a foreign record carries none that could be one."""
        given = self.headers.get("ce_id", "")
        return given if 1 <= len(given) <= MAX_ID_LENGTH else f"{self.topic}/{self.partition}/{self.offset}"


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a subscription is behind."""

    records: int
    seconds: float


class TransportUnavailable(Exception):
    """The bus cannot be reached at the moment; the same call may succeed later."""


class Subscription(Protocol):
    """One group's view of some topics. Records of one key arrive in the order they were published."""

    async def start(self, positions: Positions) -> None:
        """Begin reading: at ``positions`` where the reader keeps them, else where the group left off."""

    async def poll(self, max_records: int, timeout: float) -> Sequence[Record]:
        """Wait up to ``timeout`` seconds for records; the position moves past what is returned."""

    async def commit(self, positions: Positions) -> None:
        """Let the group go on from here after a restart, soon. Losing a commit means a repeat, never a loss."""

    async def rewind(self, positions: Positions) -> None:
        """Read again from here: the effect of what was polled was rolled back."""

    async def lag(self) -> Lag:
        """How far behind the newest record the group is."""

    async def stop(self) -> None:
        """Leave the group and release what is held."""


class Transport(Protocol):
    """Carries records from outboxes to subscriptions: durable once published, in order per key, at least once."""

    keeps_positions: bool
    """Whether a group goes on where it last committed; otherwise its reader keeps the positions with the effects."""

    async def start(self) -> None:
        """Connect."""

    async def publish(self, events: Sequence[EncodedEvent]) -> None:
        """Append in the order given; durable when this returns. Raises TransportUnavailable; repeats are allowed."""

    def subscribe(self, group: str, topics: Sequence[str]) -> Subscription:
        """A subscription of ``group``; members of one group share the partitions."""

    async def ready(self) -> bool:
        """Whether publishing would work now."""

    async def close(self) -> None:
        """Release every connection."""
