"""What every transport must show, written once. A test module runs it by subclassing `TransportSuite`."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol
from uuid import uuid4

from shared.bus.interface import Record, Subscription, TopicPartition, Transport
from shared.contracts.envelope import EncodedEvent
from shared.ids import new_id

BOUND_SECONDS = 30
"""How long anything may take before it counts as never."""
NOTHING_MORE_SECONDS = 0.2
"""How long a poll may find nothing before the topic counts as read to its end."""


class Bench(Protocol):
    """A place to try a transport in."""

    async def open(self) -> Transport:
        """Open one more transport on the same bus, as another process would; closed when the test ends."""

    async def new_topics(self, count: int) -> list[str]:
        """Make topics nobody has used."""


class Reader:
    """One group as the consumer drives it: positions are kept with the effect, a crash forgets the rest."""

    def __init__(self, topics: Sequence[str], group: str | None = None) -> None:
        self.group = group or f"group-{uuid4().hex}"
        self.topics = topics
        self.kept: dict[TopicPartition, int] = {}
        self._subscription: Subscription | None = None

    @property
    def subscription(self) -> Subscription:
        assert self._subscription is not None, "the reader is not started"
        return self._subscription

    async def start(self, transport: Transport) -> None:
        subscription = transport.subscribe(self.group, self.topics)
        await subscription.start(self.kept)
        self._subscription = subscription

    async def read(self, count: int, batch: int = 500) -> list[Record]:
        """Poll until so many records came."""
        records: list[Record] = []
        async with asyncio.timeout(BOUND_SECONDS):
            while len(records) < count:
                records += await self.subscription.poll(batch, 1.0)
        return records

    async def read_to_end(self, at_least: int) -> list[Record]:
        """Poll until so many records came and nothing more follows."""
        records = await self.read(at_least)
        while more := await self.subscription.poll(500, NOTHING_MORE_SECONDS):
            records += more
        return records

    async def commit(self, records: Sequence[Record]) -> None:
        if not records:
            return
        positions = {record.source: record.offset + 1 for record in records}
        self.kept.update(positions)
        await self.subscription.commit(positions)

    async def stop(self) -> None:
        """Go away; whatever was not committed is to be delivered again."""
        if self._subscription is not None:
            await self._subscription.stop()
            self._subscription = None


def event(topic: str, key: str = "DJ-0001", value: bytes = b"{}", **headers: str) -> EncodedEvent:
    event_id = new_id()
    return EncodedEvent(event_id, topic, key, {"ce_id": str(event_id), **headers}, value)


def numbered(topic: str, count: int, keys: Sequence[str] = ("DJ-0001",), start: int = 0) -> list[EncodedEvent]:
    """Events whose values count up, dealt out to the keys in turn."""
    return [event(topic, keys[n % len(keys)], str(n).encode()) for n in range(start, start + count)]


def numbers(records: Sequence[Record]) -> list[int]:
    return [int(record.value) for record in records]


def numbers_by_key(records: Sequence[Record]) -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for record in records:
        found[record.key].append(int(record.value))
    return found


async def eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait until it holds, or fail."""
    async with asyncio.timeout(BOUND_SECONDS):
        while not await holds():
            await asyncio.sleep(0.02)


class TransportSuite:
    """The promises of `shared.bus.interface`."""

    async def test_records_of_a_key_arrive_in_the_order_they_were_published(self, bench: Bench) -> None:
        [topic] = await bench.new_topics(1)
        transport = await bench.open()
        keys = [f"DJ-{n:04d}" for n in range(7)]
        for start in range(0, 210, 70):
            await transport.publish(numbered(topic, 70, keys, start))
        reader = Reader([topic])
        await reader.start(transport)
        try:
            found = numbers_by_key(await reader.read_to_end(210))
        finally:
            await reader.stop()
        assert found == {key: list(range(n, 210, 7)) for n, key in enumerate(keys)}

    async def test_one_publish_may_go_to_several_topics(self, bench: Bench) -> None:
        topics = await bench.new_topics(3)
        transport = await bench.open()
        await transport.publish([event(topic, value=str(n).encode()) for n in range(30) for topic in topics])
        reader = Reader(topics)
        await reader.start(transport)
        try:
            records = await reader.read_to_end(90)
        finally:
            await reader.stop()
        for topic in topics:
            assert numbers([record for record in records if record.topic == topic]) == list(range(30))

    async def test_a_subscription_reads_its_own_topics_only(self, bench: Bench) -> None:
        mine, other = await bench.new_topics(2)
        transport = await bench.open()
        await transport.publish([event(other), event(mine), event(other)])
        reader = Reader([mine])
        await reader.start(transport)
        try:
            assert [record.topic for record in await reader.read_to_end(1)] == [mine]
        finally:
            await reader.stop()

    async def test_key_headers_and_bytes_arrive_unchanged(self, bench: Bench) -> None:
        [topic] = await bench.new_topics(1)
        transport = await bench.open()
        sent = event(
            topic, "户-0001", bytes(range(256)), ce_type="monitoring.risk-raised.v1", ce_note="收入骤减 ✓", empty=""
        )
        await transport.publish([sent, event(topic, value=b"")])
        reader = Reader([topic])
        await reader.start(transport)
        try:
            records = await reader.read_to_end(2)
        finally:
            await reader.stop()
        [found] = [record for record in records if record.key == sent.key]
        assert (found.key, dict(found.headers), found.value) == (sent.key, sent.headers, sent.value)
        assert found.event_id == str(sent.event_id)
        assert found.appended_at.tzinfo is not None
        assert b"" in [record.value for record in records]

    async def test_what_was_not_committed_is_delivered_again(self, bench: Bench) -> None:
        [topic] = await bench.new_topics(1)
        transport = await bench.open()
        await transport.publish(numbered(topic, 20))
        reader = Reader([topic])
        await reader.start(transport)
        try:
            first = await reader.read_to_end(20)
            await reader.stop()
            await reader.start(await bench.open())
            again = await reader.read_to_end(20)
        finally:
            await reader.stop()
        assert numbers(first) == numbers(again) == list(range(20))

    async def test_a_group_goes_on_at_its_committed_position(self, bench: Bench) -> None:
        [topic] = await bench.new_topics(1)
        transport = await bench.open()
        await transport.publish(numbered(topic, 20))
        reader = Reader([topic])
        await reader.start(transport)
        try:
            records = await reader.read_to_end(20)
            await reader.commit(records[:12])
            await reader.stop()
            await reader.start(await bench.open())
            assert numbers(await reader.read_to_end(8)) == list(range(12, 20))
        finally:
            await reader.stop()

    async def test_rewinding_reads_again_from_there(self, bench: Bench) -> None:
        [topic] = await bench.new_topics(1)
        transport = await bench.open()
        await transport.publish(numbered(topic, 10))
        reader = Reader([topic])
        await reader.start(transport)
        try:
            records = await reader.read_to_end(10)
            await reader.subscription.rewind({records[4].source: records[4].offset})
            assert numbers(await reader.read_to_end(6)) == list(range(4, 10))
        finally:
            await reader.stop()

    async def test_publishing_again_is_allowed_and_loses_nothing(self, bench: Bench) -> None:
        [topic] = await bench.new_topics(1)
        transport = await bench.open()
        events = numbered(topic, 10)
        await transport.publish(events[:6])
        await transport.publish(events)
        reader = Reader([topic])
        await reader.start(transport)
        try:
            records = await reader.read_to_end(10)
        finally:
            await reader.stop()
        first_seen = dict.fromkeys(record.event_id for record in records)
        assert list(first_seen) == [str(each.event_id) for each in events]

    async def test_every_group_reads_everything(self, bench: Bench) -> None:
        [topic] = await bench.new_topics(1)
        transport = await bench.open()
        await transport.publish(numbered(topic, 5))
        for _ in range(2):
            reader = Reader([topic])
            await reader.start(transport)
            try:
                records = await reader.read_to_end(5)
                await reader.commit(records)
            finally:
                await reader.stop()
            assert numbers(records) == list(range(5))

    async def test_a_poll_returns_no_more_than_asked_for(self, bench: Bench) -> None:
        [topic] = await bench.new_topics(1)
        transport = await bench.open()
        await transport.publish(numbered(topic, 10))
        reader = Reader([topic])
        await reader.start(transport)
        try:
            first = await reader.read(1, batch=3)
            rest = await reader.read_to_end(10 - len(first))
        finally:
            await reader.stop()
        assert len(first) <= 3
        assert numbers([*first, *rest]) == list(range(10))

    async def test_a_poll_of_an_idle_topic_comes_back_empty(self, bench: Bench) -> None:
        [topic] = await bench.new_topics(1)
        reader = Reader([topic])
        await reader.start(await bench.open())
        try:
            async with asyncio.timeout(BOUND_SECONDS):
                assert list(await reader.subscription.poll(10, 0.1)) == []
        finally:
            await reader.stop()

    async def test_a_waiting_poll_returns_when_something_is_appended(self, bench: Bench) -> None:
        [topic] = await bench.new_topics(1)
        transport = await bench.open()
        readers = [Reader([topic]), Reader([topic])]
        for reader in readers:
            await reader.start(transport)
        try:
            polls = [asyncio.create_task(reader.subscription.poll(10, 10 * BOUND_SECONDS)) for reader in readers]
            await transport.publish(numbered(topic, 1))
            async with asyncio.timeout(BOUND_SECONDS):
                assert [numbers(records) for records in await asyncio.gather(*polls)] == [[0], [0]]
        finally:
            for reader in readers:
                await reader.stop()

    async def test_appends_of_another_process_are_seen(self, bench: Bench) -> None:
        [topic] = await bench.new_topics(1)
        reader = Reader([topic])
        await reader.start(await bench.open())
        try:
            await (await bench.open()).publish(numbered(topic, 3))
            assert numbers(await reader.read_to_end(3)) == [0, 1, 2]
        finally:
            await reader.stop()

    async def test_lag_counts_what_was_not_read(self, bench: Bench) -> None:
        [topic] = await bench.new_topics(1)
        transport = await bench.open()
        await transport.publish(numbered(topic, 8))
        reader = Reader([topic])
        assert (await transport.subscribe(reader.group, reader.topics).lag()).records == 0, "not started: nothing known"
        await reader.start(transport)
        try:
            first = await reader.read(1, batch=3)

            async def rest_is_behind() -> bool:
                return (await reader.subscription.lag()).records == 8 - len(first)

            await eventually(rest_is_behind)
            assert (await reader.subscription.lag()).seconds >= 0
            await reader.read_to_end(8 - len(first))
            lag = await reader.subscription.lag()
            assert (lag.records, lag.seconds) == (0, 0.0)
        finally:
            await reader.stop()

    async def test_lag_is_known_before_anything_was_read(self, bench: Bench) -> None:
        [topic] = await bench.new_topics(1)
        transport = await bench.open()
        await transport.publish(numbered(topic, 8))
        reader = Reader([topic])
        await reader.start(transport)
        try:

            async def all_is_behind() -> bool:
                return (await reader.subscription.lag()).records == 8

            await eventually(all_is_behind)
        finally:
            await reader.stop()

    async def test_the_first_users_may_come_all_at_once(self, bench: Bench) -> None:
        topics = await bench.new_topics(4)
        transport = await bench.open()
        readers = [Reader([topic]) for topic in topics]
        await asyncio.gather(
            *(transport.publish(numbered(topic, 5)) for topic in topics), *(each.start(transport) for each in readers)
        )
        try:
            for reader in readers:
                assert numbers(await reader.read_to_end(5)) == list(range(5))
        finally:
            for reader in readers:
                await reader.stop()

    async def test_reading_ends_when_it_is_cancelled_though_records_arrive_just_then(self, bench: Bench) -> None:
        [topic] = await bench.new_topics(1)
        transport, reader = await bench.open(), Reader([topic])
        await reader.start(transport)

        async def read_for_ever() -> None:
            while True:
                await reader.subscription.poll(500, BOUND_SECONDS)

        for turns in range(5):
            reading = asyncio.create_task(read_for_ever())
            await asyncio.sleep(0.02)
            await transport.publish(numbered(topic, 1))
            for _ in range(turns):
                await asyncio.sleep(0)
            reading.cancel()
            ended, _ = await asyncio.wait([reading], timeout=BOUND_SECONDS / 2)
            assert ended, f"cancelled {turns} turns of the loop after a record arrived, it reads on"
        await reader.stop()

    async def test_an_open_transport_is_ready_and_a_closed_one_can_be_closed_again(self, bench: Bench) -> None:
        transport = await bench.open()
        await transport.start()
        await transport.start()
        assert await transport.ready()
        await transport.close()
        await transport.close()
