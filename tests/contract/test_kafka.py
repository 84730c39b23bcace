"""A real Kafka broker through our transport keeps the promises of every transport, and those of a cluster."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions

from deploy.local.kafka import KafkaCluster
from shared.bus.interface import Lag, Record, TransportUnavailable
from shared.bus.kafka import KafkaTransport, subscription
from shared.contracts.envelope import EncodedEvent
from tests.contract.transport_suite import (
    BOUND_SECONDS,
    Reader,
    TransportSuite,
    event,
    eventually,
    numbered,
    numbers,
    numbers_by_key,
)
from tests.logged import Logged

PARTITIONS = 3


class KafkaBench:
    def __init__(self, cluster: KafkaCluster) -> None:
        self.cluster = cluster
        self.opened: list[KafkaTransport] = []

    async def open(self) -> KafkaTransport:
        transport = KafkaTransport(self.cluster.bootstrap, client_id="probe")
        self.opened.append(transport)
        return transport

    async def new_topics(self, count: int) -> list[str]:
        topics = [f"probe-{uuid4().hex}.events" for _ in range(count)]
        await self.cluster.create_topics(topics, partitions=PARTITIONS)
        return topics

    @contextlib.asynccontextmanager
    async def admin(self) -> AsyncIterator[AIOKafkaAdminClient]:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.cluster.bootstrap)
        await admin.start()
        yield admin
        await admin.close()

    async def make_anew(self, topic: str) -> None:
        """Delete the topic and make another one by its name."""
        async with self.admin() as admin:
            await admin.delete_topics([topic])
            async with asyncio.timeout(BOUND_SECONDS):
                while topic in await admin.list_topics():
                    await asyncio.sleep(0.05)
        await self.cluster.create_topics([topic], partitions=PARTITIONS)

    async def add_partitions(self, topic: str, total: int) -> None:
        async with self.admin() as admin:
            await admin.create_partitions({topic: NewPartitions(total)})

    async def publish_when_it_can(self, events: Sequence[EncodedEvent]) -> None:
        """Once, by a process that has never seen the topic of before."""
        await (await self.open()).publish(events)


@pytest.fixture
async def bench(kafka_cluster: KafkaCluster) -> AsyncIterator[KafkaBench]:
    bench = KafkaBench(kafka_cluster)
    yield bench
    for transport in bench.opened:
        await transport.close()


async def drain(reader: Reader, seen: list[Record], enough: asyncio.Event, wanted: int) -> None:
    """Read and commit, as a member of a group does, until all members together have seen enough."""
    while not enough.is_set():
        records = list(await reader.subscription.poll(50, 0.1))
        if records:
            seen.extend(records)
            await reader.commit(records)
        if len({record.event_id for record in seen}) >= wanted:
            enough.set()


class TestKafka(TransportSuite):
    async def test_members_share_a_group_and_lose_nothing_when_one_joins_and_one_leaves(
        self, bench: KafkaBench
    ) -> None:
        [topic] = await bench.new_topics(1)
        transport = await bench.open()
        keys = [f"DJ-{n:04d}" for n in range(30)]
        group = f"group-{uuid4().hex}"
        first, second = Reader([topic], group), Reader([topic], group)
        by_first: list[Record] = []
        by_second: list[Record] = []
        await first.start(transport)
        await transport.publish(numbered(topic, 300, keys))
        by_first += await first.read(300)
        await first.commit(by_first)

        await second.start(await bench.open())
        seen: list[Record] = []
        both = asyncio.gather(
            drain(first, seen, done := asyncio.Event(), 600), drain_into(second, by_second, seen, done)
        )
        published = 300
        async with asyncio.timeout(2 * BOUND_SECONDS):
            while not by_second:
                await transport.publish(numbered(topic, 30, keys, start=published))
                published += 30
                await asyncio.sleep(0.05)
        done.set()
        await both
        assert by_second, "the second member got partitions of its own"
        assert {record.partition for record in by_second} < set(range(PARTITIONS))

        await second.stop()
        await transport.publish(numbered(topic, 30, keys, start=published))
        published += 30
        rest: list[Record] = [*by_first, *seen]
        async with asyncio.timeout(2 * BOUND_SECONDS):
            while len({record.event_id for record in rest}) < published:
                records = await first.subscription.poll(500, 0.2)
                rest += records
                await first.commit(records)
        await first.stop()
        assert set(numbers(rest)) == set(range(published))
        for found in numbers_by_key(rest).values():
            assert list(dict.fromkeys(found)) == sorted(set(found)), "order per key, repeats aside"

    async def test_a_killed_broker_is_unavailable_and_what_it_acknowledged_is_kept(self, bench: KafkaBench) -> None:
        [topic] = await bench.new_topics(1)
        transport = await bench.open()
        reader = Reader([topic])
        await reader.start(transport)
        await transport.publish(numbered(topic, 10))
        await reader.commit(await reader.read(10))

        await asyncio.to_thread(bench.cluster.kill, 1)
        try:
            with pytest.raises(TransportUnavailable):
                await transport.publish(numbered(topic, 1, start=10))
            assert not await transport.ready()
            with pytest.raises(TransportUnavailable):
                await Reader([topic]).start(transport)
        finally:
            await asyncio.to_thread(bench.cluster.restart, 1)

        async def published_again() -> bool:
            try:
                await transport.publish(numbered(topic, 5, start=10))
            except TransportUnavailable:
                return False
            return True

        await eventually(published_again)
        assert await transport.ready()
        found = numbers(await reader.read(5))
        await reader.stop()
        assert list(dict.fromkeys(found)) == list(range(10, 15))

    async def test_committing_what_another_member_holds_by_now_is_left_to_it(self, bench: KafkaBench) -> None:
        [topic] = await bench.new_topics(1)
        transport = await bench.open()
        await transport.publish(numbered(topic, 60, [f"DJ-{n:04d}" for n in range(30)]))
        group = f"group-{uuid4().hex}"
        first, second = Reader([topic], group), Reader([topic], group)
        await first.start(transport)
        records = await first.read(60)
        await first.subscription.rewind({})
        await second.start(await bench.open())
        gone = asyncio.Event()
        by_second: list[Record] = []
        polling = asyncio.gather(drain(first, [], gone, 10_000), drain_into(second, by_second, [], gone))
        async with asyncio.timeout(2 * BOUND_SECONDS):
            while not by_second:
                await asyncio.sleep(0.05)
        await first.commit(records)
        gone.set()
        await polling
        await first.stop()
        await second.stop()

    async def test_records_of_strangers_can_be_read(self, bench: KafkaBench) -> None:
        [topic] = await bench.new_topics(1)
        producer = AIOKafkaProducer(bootstrap_servers=bench.cluster.bootstrap)
        await producer.start()
        await producer.send_and_wait(topic, b"\xff\x00", key=b"\x00\xff" * 200, headers=[("none", None)], partition=0)
        await producer.send_and_wait(topic, None, key=b"DJ-0001", headers=[("ce_id", b"\xff" * 200)], partition=0)
        await producer.stop()
        reader = Reader([topic])
        await reader.start(await bench.open())
        records = await reader.read_to_end(2)
        await reader.stop()
        assert [record.value for record in records] == [b"\xff\x00", b""]
        for record in records:
            assert len(record.key) <= 128
            assert len(record.event_id) <= 64
            assert "\x00" not in record.key + record.event_id

    async def test_one_failed_sender_does_not_disturb_the_next(self, bench: KafkaBench) -> None:
        [topic] = await bench.new_topics(1)
        transport = await bench.open()
        too_large = event(topic, value=bytes(2 * 1024 * 1024))
        for _ in range(2):
            with pytest.raises(TransportUnavailable):
                await transport.publish([event(topic, value=b"0"), too_large])
            await transport.publish([event(topic, value=b"1")])
        reader = Reader([topic])
        await reader.start(transport)
        records: list[Record] = []
        async with asyncio.timeout(BOUND_SECONDS):
            while numbers(records).count(1) < 2:
                records += await reader.subscription.poll(10, 1.0)
        await reader.stop()

    async def test_a_topic_made_anew_while_its_readers_were_away_is_read_from_its_first_record(
        self, bench: KafkaBench, logged: Logged
    ) -> None:
        """It is longer by now than the one they had read: the offset alone would not tell."""
        [topic] = await bench.new_topics(1)
        transport, reader = await bench.open(), Reader([topic])
        await transport.publish(numbered(topic, 5, ["DJ-0001"]))
        await reader.start(transport)
        await reader.commit(await reader.read(5))
        await reader.stop()
        await bench.make_anew(topic)
        await bench.publish_when_it_can(numbered(topic, 9, ["DJ-0001"], start=100))
        await reader.start(await bench.open())
        assert numbers(await reader.read(9)) == list(range(100, 109))
        await reader.stop()

    async def test_a_topic_made_anew_under_a_reader_is_read_from_its_first_record(
        self, bench: KafkaBench, logged: Logged, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(subscription, "_LOOK_AT_TOPICS_SECONDS", 0.5)
        [topic] = await bench.new_topics(1)
        transport, reader = await bench.open(), Reader([topic])
        await transport.publish(numbered(topic, 5, ["DJ-0001"]))
        await reader.start(transport)
        await reader.commit(await reader.read(5))
        await bench.make_anew(topic)
        await bench.publish_when_it_can(numbered(topic, 9, ["DJ-0001"], start=100))
        found: list[int] = []
        async with asyncio.timeout(2 * BOUND_SECONDS):
            while not set(range(100, 109)) <= set(found):
                with contextlib.suppress(TransportUnavailable):
                    records = await reader.subscription.poll(500, 0.2)
                    found += numbers(records)
                    await reader.commit(records)
        await reader.stop()

    async def test_a_position_beyond_the_end_is_told_and_reading_begins_at_the_first_record(
        self, bench: KafkaBench, logged: Logged
    ) -> None:
        [topic] = await bench.new_topics(1)
        transport, reader = await bench.open(), Reader([topic])
        await transport.publish(numbered(topic, 3, ["DJ-0001"]))
        await reader.start(transport)
        records = await reader.read(3)
        await reader.commit([records[-1]._replace(offset=40)])
        await reader.stop()
        await reader.start(await bench.open())
        assert numbers(await reader.read(3)) == [0, 1, 2]
        await reader.stop()
        [told] = logged.lines("bus.begun_again")
        assert (told["topic"], told["position"], told["level"]) == (topic, 41, "error")

    async def test_how_far_a_group_is_behind_is_seen_from_outside_though_its_reader_hangs(
        self, bench: KafkaBench
    ) -> None:
        [topic] = await bench.new_topics(1)
        transport, reader = await bench.open(), Reader([topic])
        assert await transport.group_lag(reader.group, [topic], {}) == Lag(0, 0.0)
        await transport.publish(numbered(topic, 8))
        assert (await transport.group_lag(reader.group, [topic], {})).records == 8, "never read: all of it is behind"
        await reader.start(transport)
        await reader.commit(await reader.read(8))
        await reader.stop()
        assert await transport.group_lag(reader.group, [topic], {}) == Lag(0, 0.0)
        await transport.publish(numbered(topic, 2, ["DJ-0001"], start=8))
        first = await transport.group_lag(reader.group, [topic], {})
        assert first.records == 2
        await asyncio.sleep(0.2)
        assert (await transport.group_lag(reader.group, [topic], {})).seconds >= first.seconds + 0.2

    async def test_more_partitions_are_told(
        self, bench: KafkaBench, logged: Logged, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(subscription, "_LOOK_AT_TOPICS_SECONDS", 0.2)
        [topic] = await bench.new_topics(1)
        transport, reader = await bench.open(), Reader([topic])
        await transport.publish(numbered(topic, 1))
        await reader.start(transport)
        await reader.read(1)
        await bench.add_partitions(topic, PARTITIONS + 1)
        async with asyncio.timeout(2 * BOUND_SECONDS):
            while not logged.lines("bus.partitions_changed"):
                with contextlib.suppress(TransportUnavailable):
                    await reader.subscription.poll(10, 0.2)
        await reader.stop()
        [told] = logged.lines("bus.partitions_changed")
        assert (told["topic"], told["before"], told["now"]) == (topic, PARTITIONS, PARTITIONS + 1)


async def drain_into(reader: Reader, own: list[Record], all_seen: list[Record], done: asyncio.Event) -> None:
    while not done.is_set():
        records = list(await reader.subscription.poll(50, 0.1))
        if records:
            own.extend(records)
            all_seen.extend(records)
            await reader.commit(records)
