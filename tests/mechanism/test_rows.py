"""Many rows through one statement: on PostgreSQL they are copied, and what goes wrong with it is known as before."""

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.util import await_only

from shared.codes.operations import JobStatus
from shared.db.base import table_of
from shared.db.database import Database
from shared.db.rows import (
    execute_tuples,
    insert_into,
    insert_rows,
    insert_tuples,
    read_tuples,
    update_tuples,
    upsert_tuples,
)
from shared.db.trouble import is_transient, is_unstorable
from shared.db.unit_of_work import UnitOfWork
from shared.house import House
from tests.builders import NOW
from tests.conftest import OpenHouse
from tests.mechanism.probe import BOUND_SECONDS, ON_POSTGRESQL, PROBE, SYSTEM_TABLES, Boom, Counter, Effect, counters
from tests.mechanism.test_database import another

MANY = 120
"""So many rows are copied, and so few are not."""
FEW = 3
NAMES = [f"n{number:03}" for number in range(MANY)]
ALL_COUNTED = dict.fromkeys(NAMES, 1)
_COUNTERS, _JOBS = table_of(Counter), SYSTEM_TABLES.job
_SELECT_JOBS = sa.select(_JOBS).order_by(_JOBS.c.id)
_SELECT_NO_JOBS = sa.select(_JOBS).where(_JOBS.c.kind == "none")
_RENAME = sa.update(_COUNTERS).where(_COUNTERS.c.name == sa.bindparam("before")).values(name=sa.bindparam("after"))
_END_WAITING_COPIES = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE wait_event_type = 'Lock' AND query LIKE 'COPY %counter%'"
)


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    return await open_house(PROBE)


def count_each(uow: UnitOfWork, names: Sequence[str] = NAMES) -> None:
    """Make a row for each name that has none."""
    known = counters(uow)
    insert_rows(uow.connection, _COUNTERS, [{"name": name, "value": 1} for name in names if name not in known])


def end_waiting_copies(uow: UnitOfWork) -> int:
    return len(uow.connection.exec_driver_sql(_END_WAITING_COPIES).all())


def job(number: int) -> dict[str, Any]:
    """A row of many types: nothing here and there, non-ASCII text, a moment of another zone."""
    zone = dt.timezone(dt.timedelta(hours=8 * (number % 2)))
    return {
        "id": UUID(int=number),
        "kind": "筛查",
        "status": [JobStatus.RUNNING, JobStatus.DONE][number % 2],
        "asked": {"of": [number, None, "王"]},
        "asked_by": f"{number}\t\\N\n",
        "position": None if number % 3 else [number],
        "done": number,
        "total": None if number % 2 else number,
        "result": {},
        "problem": None,
        "correlation_id": "c",
        "created_at": (NOW + dt.timedelta(microseconds=number)).astimezone(zone),
        "started_at": None if number % 2 else NOW,
        "ended_at": None,
    }


@pytest.mark.parametrize("number", [1, FEW, MANY])
async def test_rows_of_every_type_are_read_back_as_they_were_written(house: House, number: int) -> None:
    rows = [job(place) for place in range(number)]
    await house.database.write(lambda uow: insert_rows(uow.connection, _JOBS, rows))
    written = await house.database.read(lambda reading: reading.connection.execute(_SELECT_JOBS).mappings().all())
    assert list(map(dict, written)) == rows
    columns = tuple(rows[0])
    read = await house.database.read(lambda reading: read_tuples(reading.connection, _SELECT_JOBS, {}))
    assert read == [tuple(row[name] for name in columns) for row in rows]
    assert [type(value) for row in read for value in row] == [type(value) for row in written for value in row.values()]


async def test_where_there_are_no_rows_none_are_read_or_written(house: House) -> None:
    def nothing(uow: UnitOfWork) -> list[tuple[Any, ...]]:
        insert_tuples(uow.connection, _COUNTERS, ("name", "value"), [])
        execute_tuples(uow.connection, _RENAME, ("before", "after"), [])
        return read_tuples(uow.connection, _SELECT_NO_JOBS, {})

    assert await house.database.write(nothing) == []


async def test_values_find_their_parameters_in_whatever_order_they_are_given(house: House) -> None:
    await house.database.write(count_each, ["a", "b"])
    for names, rows in ((("before", "after"), [("a", "c")]), (("after", "before"), [("d", "b")])):
        await house.database.write(lambda uow, *given: execute_tuples(uow.connection, _RENAME, *given), names, rows)
    assert await house.database.read(counters) == {"c": 1, "d": 1}


async def test_many_rows_are_numbered_in_the_order_they_were_given(house: House) -> None:
    table = table_of(Effect)

    def write(uow: UnitOfWork) -> None:
        rows = [("DJ-0001", version, UUID(int=version)) for version in reversed(range(MANY))]
        insert_tuples(uow.connection, table, ("household_code", "version", "event_id"), rows)

    await house.database.write(write)
    in_order = sa.select(table.c.version).order_by(table.c.number)
    numbered = await house.database.read(lambda reading: reading.connection.scalars(in_order).all())
    assert numbered == list(reversed(range(MANY)))


async def test_many_rows_that_come_first_are_taken_back_with_their_transaction(house: House) -> None:
    def write(uow: UnitOfWork) -> None:
        insert_rows(uow.connection, _COUNTERS, [{"name": name, "value": 1} for name in NAMES])
        raise Boom

    with pytest.raises(Boom):
        await house.database.write(write)
    assert await house.database.read(counters) == {}


async def test_many_rows_of_a_part_that_failed_are_taken_back_with_it(house: House) -> None:
    def write(uow: UnitOfWork) -> None:
        count_each(uow, NAMES[1:])
        with pytest.raises(sa.exc.IntegrityError), uow.savepoint():
            insert_rows(uow.connection, _COUNTERS, [{"name": name, "value": 2} for name in NAMES])
        count_each(uow)

    await house.database.write(write)
    assert await house.database.read(counters) == ALL_COUNTED


@ON_POSTGRESQL
@pytest.mark.parametrize("value", [2**31, 2**70, "three"], ids=["beyond the column", "beyond any", "of another type"])
async def test_a_value_that_has_no_place_is_refused_among_many_as_among_few(house: House, value: Any) -> None:
    for number in (FEW, MANY):
        rows = [{"name": name, "value": value} for name in NAMES[:number]]
        with pytest.raises(sa.exc.DBAPIError) as refused:
            await house.database.write(lambda uow, rows: insert_rows(uow.connection, _COUNTERS, rows), rows)
        assert is_unstorable(refused.value)
        assert not is_transient(refused.value)
    await house.database.write(count_each)
    assert await house.database.read(counters) == ALL_COUNTED, "the connection goes on"


@ON_POSTGRESQL
@pytest.mark.parametrize("kind", ["k" * 33, "k\x00"], ids=["too long", "a character without a place"])
async def test_a_text_that_has_no_place_is_refused_among_many_as_among_few(house: House, kind: str) -> None:
    for number in (FEW, MANY):
        rows = [job(place) | {"kind": kind} for place in range(number)]
        with pytest.raises(sa.exc.DBAPIError) as refused:
            await house.database.write(lambda uow, rows: insert_rows(uow.connection, _JOBS, rows), rows)
        assert is_unstorable(refused.value)


@ON_POSTGRESQL
async def test_many_rows_of_which_another_wrote_one_first_are_written_again_without_it(house: House) -> None:
    other, attempts = another(house), 0

    def command(uow: UnitOfWork) -> None:
        nonlocal attempts
        attempts += 1
        known = counters(uow)
        if attempts == 1:
            await_only(other.write(count_each, NAMES[-1:]))
        insert_rows(uow.connection, _COUNTERS, [{"name": name, "value": 1} for name in NAMES if name not in known])

    await house.database.write(command)
    await other.close()
    assert attempts == 2
    assert await house.database.read(counters) == ALL_COUNTED


@ON_POSTGRESQL
async def test_two_copies_that_wait_for_each_other_are_both_done(house: House) -> None:
    both_hold_one, attempts = asyncio.Barrier(2), 0
    middle = MANY // 2

    def take(first: Sequence[str], second: Sequence[str]) -> Any:
        def command(uow: UnitOfWork) -> None:
            nonlocal attempts
            attempts += 1
            count_each(uow, first)
            if attempts <= 2:
                await_only(both_hold_one.wait())
            count_each(uow, second)

        return command

    halves = NAMES[:middle], NAMES[middle:]
    async with asyncio.timeout(BOUND_SECONDS):
        await asyncio.gather(house.database.write(take(*halves)), house.database.write(take(*reversed(halves))))
    assert attempts > 2, "the one that was chosen as the victim ran again"
    assert await house.database.read(counters) == ALL_COUNTED


@contextlib.asynccontextmanager
async def last_name_held(database: Database) -> AsyncIterator[None]:
    """Have a transaction that is taken back at the end hold the last of the names."""
    holds, let_go = asyncio.Event(), asyncio.Event()

    def hold(uow: UnitOfWork) -> None:
        count_each(uow, NAMES[-1:])
        holds.set()
        await_only(let_go.wait())
        raise Boom

    holding = asyncio.create_task(database.write(hold))
    await holds.wait()
    try:
        yield
    finally:
        let_go.set()
        with pytest.raises(Boom):
            await holding


async def end_the_copy(database: Database) -> None:
    """Have the server end the connection on which a COPY waits for a row of another transaction."""
    async with asyncio.timeout(BOUND_SECONDS):
        while not await database.write(end_waiting_copies):
            await asyncio.sleep(0.01)


@ON_POSTGRESQL
async def test_a_connection_lost_in_the_middle_of_a_copy_leaves_nothing_and_the_command_runs_again(
    house: House,
) -> None:
    other = another(house)
    async with last_name_held(other):
        writing = asyncio.create_task(house.database.write(count_each))
        await end_the_copy(other)
        assert await other.read(counters) == {}
    await writing
    await other.close()
    assert await house.database.read(counters) == ALL_COUNTED


@ON_POSTGRESQL
async def test_a_copy_whose_connection_is_lost_again_and_again_is_trouble_that_may_pass(house: House) -> None:
    other = another(house)
    async with last_name_held(other):
        writing = asyncio.create_task(house.database.write(count_each))
        while not writing.done():
            await other.write(end_waiting_copies)
            await asyncio.sleep(0.01)
        with pytest.raises(sa.exc.DBAPIError) as lost:
            await writing
    await other.close()
    assert is_transient(lost.value), "a caller hears 503, a reader of events waits"
    assert await house.database.read(counters) == {}


_CHANGED = ("status", "asked", "asked_by", "position", "total", "started_at")


@pytest.mark.parametrize("number", [1, MANY])
async def test_each_row_is_changed_to_its_own_values(house: House, number: int) -> None:
    before, after = [job(place) for place in range(number)], [job(place + 1) for place in range(number)]
    rows = [(*(new[name] for name in _CHANGED), old["id"]) for old, new in zip(before, after, strict=True)]

    def write(uow: UnitOfWork) -> None:
        insert_rows(uow.connection, _JOBS, before)
        update_tuples(uow.connection, _JOBS, "id", _CHANGED, rows)

    await house.database.write(write)
    stored = await house.database.read(lambda reading: reading.connection.execute(_SELECT_JOBS).mappings().all())
    changed = [old | {name: new[name] for name in _CHANGED} for old, new in zip(before, after, strict=True)]
    assert list(map(dict, stored)) == changed


@pytest.mark.parametrize("number", [1, MANY])
async def test_what_is_there_is_added_to_and_what_is_not_is_made(house: House, number: int) -> None:
    def write(uow: UnitOfWork, rows: Sequence[tuple[str, int]]) -> None:
        adding = insert_into(_COUNTERS, uow.connection.dialect.name)
        added = {"value": _COUNTERS.c.value + adding.excluded.value}
        statement = adding.on_conflict_do_update(index_elements=["name"], set_=added)
        upsert_tuples(uow.connection, statement, ("name", "value"), rows)

    rows = [(name, place) for place, name in enumerate(NAMES[:number])]
    await house.database.write(write, rows[: number // 2])
    await house.database.write(write, rows)
    half = number // 2
    expected = {name: 2 * place if place < half else place for name, place in rows}
    assert await house.database.read(counters) == expected
