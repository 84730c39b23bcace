"""A region is a range of codes: it holds what begins with it and nothing else, and an index serves it if that helps."""

from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from services.assistance.app import ASSISTANCE
from services.assistance.models import Task
from services.assistance.tasks.queries import TaskList, tasks
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.db.within import lies_in
from shared.house import House
from shared.security.actor import Actor
from tests.builders import deliver, risk_raised
from tests.conftest import OpenHouse
from tests.mechanism.probe import ON_POSTGRESQL, ON_SQLITE

CODES = (
    "110101001001",
    "519999999999",
    "520000000000",
    "520626001000",
    "520626001001",
    "520626001999",
    "520626002000",
    "520627001001",
    "529999999999",
    "530000000000",
    "990626001001",
    "999999999999",
)
_TASKS = table_of(Task)


def in_region(*regions: str) -> Actor:
    return Actor("somebody", frozenset(), regions)


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    house = await open_house(ASSISTANCE)
    await deliver(house, *(risk_raised(household_code=code, region_code=code, risk_id=uuid4()) for code in CODES))
    return house


@pytest.mark.parametrize(
    "regions",
    [
        ("",),
        ("52",),
        ("5206",),
        ("520626",),
        ("520626001",),
        ("520626001001",),
        ("99",),
        ("999999",),
        ("999999999",),
        ("51", "520626002"),
        ("5206", "520626001", "53"),
        ("00",),
    ],
    ids=repr,
)
async def test_a_region_holds_the_codes_that_begin_with_it(house: House, regions: tuple[str, ...]) -> None:
    actor = in_region(*regions)
    shown = await house.database.read(tasks, TaskList(), actor=actor)
    assert sorted(task.region_code for task in shown.items) == [code for code in CODES if actor.sees(code)]


def plan_of_tasks(reading: Reading, asked: TaskList) -> str:
    """How SQLite finds a page of tasks, in its own words."""
    said: list[tuple[str, Any]] = []

    def hear(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        said.append((statement, parameters))

    sa.event.listen(reading.connection, "before_cursor_execute", hear)
    tasks(reading, asked)
    sa.event.remove(reading.connection, "before_cursor_execute", hear)
    statement, parameters = next(each for each in said if "LIMIT" in each[0])
    steps = reading.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return "\n".join(step.detail for step in steps)


@ON_SQLITE
@pytest.mark.parametrize("region", ["520626001001", "520626001"])
async def test_sqlite_looks_the_rows_of_a_village_and_of_a_township_up(house: House, region: str) -> None:
    plan = await house.database.read(plan_of_tasks, TaskList(region_code=region))
    assert "SEARCH task USING INDEX ix_task_region_code_status (region_code>? AND region_code<?)" in plan


@ON_SQLITE
@pytest.mark.parametrize("region", ["520626", "52"])
async def test_sqlite_walks_along_the_list_for_a_wider_region(house: House, region: str) -> None:
    """A range that it looked up would make it sort every row of a county for one page."""
    plan = await house.database.read(plan_of_tasks, TaskList(region_code=region))
    assert "SCAN task USING INDEX ix_task_opened_at_id" in plan
    assert "TEMP B-TREE" not in plan


def plan_of_region(reading: Reading, prefix: str) -> str:
    """How PostgreSQL finds the tasks of a region where it does not read the whole table."""
    reading.connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
    wanted = sa.select(_TASKS.c.id).where(lies_in(_TASKS.c.region_code, prefix))
    compiled = wanted.compile(reading.connection, compile_kwargs={"literal_binds": True})
    return "\n".join(reading.connection.scalars(sa.text(f"EXPLAIN {compiled}")))


@ON_POSTGRESQL
@pytest.mark.parametrize("region", ["520626001001", "520626001", "520626", "52"])
async def test_postgresql_has_an_index_for_every_region(house: House, region: str) -> None:
    plan = await house.database.read(plan_of_region, region)
    first, following = f"(region_code)::text >= '{region}'::text", f"(region_code)::text < '{int(region) + 1}'::text"
    assert f"Index Cond: (({first}) AND ({following}))" in plan.replace("::character varying", "::text"), plan
