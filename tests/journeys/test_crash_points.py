"""Processes and brokers are killed at every arrow of the path of an event and at random: none lost, none doubled."""

import asyncio
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import kafka
from deploy.local.kafka import KafkaCluster
from deploy.local.postgres import PostgresServer
from tests.journeys.listener import listening
from tests.journeys.set_ups import POINTS, SetUp, distributed, embedded
from tests.journeys.story import Story
from tests.load.crash import (
    DECKS,
    SETTLE_SECONDS,
    TELLERS,
    County,
    CrashRun,
    Reckoning,
    Report,
    home,
)
from tests.load.outage import How, outage
from tests.real_parts import require_or_skip

FACTS = 20_000
KILLS = 50
POINT_SECONDS = 300.0


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


async def _kill_at_each_arrow(set_up: SetUp) -> None:
    """Every process dies at each of its points while households are told home.

    It is started again with the next point set, so that what it left half done runs into that one too.
    """
    told: list[str] = []
    report = Report(seed=0)

    async def die_at_each(name: str) -> None:
        for point in POINTS:
            if set_up.process_of(point) == name:
                set_up.start(name, point)
                await set_up.died_at(point, POINT_SECONDS)
                report.kills[str(point)] += 1
        set_up.start(name)

    async def tell_while_they_die() -> None:
        while not all(task.done() for task in dying):
            told.append(home("A", len(told)))
            await Story(caller, told[-1]).tell()

    async with listening(set_up) as listener, set_up.caller() as caller:
        for name in set_up.roles:
            set_up.stop(name)
        begun = time.monotonic()
        async with asyncio.TaskGroup() as group:
            dying = [group.create_task(die_at_each(name)) for name in set_up.roles]
            for _ in range(TELLERS):
                group.create_task(tell_while_they_die())
        report.load_seconds = time.monotonic() - begun
        await set_up.ready()
        report.settle_seconds = await set_up.settled(SETTLE_SECONDS)
        await Reckoning(set_up, listener, County("A", households=0, homes=len(told)), [], report).reckon()
    print(*report.lines(), sep="\n")
    assert report.problems == []
    assert set(report.kills) == {str(point) for point in POINTS}


async def test_a_kill_at_each_arrow_on_the_embedded_bus_loses_and_doubles_nothing(tmp_path: Path) -> None:
    async with embedded(tmp_path) as set_up:
        await set_up.start_all()
        await _kill_at_each_arrow(set_up)


async def test_a_kill_at_each_arrow_on_kafka_and_postgresql_loses_and_doubles_nothing(
    tmp_path: Path, postgres_server: PostgresServer, broker: KafkaCluster
) -> None:
    async with distributed(tmp_path, postgres_server, broker) as set_up:
        await set_up.start_all()
        await _kill_at_each_arrow(set_up)


async def test_random_kills_on_the_embedded_bus_lose_and_double_nothing(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    async with embedded(tmp_path) as set_up:
        await set_up.start_all()
        async with listening(set_up, seed) as listener:
            run = CrashRun(set_up, listener, County.with_facts(FACTS, "E"), DECKS["embedded"], seed)
            _proves(await run.run())


async def test_random_kills_on_kafka_and_postgresql_lose_and_double_nothing(
    tmp_path: Path, postgres_server: PostgresServer, broker: KafkaCluster
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    async with distributed(tmp_path, postgres_server, broker) as set_up:
        await set_up.start_all()
        async with listening(set_up, seed) as listener:
            run = CrashRun(set_up, listener, County.with_facts(FACTS, "K"), DECKS["distributed"], seed, broker)
            _proves(await run.run())


@pytest.mark.parametrize("how", ["killed", "frozen"])
async def test_after_the_broker_was_away_every_house_goes_on_by_itself_and_said_so_meanwhile(
    tmp_path: Path, postgres_server: PostgresServer, broker: KafkaCluster, how: How
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    async with distributed(tmp_path, postgres_server, broker) as set_up:
        await set_up.start_all()
        async with listening(set_up, seed) as listener:
            async with set_up.caller() as caller:
                await Story(caller, home("W", 0)).tell()
            back = await outage(set_up, listener, broker, how, "O", seed)
        print(back.applied_after, *back.report.lines(), sep="\n")
        assert back.told == dict.fromkeys(set_up.houses, True)
        assert back.problems == []
        await set_up.ready()
