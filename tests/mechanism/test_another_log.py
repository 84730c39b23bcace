"""A bus that is not the one a house has read: lost, set back, made anew. The house begins at its first record."""

import asyncio
import contextlib
import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY

from services import status
from shared import metrics
from shared.bus.embedded import EmbeddedTransport
from shared.bus.inbox import stored_marks, stored_positions
from shared.bus.interface import TopicPartition
from shared.db.unit_of_work import UnitOfWork
from shared.house import House
from tests.builders import published_as, risk_raised
from tests.conftest import ClientFor, OpenHouse
from tests.logged import Logged
from tests.mechanism.probe import PROBE, Handling, effects, reader_of, rows_of, until

PLACE = TopicPartition("monitoring.events", 0)


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    return await open_house(PROBE)


@contextlib.asynccontextmanager
async def reading(house: House, path: Path) -> AsyncIterator[EmbeddedTransport]:
    """The house reads the log at this path, as after a start of its process."""
    transport = EmbeddedTransport(path)
    house.transport = transport
    task = asyncio.create_task(reader_of(house, Handling()).run())
    try:
        yield transport
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await transport.close()


async def publish(path: Path, *versions: int) -> None:
    transport = EmbeddedTransport(path)
    await transport.publish([published_as(risk_raised(version=version)) for version in versions])
    await transport.close()


async def applied(house: House) -> list[int]:
    return [version for _, version in await house.database.read(effects)]


async def has_applied(house: House, *versions: int) -> bool:
    return await applied(house) == list(versions)


def begun_again() -> float:
    return REGISTRY.get_sample_value("shouxian_bus_begun_again_timestamp_seconds", {"house": "assistance"}) or 0


def remove(path: Path) -> None:
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()


async def test_a_log_that_was_lost_swallows_no_event(house: House, tmp_path: Path, logged: Logged) -> None:
    path, before = tmp_path / "log.sqlite", time.time()
    await publish(path, 1, 2, 3)
    async with reading(house, path):
        await until(lambda: has_applied(house, 1, 2, 3))
    remove(path)
    await publish(path, 4)
    async with reading(house, path):
        await until(lambda: has_applied(house, 1, 2, 3, 4))
    [told] = logged.lines("bus.begun_again")
    assert (told["level"], told["topic"], told["position"]) == ("error", "monitoring.events", 4)
    assert before <= begun_again() <= time.time()


async def test_a_new_log_that_is_longer_than_the_lost_one_is_read_whole(house: House, tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    await publish(path, 1, 2)
    async with reading(house, path):
        await until(lambda: has_applied(house, 1, 2))
    remove(path)
    await publish(path, *range(3, 10))
    async with reading(house, path):
        await until(lambda: has_applied(house, *range(1, 10)))


@pytest.mark.parametrize("later", [1, 2, 5], ids=["shorter", "as long", "longer"])
async def test_an_older_copy_of_the_log_that_goes_on_is_read_from_its_first_record(
    house: House, tmp_path: Path, logged: Logged, later: int
) -> None:
    """Its repeats change nothing."""
    path, copy = tmp_path / "log.sqlite", tmp_path / "copy.sqlite"
    await publish(path, 1, 2)
    shutil.copyfile(path, copy)
    await publish(path, 3, 4)
    async with reading(house, path):
        await until(lambda: has_applied(house, 1, 2, 3, 4))
    remove(path)
    shutil.copyfile(copy, path)
    await publish(path, *range(5, 5 + later))
    async with reading(house, path):
        await until(lambda: has_applied(house, *range(1, 5 + later)))
    assert len(logged.lines("bus.begun_again")) == 1
    assert len(await house.database.read(rows_of, "inbox")) == 4 + later


async def test_the_same_log_is_gone_on_with(house: House, tmp_path: Path, logged: Logged) -> None:
    path, expected = tmp_path / "log.sqlite", list[int]()
    for version in (1, 2, 3):
        await publish(path, version)
        expected.append(version)
        async with reading(house, path):
            await until(lambda: has_applied(house, *expected))
    assert logged.lines("bus.begun_again") == []


async def test_a_log_that_vanishes_under_a_running_house_is_made_anew(house: House, tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    await publish(path, 1)
    async with reading(house, path) as transport:
        await until(lambda: has_applied(house, 1))
        remove(path)
        await transport.publish([published_as(risk_raised(version=2))])
        await until(lambda: has_applied(house, 1, 2))
    await publish(path, 3)
    async with reading(house, path):
        await until(lambda: has_applied(house, 1, 2, 3))


async def test_positions_of_before_logs_had_an_id_are_gone_on_with(house: House, tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    await publish(path, 1, 2)
    async with reading(house, path):
        await until(lambda: has_applied(house, 1, 2))

    def forget(uow: UnitOfWork) -> None:
        uow.connection.execute(sa.update(uow.system_tables.bus_position).values(log_id=None, event_id=None))

    await house.database.write(forget)
    await publish(path, 3)
    async with reading(house, path) as transport:
        await until(lambda: has_applied(house, 1, 2, 3))
        assert (await house.database.read(stored_marks))[PLACE].log_id == transport.log_id
    assert (await house.database.read(stored_positions))[PLACE] == 4
    assert len(await house.database.read(rows_of, "inbox")) == 3


async def test_a_log_whose_passed_records_were_removed_is_gone_on_with(
    house: House, tmp_path: Path, logged: Logged
) -> None:
    path = tmp_path / "log.sqlite"
    await publish(path, 1, 2)
    removed = 0

    async def has_removed_what_was_passed() -> bool:
        nonlocal removed
        removed += await transport.trim("monitoring.events", ["assistance"], house.database.resources.clock.now())
        return removed == 2

    async with reading(house, path) as transport:
        await until(lambda: has_applied(house, 1, 2))
        now = house.database.resources.clock.now()
        assert await transport.trim("monitoring.events", ["assistance", "employment"], now) == 0, "one has not read it"
        await until(has_removed_what_was_passed)
    await publish(path, 3)
    async with reading(house, path):
        await until(lambda: has_applied(house, 1, 2, 3))
    assert logged.lines("bus.begun_again") == []


async def test_status_tells_that_a_house_began_again(open_house: OpenHouse, client_for: ClientFor) -> None:
    metrics.BUS_BEGUN_AGAIN.labels("assistance").set(time.time())
    client = client_for(await open_house(PROBE))
    page, ready = (await client.get("/metrics")).text, (await client.get("/readyz")).json()
    shown = status.summarise([status.Answer("http://here", status._samples(page), ready["not_ready"])])
    metrics.BUS_BEGUN_AGAIN.labels("assistance").set(0)
    assert [line for line in status.table(shown).splitlines() if "first record" in line and "assistance" in line]
