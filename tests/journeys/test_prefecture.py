"""The prefecture that the bench measures is one that the houses themselves could have come to.

That its rows are those of commands is asked in `test_population.py`.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa

from services.assistance.app import ASSISTANCE
from services.assistance.models import Task
from services.monitoring.app import MONITORING
from services.monitoring.households.queries import verdicts
from services.monitoring.models.risks import Risk
from services.monitoring.recomputes.commands import prove_ledger
from services.population.prefecture import Prefecture
from shared.codes.monitoring import RiskKind, RiskStatus
from shared.db.base import table_of
from shared.db.database import Database
from shared.db.unit_of_work import Reading
from shared.house import House, HouseDefinition
from shared.lists.query import ListQuery
from shared.security.keyring import ensure_ring
from shared.settings import Settings
from tests.conftest import ClientFor, OpenHouse
from tests.databases import Databases
from tests.houses.monitoring.builders import Monitoring
from tests.load.county import TODAY
from tests.load.cpu import of_this_process
from tests.load.lists import OF_ASSISTANCE, OF_MONITORING, measured_lists
from tests.load.settling import settle
from tests.load.stage import database

HOUSEHOLDS = 300
PREFECTURE = Prefecture(HOUSEHOLDS, TODAY)
_RISKS, _TASKS = table_of(Risk), table_of(Task)
Row = Mapping[Any, Any]


@pytest.fixture
async def settled(databases: Databases, settings: Settings, open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    for definition in (MONITORING, ASSISTANCE):
        await databases.make(definition)
    ring = settings.keyring_path
    ensure_ring(ring)

    def opened(house: HouseDefinition, day: dt.date) -> Database:
        return database(house, settings.database_url_of(house.name), day, keyring=ring)

    await settle(PREFECTURE, opened)
    house = await open_house(MONITORING, today=TODAY)
    return Monitoring(house, client_for(house))


async def rows_of(house: House, table: sa.Table) -> list[Row]:
    def rows(reading: Reading) -> list[Row]:
        return list(reading.connection.execute(sa.select(table)).mappings())

    return await house.database.read(rows)


async def test_the_ledger_is_what_the_facts_say_the_risks_are_those_of_the_rules_and_each_has_its_task(
    settled: Monitoring, open_house: OpenHouse
) -> None:
    proved, differences = await settled.house.database.write(prove_ledger, "", 1000)
    assert (len(proved), differences) == (HOUSEHOLDS, [])
    risks = [row for row in await rows_of(settled.house, _RISKS) if row["status"] is RiskStatus.OPEN]
    found = set()
    for home in PREFECTURE.homes():
        said = await settled.house.database.read(verdicts, home.code, None)
        found |= {(home.code, one.kind, one.grade) for one in said.verdicts if one.outcome == "fires"}
    assert {(row["household_code"], row["kind"], row["grade"]) for row in risks} == found
    of_money = {RiskKind.BELOW_LINE, RiskKind.INCOME_DROP, RiskKind.RIGID_EXPENSE, RiskKind.NEW_ILLNESS}
    assert {kind for _, kind, _ in found} > of_money
    assert 0.06 < len({code for code, _, _ in found}) / HOUSEHOLDS < 0.12
    assistance = await open_house(ASSISTANCE, today=TODAY)
    tasks = await rows_of(assistance, _TASKS)
    assert {row["risk_id"] for row in tasks} == {row["id"] for row in risks}
    assert any(row["due_on"] < TODAY for row in tasks)


async def test_every_list_is_asked_for_with_every_filter_it_has(settled: Monitoring, open_house: OpenHouse) -> None:
    """A filter that the bench has no values for would go unmeasured; here it fails."""
    assistance = await open_house(ASSISTANCE, today=TODAY)
    for house, lists in ((settled.house, OF_MONITORING), (assistance, OF_ASSISTANCE)):
        measured = await measured_lists("", house.database, lists, of_this_process, 1, 2)
        asked = {figure.path for figure in measured}
        for wanted in lists:
            filters = wanted.model.model_fields.keys() - ListQuery.model_fields.keys() - {"region_code"}
            assert all(any(path.startswith(f"{wanted.name}: {name}") for path in asked) for name in filters)
