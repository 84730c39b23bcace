"""Names and identity numbers are sealed: a stolen database tells none, and a value opens in its own row only."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic import command

from services.demo.households import DEMO_HOUSEHOLDS, household_document
from services.monitoring.app import MONITORING
from services.monitoring.households.commands.register import put_household
from services.monitoring.households.schemas import HouseholdIn
from services.monitoring.models.persons import FormerMember, Member
from services.monitoring.persons.store import MEMBERS
from shared.db.base import table_of
from shared.db.migrate import alembic_config, migrate
from shared.db.rows import insert_rows
from shared.db.sealing_keys import look_at_keys
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.jobs.commands import start_job
from shared.jobs.resealing import KEY_ROTATION
from shared.jobs.running import run_part, run_to_the_end
from shared.operations import OPERATOR
from shared.security.actor import Actor
from shared.security.keyring import KeyRingRefused, add_key, key_of
from shared.security.vault import Vault
from tests.builders import HOUSEHOLD, household, illness_fact, member
from tests.conftest import ClientFor, OpenHouse
from tests.databases import Databases
from tests.houses.monitoring.builders import Monitoring, correction, open_monitoring
from tests.keyrings import vault_in
from tests.logged import Logged
from tests.stolen import read_in, stolen

ANOTHER_ILLNESS = "胰腺恶性肿瘤"
FIRST_ID, SECOND_ID = "110101198005010018", "110101198203120023"
PROVINCE = Actor("province", frozenset({"monitoring:pii"}), ("52",))
MANY = 6000
SECONDS = 60


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    return await open_monitoring(open_house, client_for)


def two_members(**first: Any) -> dict[str, Any]:
    spouse = member(2, name="李小红", relation="spouse", sex="F", birth_date="1982-03-12", id_number=SECOND_ID)
    return household([member(1, **{"name": "王小明", "id_number": FIRST_ID} | first), spouse])


def keys_of(reading: Reading) -> set[str]:
    """The keys by which something of the members is sealed."""
    rows = reading.connection.execute(sa.select(table_of(Member))).mappings().all()
    return {key_of(row[name]) for row in rows for name in ("name", "id_number", "id_number_index") if row[name]}


async def test_whoever_steals_the_database_reads_no_name_and_no_identity_number(monitoring: Monitoring) -> None:
    bodies = {one.code: household_document(one) for one in DEMO_HOUSEHOLDS}
    for code, body in bodies.items():
        assert (await monitoring.put(body, code)).status_code == 201
        fewer = body | {"members": body["members"][:1]}
        assert (await monitoring.put(fewer, code)).status_code == 200
        assert (await monitoring.put(body, code)).status_code == 200
    people = [one for body in bodies.values() for one in body["members"]]
    shown = [one for code in bodies for one in (await monitoring.get(f"households/{code}"))["members"]]
    assert [(one["name"], one["id_number"]) for one in shown] == [(one["name"], one["id_number"]) for one in people]

    ill = illness_fact() | {"household_code": DEMO_HOUSEHOLDS[0].code}
    await monitoring.record(ill, correction(ill, "right", name=ANOTHER_ILLNESS))
    names = {fact["payload"]["name"] for fact in (await monitoring.get("facts"))["items"]}
    assert names == {ill["payload"]["name"], ANOTHER_ILLNESS}

    found = await stolen(monitoring.house)
    assert read_in(found, [DEMO_HOUSEHOLDS[0].code]), "it is the right database"
    assert read_in(found, [text for one in people for text in (one["name"], one["id_number"])]) == set()
    assert read_in(found, names) == set()


async def test_a_value_moved_to_another_row_or_column_does_not_open(monitoring: Monitoring, logged: Logged) -> None:
    await monitoring.put(two_members())
    members = table_of(Member)

    def move(uow: UnitOfWork, column: str, from_no: int, to_no: int, to_column: str) -> None:
        moved = uow.connection.scalar(sa.select(members.c[column]).where(members.c.member_no == from_no))
        uow.connection.execute(sa.update(members).where(members.c.member_no == to_no).values({to_column: moved}))

    for column, from_no, to_no, to_column in (("id_number", 1, 2, "id_number"), ("name", 2, 2, "id_number")):
        await monitoring.house.database.write(move, column, from_no, to_no, to_column)
        answer = await monitoring.client.get(f"/monitoring/v1/households/{HOUSEHOLD}")
        assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (500, "internal-error")
        assert read_in(answer.content, ["王小明", "李小红", FIRST_ID, SECOND_ID]) == set()
        assert "a sealed value of member.id_number does not open" in logged.text()


async def test_a_number_registered_elsewhere_is_found_also_while_keys_are_rotated(monitoring: Monitoring) -> None:
    await monitoring.put(two_members())
    add_key(_vault(monitoring).path)
    job_id = await monitoring.house.database.write(start_job, KEY_ROTATION, {}, actor=OPERATOR)
    await run_part(monitoring.house.database, monitoring.house.long_work, job_id)
    answer = await monitoring.put(household([member(1, id_number=FIRST_ID)]), "DJ-2")
    assert any(HOUSEHOLD in warning for warning in answer.json()["warnings"]), answer.text
    await monitoring.put(two_members(), "DJ-3")
    while await run_part(monitoring.house.database, monitoring.house.long_work, job_id):
        pass
    [warning] = [one for one in (await monitoring.get("households/DJ-3"))["warnings"] if "DJ-2" in one]
    assert HOUSEHOLD in warning


def _vault(monitoring: Monitoring) -> Vault:
    vault = monitoring.house.database.resources.vault
    assert vault is not None
    return vault


async def test_keys_are_rotated_while_households_are_written(monitoring: Monitoring, client_for: ClientFor) -> None:
    codes = [f"DJ-{number}" for number in range(12)]
    for code in codes:
        await monitoring.put(two_members(), code)
    await monitoring.put(household([member(3, name="张三", id_number=FIRST_ID)]), codes[0])
    database, before = monitoring.house.database, await monitoring.house.database.read(look_at_keys)
    new = add_key(_vault(monitoring).path)
    assert await database.read(keys_of) == {before}

    async def write() -> None:
        for turn in range(2):
            for code in codes[1:]:
                answer = await monitoring.put(two_members(name=f"王小明{turn}"), code)
                assert answer.status_code == 200, answer.text

    rotating = run_to_the_end(database, monitoring.house.long_work, KEY_ROTATION, {}, OPERATOR)
    job, _ = await asyncio.gather(rotating, write())
    assert (job["status"], job["result"]["replaced"]) == ("done", [before])
    assert await database.read(look_at_keys) == new
    assert await database.read(keys_of) <= {before, new}
    again = await run_to_the_end(database, monitoring.house.long_work, KEY_ROTATION, {}, OPERATOR)
    assert (again["status"], await database.read(keys_of)) == ("done", {new})
    for code in codes[1:]:
        assert (await monitoring.get(f"households/{code}"))["members"][0]["name"] == "王小明1"
    former = await database.read(
        lambda reading: reading.connection.scalars(sa.select(table_of(FormerMember).c.id_number)).all()
    )
    assert {key_of(number) for number in former} == {new}
    shown = await client_for(monitoring.house).get(f"/monitoring/v1/jobs/{job['id']}")
    assert (shown.json()["kind"], shown.json()["result"]["key"]) == ("key-rotation", new)


async def test_a_rotation_that_is_killed_goes_on_where_it_stood(
    monitoring: Monitoring, database_url: str, tmp_path: Path
) -> None:
    await monitoring.put(two_members())
    await monitoring.house.database.write(_settle, MANY)
    new = add_key(_vault(monitoring).path)
    environment = os.environ | {
        "SHOUXIAN_ENV": "development",
        "SHOUXIAN_DATABASE_URL": database_url,
        "SHOUXIAN_DATA": str(tmp_path),
    }
    words = [sys.executable, "-m", "services.monitoring", "rotate-keys"]
    process = await asyncio.create_subprocess_exec(*words, env=environment, stdout=subprocess.PIPE)
    async with asyncio.timeout(SECONDS):
        while not await monitoring.house.database.read(_done):
            assert process.returncode is None
            await asyncio.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    await process.communicate()
    done = await monitoring.house.database.read(_done)
    assert 0 < done < MANY
    assert len(await monitoring.house.database.read(keys_of)) == 2
    assert (await monitoring.get(f"households/{HOUSEHOLD}"))["members"][-1]["name"] == f"成员{MANY + 2}"

    job = await run_to_the_end(monitoring.house.database, monitoring.house.long_work, KEY_ROTATION, {}, OPERATOR)
    assert (job["status"], job["done"], job["total"]) == ("done", MANY + 2, MANY + 2)
    assert await monitoring.house.database.read(keys_of) == {new}


def _settle(uow: UnitOfWork, many: int) -> None:
    """More members than a household has, written in one go."""
    rows = [
        {
            "household_code": HOUSEHOLD,
            "member_no": number,
            "person_id": uuid4(),
            "name": f"成员{number}",
            "id_number": None,
            "id_number_index": None,
        }
        for number in range(3, many + 3)
    ]
    table = table_of(Member)
    like = uow.connection.execute(sa.select(table).where(table.c.member_no == 1)).mappings().one()
    insert_rows(uow.connection, table, MEMBERS.seal(uow, [{**like, **row} for row in rows]))


def _done(reading: Reading) -> int:
    return reading.connection.scalar(sa.select(sa.func.max(reading.system_tables.job.c.done))) or 0


BEFORE = """
INSERT INTO household (code, region_code, category, relocated, dibao, registered_on, version, member_count,
                       able_workers, fragile_members, created_at, updated_at)
    VALUES ('DJ-1', '520626001001', 'ordinary', false, false, '2020-01-01', 1, 1, 1, 0,
            '2026-01-01 00:00:00+00:00', '2026-01-01 00:00:00+00:00');
INSERT INTO member (household_code, member_no, person_id, name, relation, sex, birth_date, id_number, labour, health,
                    student)
    VALUES ('DJ-1', {number}, '{person}', '旧人{number}', 'head', 'M', '1980-05-01', {id_number}, 'ordinary', 'healthy',
            false);
INSERT INTO former_member (household_code, member_no, left_version, person_id, sex, birth_date, id_number, left_on)
    VALUES ('DJ-1', {number}, 1, '{person}', 'M', '1980-05-01', {id_number}, '2026-01-01');
INSERT INTO fact (id, source, source_ref, household_code, type, observed_on, payload, content_hash, mode, recorded_at,
                  recorded_by, correlation_id, updated_at)
    VALUES ('{person}', 'hospital', 'r{number}', 'DJ-1', 'illness', '2026-01-01',
            '{{"code":"C25.9","name":"旧病{number}","serious":true,"main_earner":false}}', '{number}', 'live',
            '2026-01-01 00:00:00+00:00', 'tester', 'c', '2026-01-01 00:00:00+00:00');
INSERT INTO idempotency VALUES ('tester', 'k{number}', 'x', 200, '{{"name": "旧人{number}"}}',
                                '2026-01-01 00:00:00+00:00');
"""
OLD = 1003
"""More rows than a migration holds in memory at a time."""


async def test_what_an_earlier_release_kept_in_the_clear_is_sealed_without_a_trace(
    databases: Databases, open_house: OpenHouse, client_for: ClientFor, tmp_path: Path
) -> None:
    await databases.make(MONITORING)
    house = await open_house(MONITORING)
    vault = vault_in(tmp_path)
    first, *rest = BEFORE.strip().rstrip(";").split(";")

    def lay(connection: sa.Connection) -> None:
        command.downgrade(alembic_config(MONITORING.migrations, connection, MONITORING.metadata, vault), "0012")
        connection.exec_driver_sql(first)
        for number in range(1, OLD + 1):
            id_number = f"'{FIRST_ID}'" if number == 1 else "NULL"
            for statement in rest:
                said = statement.format(number=number, person=uuid4().hex, id_number=id_number)
                connection.exec_driver_sql(said)

    await house.database.write(lambda uow: lay(uow.connection))
    old = [FIRST_ID, *(f"旧人{number}" for number in (1, 7, OLD)), *(f"旧病{number}" for number in (1, OLD))]
    assert read_in(await stolen(house), old) == set(old)
    await migrate(databases.url.format(house="monitoring"), MONITORING.migrations, MONITORING.metadata, vault=vault)
    assert read_in(await stolen(house), old) == set()
    after = await open_monitoring(open_house, client_for)
    shown = (await after.get("households/DJ-1"))["members"]
    assert [shown[place]["name"] for place in (0, 6, OLD - 1)] == old[1:4]
    assert shown[0]["id_number"] == FIRST_ID
    told = await after.client.get("/monitoring/v1/facts?household_code=DJ-1&format=csv")
    assert read_in(told.content, old[4:]) == set(old[4:])
    assert await after.house.database.read(_found_among_former) == 1, "who left is found by the same index"
    answer = await after.put(household([member(1, id_number=FIRST_ID)]), "DJ-2")
    assert any("DJ-1" in warning for warning in answer.json()["warnings"]), answer.text

    def back(uow: UnitOfWork) -> list[Any]:
        command.downgrade(alembic_config(MONITORING.migrations, uow.connection, MONITORING.metadata, vault), "0012")
        asked = "SELECT name, id_number FROM member WHERE household_code = 'DJ-1' ORDER BY member_no LIMIT 2"
        answers = "SELECT answer FROM idempotency WHERE key = 'k7'"
        said = "SELECT payload FROM fact WHERE source_ref = 'r7'"
        payload = uow.connection.exec_driver_sql(said).scalar()
        assert (payload if isinstance(payload, dict) else json.loads(str(payload)))["name"] == "旧病7"
        rows = [tuple(row) for row in uow.connection.exec_driver_sql(asked)]
        return [*rows, uow.connection.exec_driver_sql(answers).scalar()]

    assert await house.database.write(back) == [("旧人1", FIRST_ID), ("旧人2", None), '{"name": "旧人7"}']


async def test_without_a_key_ring_nothing_of_an_earlier_release_is_touched(
    databases: Databases, open_house: OpenHouse, tmp_path: Path
) -> None:
    house = await open_house(MONITORING)
    vault = vault_in(tmp_path)
    await house.database.write(
        lambda uow: put_household(uow, HOUSEHOLD, HouseholdIn.model_validate(two_members())), actor=PROVINCE
    )

    def to_before(uow: UnitOfWork) -> None:
        command.downgrade(alembic_config(MONITORING.migrations, uow.connection, MONITORING.metadata, vault), "0012")

    await house.database.write(to_before)
    (tmp_path / "keyring.json").rename(tmp_path / "elsewhere.json")
    url = databases.url.format(house="monitoring")
    with pytest.raises(KeyRingRefused, match="there is no key ring"):
        await migrate(url, MONITORING.migrations, MONITORING.metadata, vault=Vault(tmp_path / "keyring.json"))
    assert await house.database.read(_names) == ["王小明", "李小红"]


def _found_among_former(reading: Reading) -> int:
    by_index = "SELECT count(*) FROM former_member JOIN member USING (id_number_index)"
    return int(reading.connection.exec_driver_sql(by_index).scalar_one())


def _names(reading: Reading) -> list[str]:
    return list(reading.connection.exec_driver_sql("SELECT name FROM member ORDER BY member_no").scalars())
