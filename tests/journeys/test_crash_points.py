"""Processes and brokers are killed, at every arrow of an event's path and at random: nothing lost, nothing doubled."""

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import kafka
from deploy.local.kafka import KafkaCluster
from deploy.local.postgres import PostgresServer
from tests.journeys.set_ups import distributed, embedded
from tests.load.crash import BROKER, County, CrashRun, Report
from tests.real_parts import require_or_skip

FACTS = 20_000
KILLS = 50


@pytest.fixture
def broker() -> Iterator[KafkaCluster]:
    """A broker with nothing on it."""
    require_or_skip(kafka.unavailable_reason())
    with KafkaCluster.start() as cluster:
        yield cluster


def _proves(report: Report) -> None:
    print(*report.lines(), sep="\n")
    assert report.problems == []
    assert report.facts >= FACTS
    assert report.kills.total() >= KILLS


async def test_random_kills_on_the_embedded_bus_lose_and_double_nothing(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    async with embedded(tmp_path) as set_up:
        await set_up.start_all()
        run = CrashRun(set_up, County.with_facts(FACTS, "E"), {"shouxian": 52}, seed)
        _proves(await run.run())


async def test_random_kills_on_kafka_and_postgresql_lose_and_double_nothing(
    tmp_path: Path, postgres_server: PostgresServer, broker: KafkaCluster
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    deck = Counter(
        {"monitoring-serve": 24, "monitoring-worker": 14, "assistance-worker": 10, "assistance-serve": 4, BROKER: 4}
    )
    async with distributed(tmp_path, postgres_server, broker) as set_up:
        await set_up.start_all()
        run = CrashRun(set_up, County.with_facts(FACTS, "K"), deck, seed, broker)
        _proves(await run.run())
