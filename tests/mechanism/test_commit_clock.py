"""Whoever asks for what was changed after the latest moment seen misses nothing, whatever writes beside it."""

import asyncio
import contextlib
import datetime as dt

import pytest
import sqlalchemy as sa

from shared.clock import SystemClock
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.house import House
from tests.conftest import OpenHouse
from tests.mechanism.probe import PROBE, Boom

WRITERS, ROUNDS, ROWS = 6, 8, 3
_AUDIT = PROBE.system_tables.audit


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    return await open_house(PROBE)


def change(uow: UnitOfWork, rows: int) -> list[dt.datetime]:
    """Change some rows; the audit keeps what moments they were given."""
    given = [uow.stamp() for _ in range(rows)]
    for moment in given:
        uow.audit("changed", moment.isoformat())
    return given


def changed_after(reading: Reading, moment: dt.datetime) -> list[dt.datetime]:
    rows = reading.connection.scalars(sa.select(_AUDIT.c.subject).order_by(_AUDIT.c.subject))
    return [found for text in rows if (found := dt.datetime.fromisoformat(text)) > moment]


async def test_a_poller_misses_no_row_of_writers_that_overlap(house: House) -> None:
    given: list[dt.datetime] = []
    seen: list[dt.datetime] = []

    async def write() -> None:
        for _ in range(ROUNDS):
            given.extend(await house.database.write(change, ROWS))

    writing = asyncio.gather(*(write() for _ in range(WRITERS)))
    latest = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
    while True:
        ended = writing.done()
        found = await house.database.read(changed_after, latest)
        seen += found
        latest = max([latest, *found])
        if ended:
            break
    await writing
    assert sorted(seen) == sorted(given)
    assert len(set(given)) == WRITERS * ROUNDS * ROWS


async def test_moments_go_on_when_the_clock_of_the_machine_goes_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    [before] = await house.database.write(change, 1)
    earlier = before - dt.timedelta(minutes=5)
    monkeypatch.setattr(SystemClock, "now", lambda _: earlier)
    [after] = await house.database.write(change, 1)
    assert before < after < before + dt.timedelta(seconds=1)


def stamp_and_fail(uow: UnitOfWork) -> None:
    uow.stamp()
    raise Boom


async def test_a_savepoint_that_is_rolled_back_gives_its_moment_back(house: House) -> None:
    def fail_then_change(uow: UnitOfWork) -> list[dt.datetime]:
        with contextlib.suppress(Boom), uow.savepoint():
            stamp_and_fail(uow)
        return change(uow, 2)

    given = await house.database.write(fail_then_change)
    [later] = await house.database.write(change, 1)
    assert given[0] < given[1] < later


@pytest.mark.parametrize("rows", [1, 64, 65, 1000])
async def test_a_moment_is_later_than_all_those_of_a_change_of_many_rows(
    house: House, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = SystemClock().now()
    monkeypatch.setattr(SystemClock, "now", lambda _: at_once)
    given = await house.database.write(change, rows)
    [later] = await house.database.write(change, 1)
    assert given == sorted(set(given))
    assert given[-1] < later
