"""What a transport promises. No client library is known here."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from shared.contracts.catalogue import CATALOGUE
from shared.contracts.envelope import EncodedEvent, Event, ForeignRecord, decode, event_type_of, is_of_house

MAX_KEY_LENGTH = 128
"""A record's key is a household or an asset code; what is longer is a stranger's and is cut."""
MAX_ID_LENGTH = 64


class TopicPartition(NamedTuple):
    """One ordered sequence of records."""

    topic: str
    partition: int


Positions = Mapping[TopicPartition, int]
"""For each sequence the *next* record to read."""


class Mark(NamedTuple):
    """By what a reader knows the log again in which it left off."""

    log_id: str
    event_id: str
    """Of the record before the position."""


Marks = Mapping[TopicPartition, Mark]
NO_MARKS: Marks = MappingProxyType({})


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
        return given if 1 <= len(given) <= MAX_ID_LENGTH else self.place

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.topic}/{self.partition}/{self.offset}"

    def event(self) -> Event[Any]:
        """The event it is. Raises UnreadableEvent, and ForeignRecord where no house can have written it here."""
        event = decode(self.headers, self.value)
        if self.topic != CATALOGUE[event.type].topic:
            raise ForeignRecord(f"{event.type} is not published to {self.topic}")
        if self.key != self.headers["ce_subject"]:
            raise ForeignRecord(f"{event.type}: the key is not the subject")
        return event

    @property
    def is_of_owner(self) -> bool:
        """Whether it looks like a record of the house that owns the topic, whatever its type is."""
        owner, _, rest = self.topic.partition(".")
        return rest == "events" and is_of_house(owner, self.key, self.headers)

    @property
    def type_label(self) -> str:
        """Its type as a bounded label: what is not in the catalogue is `unknown`."""
        event_type = event_type_of(self.headers)
        return event_type if event_type in CATALOGUE else "unknown"


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a subscription is behind."""

    records: int
    seconds: float


class Kept(NamedTuple):
    """What a log keeps."""

    records: int
    since: dt.datetime | None
    """When the oldest record was appended."""


class TransportUnavailable(Exception):
    """The bus cannot be reached at the moment; the same call may succeed later."""


class Subscription(Protocol):
    """One group's view of some topics. Records of one key arrive in the order they were published."""

    async def start(self, positions: Positions, marks: Marks = NO_MARKS) -> None:
        """Begin reading: at ``positions`` where the reader keeps them, else where the group left off.

        Where the log is not the one that was read (made anew, or set back: the marks do not fit, or the position lies
        beyond its end) reading begins at the first record. That is logged and measured.
        """

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

    @property
    def log_id(self) -> str:
        """What a log whose readers keep the positions is known by, once it was opened; empty for any other."""

    async def start(self) -> None:
        """Connect."""

    async def publish(self, events: Sequence[EncodedEvent]) -> None:
        """Append in the order given; durable when this returns. Raises TransportUnavailable; repeats are allowed."""

    def subscribe(self, group: str, topics: Sequence[str]) -> Subscription:
        """A subscription of ``group``; members of one group share the partitions."""

    async def group_lag(self, group: str, topics: Sequence[str], positions: Positions) -> Lag:
        """How far the readers of a group are behind, seen from outside; ``positions`` are those they keep themselves.

        Of a transport that keeps the positions, the seconds are how long the group has not moved, as far as was seen.
        """

    async def trim(self, topic: str, readers: Sequence[str], before: dt.datetime) -> int:
        """Remove records older than this that every reader has passed, where nobody else does; returns how many."""

    async def kept(self, topics: Sequence[str]) -> Kept:
        """What the log keeps of these topics, where that can be known."""

    async def ready(self) -> bool:
        """Whether publishing would work now."""

    async def close(self) -> None:
        """Release every connection."""
