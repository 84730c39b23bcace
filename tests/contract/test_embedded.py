"""The embedded log keeps the promises of every transport, and its own."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from shared.bus.embedded import EmbeddedTransport
from shared.bus.interface import TransportUnavailable
from tests.contract.transport_suite import BOUND_SECONDS, Reader, TransportSuite, event, numbered, numbers

APPEND = """
import asyncio, sys, uuid
from pathlib import Path
from shared.bus.embedded import EmbeddedTransport
from shared.contracts.envelope import EncodedEvent

async def main(path, topic, count):
    transport = EmbeddedTransport(Path(path))
    for n in range(int(count)):
        event_id = uuid.uuid4()
        await transport.publish([EncodedEvent(event_id, topic, "DJ-0001", {"ce_id": str(event_id)}, str(n).encode())])
    await transport.close()

asyncio.run(main(*sys.argv[1:]))
"""


class EmbeddedBench:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.opened: list[EmbeddedTransport] = []

    async def open(self) -> EmbeddedTransport:
        transport = EmbeddedTransport(self.path)
        self.opened.append(transport)
        return transport

    async def new_topics(self, count: int) -> list[str]:
        return [f"probe-{uuid4().hex}.events" for _ in range(count)]


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[EmbeddedBench]:
    bench = EmbeddedBench(tmp_path / "data" / "bus.sqlite")
    yield bench
    for transport in bench.opened:
        await transport.close()


def append_from_another_process(path: Path, topic: str, count: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-W", "error", "-c", APPEND, str(path), topic, str(count)])


class TestEmbedded(TransportSuite):
    async def test_an_event_already_in_its_topic_is_not_appended_again(self, bench: EmbeddedBench) -> None:
        [topic] = await bench.new_topics(1)
        transport = await bench.open()
        events = numbered(topic, 4)
        await transport.publish(events[:3])
        await transport.publish([*events, *events])
        reader = Reader([topic])
        await reader.start(transport)
        assert numbers(await reader.read_to_end(4)) == [0, 1, 2, 3]
        await reader.stop()

    async def test_a_real_second_process_wakes_a_waiting_poll(self, bench: EmbeddedBench) -> None:
        [topic] = await bench.new_topics(1)
        reader = Reader([topic])
        await reader.start(await bench.open())
        process = append_from_another_process(bench.path, topic, 5)
        assert numbers(await reader.read(5)) == [0, 1, 2, 3, 4]
        assert await asyncio.to_thread(process.wait, BOUND_SECONDS) == 0
        await reader.stop()

    async def test_processes_may_make_the_log_at_the_same_moment(self, bench: EmbeddedBench) -> None:
        topics = await bench.new_topics(3)
        bench.path.parent.mkdir()
        processes = [append_from_another_process(bench.path, topic, 20) for topic in topics]
        for process in processes:
            assert await asyncio.to_thread(process.wait, BOUND_SECONDS) == 0
        reader = Reader(topics)
        await reader.start(await bench.open())
        records = await reader.read_to_end(60)
        await reader.stop()
        for topic in topics:
            assert numbers([record for record in records if record.topic == topic]) == list(range(20))

    async def test_a_flooded_topic_does_not_starve_the_others(self, bench: EmbeddedBench) -> None:
        flooded, quiet = await bench.new_topics(2)
        transport = await bench.open()
        await transport.publish([*numbered(flooded, 100), event(quiet, value=b"0")])
        reader = Reader([flooded, quiet])
        await reader.start(transport)
        polls = [await reader.subscription.poll(10, 1.0) for _ in range(2)]
        await reader.stop()
        assert quiet in {record.topic for records in polls for record in records}

    async def test_a_log_that_cannot_be_written_is_unavailable_until_it_can(self, bench: EmbeddedBench) -> None:
        [topic] = await bench.new_topics(1)
        transport = await bench.open()
        await transport.publish(numbered(topic, 1))
        with sqlite3.connect(bench.path) as other:
            other.execute("ALTER TABLE log RENAME TO gone")
        other.close()
        with pytest.raises(TransportUnavailable):
            await transport.publish(numbered(topic, 1, start=1))
        with sqlite3.connect(bench.path) as other:
            other.execute("ALTER TABLE gone RENAME TO log")
        other.close()
        await transport.publish(numbered(topic, 1, start=1))
        reader = Reader([topic])
        await reader.start(transport)
        assert numbers(await reader.read_to_end(2)) == [0, 1]
        await reader.stop()

    async def test_a_log_that_cannot_be_opened_is_unavailable(self, tmp_path: Path) -> None:
        path = tmp_path / "bus.sqlite"
        path.mkdir()
        transport = EmbeddedTransport(path)
        with pytest.raises(TransportUnavailable):
            await transport.publish([event("probe.events")])
        assert not await transport.ready()
        await transport.close()

    async def test_a_publish_is_whole_or_not_at_all(self, bench: EmbeddedBench) -> None:
        [topic] = await bench.new_topics(1)
        transport = await bench.open()
        await transport.start()
        with sqlite3.connect(bench.path) as other:
            other.execute(
                "CREATE TRIGGER refuse BEFORE INSERT ON log WHEN new.value = x'32' BEGIN SELECT raise(ABORT, 'no'); END"
            )
        with pytest.raises(TransportUnavailable):
            await transport.publish(numbered(topic, 5))
        other.execute("DROP TRIGGER refuse")
        other.close()
        reader = Reader([topic])
        await reader.start(transport)
        assert list(await reader.subscription.poll(10, 0.1)) == []
        await reader.stop()

    async def test_what_a_group_passed_without_keeping_its_place_is_not_behind_as_seen_from_outside(
        self, bench: EmbeddedBench
    ) -> None:
        """Records nobody in the house reacts to move no stored position; the reader notes in the log that it passed."""
        [topic] = await bench.new_topics(1)
        transport, reader = await bench.open(), Reader([topic])
        await transport.publish(numbered(topic, 5))
        await reader.start(transport)
        await reader.commit(await reader.read(5))
        await reader.stop()
        assert (await transport.group_lag(reader.group, [topic], {})).records == 0
        await transport.publish(numbered(topic, 2, start=5))
        assert (await transport.group_lag(reader.group, [topic], {})).records == 2

    async def test_what_a_group_passed_is_noted_while_it_reads_and_while_it_waits_for_more(
        self, bench: EmbeddedBench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Of what comes in a moment the first is noted at once; where nothing follows, the last all the same."""
        monkeypatch.setattr("shared.bus.embedded._NOTE_SECONDS", 0.5)
        [topic] = await bench.new_topics(1)
        transport, reader = await bench.open(), Reader([topic])
        await transport.publish(numbered(topic, 5))
        await reader.start(transport)
        await reader.commit(await reader.read(1, batch=1))
        assert (await transport.group_lag(reader.group, [topic], {})).records == 4
        await reader.commit(await reader.read(4))
        async with asyncio.timeout(BOUND_SECONDS):
            while (await transport.group_lag(reader.group, [topic], {})).records > 0:
                assert list(await reader.subscription.poll(10, 0.1)) == []
        await reader.stop()
