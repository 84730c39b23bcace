"""A database and a release that do not belong together: not ready, nothing consumed, nothing relayed, both named."""

import asyncio
from pathlib import Path

import sqlalchemy as sa

from services.assistance.app import ASSISTANCE
from shared.db.migrate import migrate
from shared.db.revision import release_revision
from shared.db.unit_of_work import Reading, UnitOfWork
from tests.builders import published_as, risk_raised
from tests.conftest import ClientFor, OpenHouse
from tests.logged import Logged
from tests.mechanism.probe import PROBE, emit_numbered, until
from tests.mechanism.test_relay import outbox_is_empty

[HEAD] = release_revision(ASSISTANCE.migrations)


def set_revision(uow: UnitOfWork, revision: str) -> None:
    uow.connection.execute(sa.text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def tasks(reading: Reading) -> int:
    return int(reading.connection.scalar(sa.text("SELECT count(*) FROM task")) or 0)


def forget_the_revision(uow: UnitOfWork) -> None:
    uow.connection.execute(sa.text("DROP TABLE alembic_version"))


async def test_a_database_of_another_release_is_named_at_readiness(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_house(ASSISTANCE)
    client = client_for(house)
    assert (await client.get("/readyz")).status_code == 200
    for break_it, args, found in ((set_revision, ["9999"], "9999"), (forget_the_revision, [], "none")):
        await house.database.write(break_it, *args)
        answer = await client.get("/readyz")
        reason = f"the database is at revision {found}, this release needs {HEAD}"
        assert (answer.status_code, answer.json()["not_ready"]) == (503, {"assistance": [reason]})


async def test_a_worker_takes_up_its_work_once_the_database_is_of_its_release(
    open_house: OpenHouse, logged: Logged
) -> None:
    house = await open_house(ASSISTANCE)
    await house.database.write(set_revision, "0000_of_yesterday")
    await house.transport.publish([published_as(risk_raised())])
    await house.database.write(emit_numbered, 1)
    house.start(background=True)
    await until(lambda: logged.lines("release.differs"))
    assert await house.not_ready() == [f"the database is at revision 0000_of_yesterday, this release needs {HEAD}"]
    assert await house.database.read(tasks) == 0
    assert not await outbox_is_empty(house)
    await house.database.write(set_revision, HEAD)
    await until(lambda: outbox_is_empty(house))

    async def has_a_task() -> bool:
        return await house.database.read(tasks) == 1

    await until(has_a_task)
    assert await house.not_ready() == []


async def test_a_worker_stops_when_the_database_is_migrated_under_it(open_house: OpenHouse) -> None:
    house = await open_house(ASSISTANCE, background=True)
    await until(lambda: house.relay.active)
    await house.database.write(set_revision, "9999_of_tomorrow")
    await until(lambda: not house.relay.active)
    await house.transport.publish([published_as(risk_raised())])
    await asyncio.sleep(0.5)
    assert await house.database.read(tasks) == 0
    await house.database.write(set_revision, HEAD)
    await until(lambda: house.relay.active)


async def test_a_migration_tells_where_it_came_from(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/probe.sqlite"
    [head] = release_revision(PROBE.migrations)
    assert await migrate(url, PROBE.migrations, PROBE.metadata) == (None, head)
    assert await migrate(url, PROBE.migrations, PROBE.metadata) == (head, head)
