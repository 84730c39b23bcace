"""Each database keeps writers apart in its own way; neither loses an update, and readers go on."""

import asyncio
import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from deploy.local.ports import free_port
from shared import metrics
from shared.db.database import Database
from shared.db.trouble import DatabaseUnreachable, is_transient
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.house import House
from tests.conftest import ClientFor, OpenHouse
from tests.logged import Logged
from tests.mechanism.probe import BOUND_SECONDS, ON_POSTGRESQL, ON_SQLITE, PROBE, Counter, count_up, counters, measured


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    return await open_house(PROBE)


def another(house: House) -> Database:
    """The same database as another process has it."""
    return Database(house.settings.database_url_of(PROBE.name), house.database.resources)


async def test_concurrent_writers_lose_no_update(house: House) -> None:
    other = another(house)
    await house.database.write(count_up, "shared")
    await asyncio.gather(*(database.write(count_up, "shared") for database in (house.database, other) * 25))
    await other.close()
    assert await house.database.read(counters) == {"shared": 51}


async def test_two_who_make_the_same_row_at_once_both_count(house: House) -> None:
    other = another(house)
    await asyncio.gather(*(database.write(count_up, "new") for database in (house.database, other) * 3))
    await other.close()
    assert await house.database.read(counters) == {"new": 6}


@ON_SQLITE
async def test_readers_go_on_while_a_writer_holds_its_transaction_open(house: House) -> None:
    await house.database.write(count_up, "before")
    writing, finish = threading.Event(), threading.Event()

    def hold(uow: UnitOfWork) -> None:
        count_up(uow, "after")
        uow.session.flush()
        writing.set()
        assert finish.wait(BOUND_SECONDS)

    writer = asyncio.create_task(house.database.write(hold))
    assert await asyncio.to_thread(writing.wait, BOUND_SECONDS)
    async with asyncio.timeout(BOUND_SECONDS):
        seen = await asyncio.gather(*(house.database.read(counters) for _ in range(20)))
    finish.set()
    await writer
    assert seen == [{"before": 1}] * 20
    assert await house.database.read(counters) == {"before": 1, "after": 1}


async def test_a_reader_refuses_to_write(house: House) -> None:
    def write(reading: Reading) -> None:
        reading.connection.execute(sa.insert(Counter).values(name="sneaked in", value=1))

    if house.database.is_sqlite:
        with pytest.raises(sa.exc.OperationalError, match="readonly"):
            await house.database.read(write)
    else:
        await house.database.read(write)
    assert await house.database.read(counters) == {}, "a read is never committed"


@ON_POSTGRESQL
async def test_a_deadlock_is_run_again_and_both_commands_are_done(house: House) -> None:
    for name in ("a", "b"):
        await house.database.write(count_up, name)
    both_hold_one = asyncio.Barrier(2)
    attempts: list[str] = []
    metrics.FACTS.clear()

    def take(first: str, second: str) -> Callable[[UnitOfWork], None]:
        def command(uow: UnitOfWork) -> None:
            attempts.append(first)
            count_up(uow, first)
            uow.session.flush()
            if attempts.count(first) == 1:
                sa.util.await_only(both_hold_one.wait())
            count_up(uow, second)
            uow.count_after_commit(metrics.FACTS.labels("probe", first))

        return command

    async with asyncio.timeout(BOUND_SECONDS):
        await asyncio.gather(house.database.write(take("a", "b")), house.database.write(take("b", "a")))
    assert await house.database.read(counters) == {"a": 3, "b": 3}
    assert len(attempts) == 3, "the one that was chosen as the victim ran again"
    assert measured() == {"a": 1, "b": 1}


@ON_POSTGRESQL
async def test_a_serialization_failure_is_run_again(house: House) -> None:
    await house.database.write(count_up, "x")
    attempts = 0

    def command(uow: UnitOfWork) -> None:
        nonlocal attempts
        attempts += 1
        uow.connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
        value: int = uow.connection.execute(sa.select(Counter.metadata.tables["counter"].c.value)).scalar_one()
        if attempts == 1:
            sa.util.await_only(another_writes())
        uow.connection.execute(sa.update(Counter).values(value=value + 1))

    async def another_writes() -> None:
        await house.database.write(count_up, "x")

    await house.database.write(command)
    assert attempts == 2
    assert await house.database.read(counters) == {"x": 3}


async def test_what_cannot_pass_is_not_run_again(house: House) -> None:
    attempts = 0

    def command(uow: UnitOfWork) -> None:
        nonlocal attempts
        attempts += 1
        uow.connection.exec_driver_sql("SELECT no_such_column FROM counter")

    with pytest.raises(sa.exc.DBAPIError):
        await house.database.write(command)
    assert attempts == 1


async def test_commands_commit_in_the_order_their_listeners_hear_of(house: House) -> None:
    heard: list[str] = []
    house.database.on_commit(lambda uow: heard.append(uow.actor.id))

    def value(uow: UnitOfWork) -> int:
        return count_up(uow, "x")

    values = [await house.database.write(value) for _ in range(5)]
    assert values == [1, 2, 3, 4, 5]
    assert heard == ["system"] * 5


async def test_closing_leaves_no_thread_and_no_file_open(house: House) -> None:
    before = set(threading.enumerate())
    database = another(house)
    await database.write(count_up, "x")
    await asyncio.gather(*(database.read(counters) for _ in range(6)))
    await database.close()

    async with asyncio.timeout(BOUND_SECONDS):
        while set(threading.enumerate()) - before:
            await asyncio.sleep(0.01)
    if house.database.is_sqlite:
        assert await house.database.read(counters) == {"x": 1}


@ON_SQLITE
async def test_closing_waits_for_the_command_that_runs(house: House) -> None:
    database = another(house)
    started, finish = threading.Event(), threading.Event()

    def slow(uow: UnitOfWork) -> None:
        started.set()
        assert finish.wait(BOUND_SECONDS)
        count_up(uow, "finished")

    writing = asyncio.create_task(database.write(slow))
    await asyncio.to_thread(started.wait, BOUND_SECONDS)
    closing = asyncio.create_task(database.close())
    finish.set()
    await closing
    await writing
    assert await house.database.read(counters) == {"finished": 1}


@ON_POSTGRESQL
async def test_a_database_that_is_not_there_is_unreachable(house: House) -> None:
    url = sa.make_url(house.settings.database_url_of(PROBE.name))
    for broken in (url.set(port=free_port()), url.set(database="nobody_made_this")):
        database = Database(broken.render_as_string(hide_password=False), house.database.resources)
        for attempt in (database.write(count_up, "x"), database.read(counters)):
            with pytest.raises(DatabaseUnreachable) as caught:
                await attempt
            assert is_transient(caught.value)
        await database.close()


@ON_POSTGRESQL
async def test_a_caller_hears_503_while_the_database_is_away(
    house: House, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_for(house)
    assert (await client.get("/probe/v1/counters")).status_code == 200
    gone = Database(
        sa.make_url(house.settings.database_url_of(PROBE.name))
        .set(port=free_port())
        .render_as_string(hide_password=False),
        house.database.resources,
    )
    monkeypatch.setattr(house, "database", gone)
    for answer in (
        await client.get("/probe/v1/counters"),
        await client.post("/probe/v1/counters", json={"name": "x"}),
    ):
        assert answer.status_code == 503
        assert answer.json()["type"] == "urn:problem:probe:database-unreachable"
    ready = await client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["not_ready"] == {"probe": ["database: Connection refused"]}
    await gone.close()


@ON_POSTGRESQL
async def test_connections_that_were_cut_are_replaced(house: House) -> None:
    await asyncio.gather(*(house.database.read(counters) for _ in range(5)))
    await asyncio.gather(*(house.database.write(count_up, name) for name in "abcde"))
    other = another(house)

    def cut(uow: UnitOfWork) -> None:
        uow.connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    await other.write(cut)
    await other.close()
    assert await asyncio.gather(*(house.database.write(count_up, name) for name in "abcde")) == [2] * 5
    assert await asyncio.gather(*(house.database.read(counters) for _ in range(5))) == [dict.fromkeys("abcde", 2)] * 5


def transient_errors() -> list[Any]:
    class Locked(Exception):
        sqlstate = "55P03"

    class Down(Exception):
        sqlstate = "57P01"

    class Wrong(Exception):
        sqlstate = "42703"

    return [
        (sa.exc.DBAPIError("", None, Locked()), True),
        (sa.exc.DBAPIError("", None, Down()), True),
        (sa.exc.DBAPIError("", None, Wrong()), False),
        (sa.exc.OperationalError("", None, Exception("database is locked")), True),
        (sa.exc.IntegrityError("", None, Exception("twice")), False),
        (sa.exc.TimeoutError(), True),
        (ConnectionResetError(), True),
        (ValueError(), False),
    ]


@pytest.mark.parametrize(("error", "passes"), transient_errors())
def test_trouble_that_may_pass_is_told_from_trouble_that_stays(error: Exception, passes: bool) -> None:
    assert is_transient(error) is passes


@ON_POSTGRESQL
async def test_a_connection_the_server_closed_is_not_taken_from_the_pool(house: House, logged: Logged) -> None:
    await house.database.read(counters)
    other = another(house)

    def cut(uow: UnitOfWork) -> None:
        uow.connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    await other.write(cut)
    await other.close()
    await asyncio.sleep(0)
    assert await house.database.read(counters) == {}
    assert logged.lines("retry.scheduled") == [], "it is noticed when it is taken, not when it fails"


async def test_a_time_without_a_zone_is_not_stored(house: House) -> None:
    def write_audit(uow: UnitOfWork, at: dt.datetime) -> None:
        row = {"at": at, "actor": "a", "action": "b", "subject": "c", "correlation_id": "d"}
        uow.connection.execute(sa.insert(uow.system_tables.audit).values(row))

    def times(reading: Reading) -> list[dt.datetime]:
        return list(
            reading.connection.scalars(
                sa.select(reading.system_tables.audit.c.at).order_by(reading.system_tables.audit.c.seq)
            )
        )

    moment = dt.datetime(2026, 11, 16, 10, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    await house.database.write(write_audit, moment)
    with pytest.raises(sa.exc.StatementError, match="without a time zone"):
        await house.database.write(write_audit, moment.replace(tzinfo=None))
    [stored] = await house.database.read(times)
    assert (stored, stored.utcoffset()) == (moment, dt.timedelta(0))
