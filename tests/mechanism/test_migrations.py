"""Every house's migrations: up, equal to its models, down, and up again; safe where processes start at once."""

import asyncio
import datetime as dt
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from deploy.local.postgres import PostgresServer
from services.consumption.app import CONSUMPTION
from services.houses import HOUSES
from services.monitoring.app import MONITORING
from shared.db import migrate as migrations
from shared.db.migrate import alembic_config, migrate
from shared.house import HouseDefinition
from tests.keyrings import vault_in

pytestmark = [
    pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index"),
    pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index"),
]
"""SQLite tells nothing about an index over `lower(code)`; that it holds is tried where codes are registered."""
ROOT = Path(__file__).parents[2]
BOUND_SECONDS = 30
AT_ONCE = 2


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database that holds nothing yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/folder/that/is/new/house.sqlite"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = f"empty_{uuid4().hex}"
    await server.create_databases([name])
    return server.url(name)


@asynccontextmanager
async def engine_of(url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(url.replace("sqlite:", "sqlite+aiosqlite:"), poolclass=sa.NullPool)
    yield engine
    await engine.dispose()


async def look(url: str, what: Callable[[sa.Connection], Any]) -> Any:
    async with engine_of(url) as engine, engine.connect() as connection:
        return await connection.run_sync(what)


async def downgrade(url: str, house: HouseDefinition) -> None:
    def to_base(connection: sa.Connection) -> None:
        command.downgrade(alembic_config(house.migrations, connection, house.metadata), "base")

    async with engine_of(url) as engine, engine.begin() as connection:
        await connection.run_sync(to_base)


def differences(house: HouseDefinition) -> Callable[[sa.Connection], list[Any]]:
    def between(connection: sa.Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), house.metadata))

    return between


def tables(connection: sa.Connection) -> set[str]:
    return set(sa.inspect(connection).get_table_names())


@pytest.mark.parametrize("house", HOUSES, ids=lambda house: house.name)
async def test_up_down_and_up_again_ends_at_the_models(house: HouseDefinition, empty_database: str) -> None:
    await migrate(empty_database, house.migrations, house.metadata)
    assert await look(empty_database, differences(house)) == []
    assert await look(empty_database, tables) == {*house.metadata.tables, "alembic_version"}

    await downgrade(empty_database, house)
    assert await look(empty_database, tables) == {"alembic_version"}

    await migrate(empty_database, house.migrations, house.metadata)
    assert await look(empty_database, differences(house)) == []


async def test_processes_that_start_at_once_migrate_once(empty_database: str) -> None:
    program = (
        "import asyncio, sys\n"
        "from services.monitoring.app import MONITORING\n"
        "from shared.db.migrate import migrate\n"
        "print('ready', flush=True)\n"
        "sys.stdin.readline()\n"
        "asyncio.run(migrate(sys.argv[1], MONITORING.migrations, MONITORING.metadata))\n"
    )
    async with asyncio.timeout(BOUND_SECONDS):
        processes = [
            await asyncio.create_subprocess_exec(
                sys.executable, "-c", program, empty_database, cwd=ROOT, stdin=PIPE, stdout=PIPE, stderr=PIPE
            )
            for _ in range(AT_ONCE)
        ]
        for process in processes:
            assert process.stdout is not None
            assert await process.stdout.readline() == b"ready\n"
        finished = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    assert [process.returncode for process in processes] == [0] * AT_ONCE, finished
    assert await look(empty_database, differences(MONITORING)) == []


async def test_a_migration_that_fails_leaves_nothing_behind(empty_database: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "0001_broken.py").write_text(
        "import sqlalchemy as sa\n"
        "from alembic import op\n"
        "revision, down_revision, branch_labels, depends_on = '0001', None, None, None\n"
        "def upgrade():\n"
        "    op.create_table('half', sa.Column('id', sa.Integer(), primary_key=True))\n"
        "    op.create_table('half', sa.Column('id', sa.Integer(), primary_key=True))\n",
        encoding="utf-8",
    )
    with pytest.raises(sa.exc.DBAPIError):
        await migrate(empty_database, broken, sa.MetaData())
    assert await look(empty_database, tables) == set()


async def test_a_long_migration_of_another_process_is_waited_for(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time-out against locked tables must not end the wait for the process that migrates right now."""
    monkeypatch.setattr(migrations, "_LOCK_TIMEOUT", "1ms")
    name = f"empty_{uuid4().hex}"
    await postgres_server.create_databases([name])
    url = postgres_server.url(name)
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    async with engine_of(url) as engine, engine.connect() as other:
        await other.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext("migrations"))))
        second = asyncio.create_task(migrate(url, MONITORING.migrations, MONITORING.metadata))
        async with asyncio.timeout(BOUND_SECONDS):
            while not (second.done() or await other.scalar(waiting)):
                await asyncio.sleep(0.01)
        await other.rollback()
    await second
    assert await look(url, differences(MONITORING)) == []


def names(house: HouseDefinition) -> Callable[[sa.Connection], set[str]]:
    """Every key, index and CHECK of the house's tables by name; a primary key with its columns."""

    def found(connection: sa.Connection) -> set[str]:
        look_up = sa.inspect(connection)
        asked = (
            look_up.get_indexes,
            look_up.get_unique_constraints,
            look_up.get_check_constraints,
            look_up.get_foreign_keys,
        )
        found_keys = [look_up.get_pk_constraint(table) for table in house.metadata.tables]
        keys = {f"{key['name']} ({', '.join(sorted(key['constrained_columns']))})" for key in found_keys}
        return keys | {str(each["name"]) for table in house.metadata.tables for ask in asked for each in ask(table)}

    return found


@pytest.mark.parametrize("house", HOUSES, ids=lambda house: house.name)
async def test_keys_and_checks_are_those_of_the_models_too(house: HouseDefinition, empty_database: str) -> None:
    """What a comparison with the models leaves out."""
    await migrate(empty_database, house.migrations, house.metadata)
    migrated = await look(empty_database, names(house))
    await downgrade(empty_database, house)
    async with engine_of(empty_database) as engine, engine.begin() as connection:
        await connection.run_sync(house.metadata.create_all)
    assert await look(empty_database, names(house)) == migrated


BEFORE_PERSONS = """
INSERT INTO household VALUES ('DJ-1', '520626001001', 'ordinary', false, false, '2020-01-01', 3, 1, 1, 0,
                              '2026-01-01 00:00:00+00:00', '2026-01-01 00:00:00+00:00');
INSERT INTO member VALUES ('DJ-1', 1, '成员', 'head', 'M', '1980-05-01', NULL, 'ordinary', 'healthy', false);
INSERT INTO fact VALUES ('{one}', 's', '1', 'DJ-1', 1, 'illness', '2026-01-01', '{{}}', 'x', 'live', NULL,
                         '2026-01-01 00:00:00+00:00', 'tester', 'c');
INSERT INTO fact VALUES ('{two}', 's', '2', 'DJ-1', 2, 'illness', '2026-01-01', '{{}}', 'x', 'live', NULL,
                         '2026-01-01 00:00:00+00:00', 'tester', 'c');
INSERT INTO illness VALUES ('{one}', 'DJ-1', 1, 'C34', true, false, '2026-01-01');
INSERT INTO illness VALUES ('{two}', 'DJ-1', 2, 'C34', true, false, '2026-01-01');
INSERT INTO medical_month VALUES ('DJ-1', 0, 24312, 100);
INSERT INTO medical_month VALUES ('DJ-1', 1, 24312, 200);
INSERT INTO medical_month VALUES ('DJ-1', 2, 24312, 300);
"""
"""A household whose number 2 has left."""


async def test_what_was_kept_by_member_number_is_kept_by_person(empty_database: str, tmp_path: Path) -> None:
    vault = vault_in(tmp_path)
    await migrate(empty_database, MONITORING.migrations, MONITORING.metadata, "0003")
    ids = {name: uuid4().hex for name in ("one", "two")}
    async with engine_of(empty_database) as engine, engine.begin() as connection:
        for statement in BEFORE_PERSONS.format_map(ids).split(";"):
            if statement.strip():
                await connection.exec_driver_sql(statement)
    await migrate(empty_database, MONITORING.migrations, MONITORING.metadata, vault=vault)

    def ask(statement: str) -> Callable[[sa.Connection], Any]:
        return lambda connection: [tuple(row) for row in connection.exec_driver_sql(statement)]

    [(person,)] = await look(empty_database, ask("SELECT person_id FROM member"))
    told = await look(
        empty_database, ask("SELECT person_id FROM illness ORDER BY person_id = (SELECT person_id FROM member)")
    )
    assert (told[1], told[0] != told[1]) == ((person,), True)
    medical = dict(await look(empty_database, ask("SELECT person_id, self_paid FROM medical_month")))
    assert sorted(medical.values()) == [100, 200, 300]
    assert (medical[person], medical[told[0][0]]) == (200, 300)

    def one_down(connection: sa.Connection) -> None:
        command.downgrade(alembic_config(MONITORING.migrations, connection, MONITORING.metadata, vault), "0003")

    async with engine_of(empty_database) as engine, engine.begin() as connection:
        await connection.run_sync(one_down)
    medical = await look(empty_database, ask("SELECT member_no, self_paid FROM medical_month ORDER BY member_no"))
    assert medical == [(0, 100), (1, 200), (2, 300)]
    assert await look(empty_database, ask("SELECT member_no FROM illness ORDER BY member_no")) == [(1,), (2,)]


BEFORE_EVIDENCE = """
INSERT INTO household (code, region_code, category, relocated, dibao, registered_on, version, member_count,
                       able_workers, fragile_members, created_at, updated_at)
VALUES ('{code}', '520626001001', 'ordinary', false, false, '2020-01-01', 1, 1, 1, 0,
        '2026-01-01 00:00:00+00:00', '2026-01-01 00:00:00+00:00');
INSERT INTO household_window (household_code, anchor, length, net, self_paid, known_mask, previous_net, previous_mask,
                              quarter_net, previous_quarter_net, has_illness, has_medical, has_job_loss)
VALUES ('{code}', 0, 12, 0, 0, 0, 0, 0, 0, 0, {ill}, {treated}, {jobless});
"""
EVIDENCE = {
    "DJ-0": (False, False, False, ""),
    "DJ-1": (True, False, False, "illness"),
    "DJ-2": (False, True, False, "medical_month"),
    "DJ-3": (False, False, True, "job_loss"),
    "DJ-4": (True, True, True, "illness job_loss medical_month"),
}
"""By household: whether it had diagnoses, medical cost and a loss of work, and how its window names them."""


async def test_the_windows_name_the_evidence_that_they_promised(empty_database: str) -> None:
    await migrate(empty_database, MONITORING.migrations, MONITORING.metadata, "0009")
    async with engine_of(empty_database) as engine, engine.begin() as connection:
        for code, (ill, treated, jobless, _) in EVIDENCE.items():
            filled = BEFORE_EVIDENCE.format(code=code, ill=ill, treated=treated, jobless=jobless)
            for statement in filled.split(";")[:-1]:
                await connection.exec_driver_sql(statement)
    await migrate(empty_database, MONITORING.migrations, MONITORING.metadata)

    def kept(*columns: str) -> Callable[[sa.Connection], Any]:
        asked = f"SELECT household_code, {', '.join(columns)} FROM household_window"
        return lambda connection: {code: tuple(row) for code, *row in connection.exec_driver_sql(asked)}

    named = {code: (evidence,) for code, (*_, evidence) in EVIDENCE.items()}
    assert await look(empty_database, kept("evidence")) == named

    def one_down(connection: sa.Connection) -> None:
        command.downgrade(alembic_config(MONITORING.migrations, connection, MONITORING.metadata), "0009")

    async with engine_of(empty_database) as engine, engine.begin() as connection:
        await connection.run_sync(one_down)
    flags = {code: tuple(promised) for code, (*promised, _) in EVIDENCE.items()}
    assert await look(empty_database, kept("has_illness", "has_medical", "has_job_loss")) == flags


KEPT_BY_KEY = """
INSERT INTO household (code, region_code, category, relocated, dibao, registered_on, member_count, able_workers,
                       fragile_members, version, created_at, updated_at)
    VALUES ('DJ-1', '520626001001', 'ordinary', false, false, '2020-01-01', 3, 1, 1, 1,
            '2026-01-01 00:00:00+00:00', '2026-01-01 00:00:00+00:00');
INSERT INTO ledger_month VALUES ('DJ-1', 24312, 100, 200, 300, 400, 50, 60, 7);
INSERT INTO medical_month VALUES ('DJ-1', '{nobody}', 24312, 100);
INSERT INTO household_window (household_code, anchor, length, net, self_paid, known_mask, previous_net, previous_mask,
                              quarter_net, previous_quarter_net, evidence)
    VALUES ('DJ-1', 24312, 12, 1, 2, 3, 4, 5, 6, 7, 'medical_month');
"""


ADDED_LATER = "work_cost"


async def test_the_ledger_that_is_laid_by_its_key_says_what_it_said(empty_database: str) -> None:
    tables = [MONITORING.metadata.tables[name] for name in ("ledger_month", "medical_month", "household_window")]

    def rows(connection: sa.Connection) -> list[list[tuple[Any, ...]]]:
        kept = [[column for column in table.columns if column.name != ADDED_LATER] for table in tables]
        return [[tuple(row) for row in connection.execute(sa.select(*columns))] for columns in kept]

    def row_numbers(connection: sa.Connection) -> list[str]:
        asked = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%WITHOUT ROWID%'"
        found = set(connection.execute(sa.text(asked)).scalars()) if connection.dialect.name == "sqlite" else set()
        return sorted(found & {table.name for table in tables})

    await migrate(empty_database, MONITORING.migrations, MONITORING.metadata, "0011")
    async with engine_of(empty_database) as engine, engine.begin() as connection:
        for statement in KEPT_BY_KEY.format(nobody=uuid4().hex).strip().rstrip(";").split(";"):
            await connection.execute(sa.text(statement))
    before = await look(empty_database, rows)
    assert all(len(found) == 1 for found in before)
    await migrate(empty_database, MONITORING.migrations, MONITORING.metadata)
    assert await look(empty_database, rows) == before
    assert await look(empty_database, row_numbers) == []


BEFORE_MOMENTS = """
INSERT INTO buyer (code, name, client_id, bound_in, version) VALUES ('DG-1', NULL, NULL, NULL, 1);
INSERT INTO buyer (code, name, client_id, bound_in, version) VALUES ('DG-2', NULL, 'canteen', '52', 2);
INSERT INTO audit (seq, at, actor, action, subject, correlation_id)
VALUES (1, '2026-02-01 00:00:00.000000{utc}', 'officer', 'buyer.put', 'DG-2', 'c'),
       (2, '2026-02-02 00:00:00.000000{utc}', 'officer', 'buyer.put', 'DG-2', 'c'),
       (3, '2026-02-03 00:00:00.000000{utc}', 'officer', 'product.put', 'DG-2', 'c');
INSERT INTO measure_request (id, task_id, household_code, region_code, kind, status, requested_at, answered_at,
                             correlation_id)
VALUES ('{one}', '{one}', 'DJ-1', '52', 'purchase', 'requested', '2026-01-01 00:00:00.000000{utc}', NULL, 'c'),
       ('{two}', '{two}', 'DJ-1', '52', 'purchase', 'refused', '2026-01-01 00:00:00.000000{utc}',
        '2026-01-05 00:00:00.000000{utc}', 'c');
"""


async def test_what_was_there_before_moments_has_the_last_one_that_is_known(empty_database: str) -> None:
    """By the audit, by the row itself, or else from the migration on; and it is found by it."""
    began = dt.datetime.now(dt.UTC)
    await migrate(empty_database, CONSUMPTION.migrations, CONSUMPTION.metadata, "0013")
    sqlite = empty_database.startswith("sqlite")
    one, two = (uuid4().hex if sqlite else str(uuid4()) for _ in range(2))
    async with engine_of(empty_database) as engine, engine.begin() as connection:
        for statement in BEFORE_MOMENTS.format(one=one, two=two, utc="" if sqlite else "+00:00").split(";")[:-1]:
            await connection.exec_driver_sql(statement)
    await migrate(empty_database, CONSUMPTION.migrations, CONSUMPTION.metadata)

    def moments(table: str, key: str) -> Callable[[sa.Connection], Any]:
        rows = CONSUMPTION.metadata.tables[table].c
        asked = sa.select(rows[key], rows.updated_at).order_by(rows.updated_at)
        return lambda connection: [tuple(row) for row in connection.execute(asked)]

    known, unknown = await look(empty_database, moments("buyer", "code"))
    assert known == ("DG-2", dt.datetime(2026, 2, 2, tzinfo=dt.UTC))
    assert unknown[0] == "DG-1"
    assert began <= unknown[1] <= dt.datetime.now(dt.UTC)
    requests = await look(empty_database, moments("measure_request", "status"))
    assert [(str(status), moment.day) for status, moment in requests] == [("requested", 1), ("refused", 5)]
