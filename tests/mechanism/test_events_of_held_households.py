"""Somebody holds the rows of one household: events of all others have their effect, and its own have theirs later."""

import asyncio
import time
from typing import Any

import sqlalchemy as sa

from services.assistance.app import ASSISTANCE
from services.monitoring.app import MONITORING
from shared.bus.dead_letters import count_dead_letters
from shared.codes.monitoring import IncomeBranch
from shared.contracts.employment import WageCredited
from shared.db.unit_of_work import Reading
from shared.house import House
from shared.ids import derived_id
from shared.months import parse_month
from tests.builders import REGION, TODAY, household, published_as, risk_raised, risk_updated
from tests.conftest import ClientFor, OpenHouse
from tests.mechanism.bad_networks import holding
from tests.mechanism.probe import BOUND_SECONDS, ON_POSTGRESQL

pytestmark = ON_POSTGRESQL
CODES = [f"DJ-{number:04d}" for number in range(1, 13)]
HELD, *FREE = CODES


def versions(reading: Reading) -> dict[str, int]:
    rows = reading.connection.execute(sa.text("SELECT household_code, risk_version FROM task ORDER BY household_code"))
    return {row.household_code: row.risk_version for row in rows}


def credited(reading: Reading) -> dict[str, int]:
    counted = "SELECT household_code, count(*) AS number FROM fact GROUP BY household_code ORDER BY household_code"
    return {row.household_code: row.number for row in reading.connection.execute(sa.text(counted))}


async def until_equal(house: House, query: Any, expected: dict[str, int], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while (found := await house.database.read(query)) != expected:
        assert time.monotonic() < deadline, f"{found} instead of {expected}"
        await asyncio.sleep(0.05)


async def nothing_is_aside(house: House) -> bool:
    return not any((await house.database.read(count_dead_letters)).values())


async def test_tasks_of_other_households_follow_their_risks(open_house: OpenHouse) -> None:
    house = await open_house(ASSISTANCE, background=True)
    await house.transport.publish([published_as(risk_raised(household_code=code)) for code in CODES])
    await until_equal(house, versions, dict.fromkeys(CODES, 1), BOUND_SECONDS)
    async with holding(house, f"SELECT 1 FROM task WHERE household_code = '{HELD}' FOR UPDATE"):
        for version in (2, 3):
            changes = [risk_updated(version, household_code=code) for code in CODES]
            await house.transport.publish([published_as(change) for change in changes])
        await until_equal(house, versions, dict.fromkeys(FREE, 3) | {HELD: 1}, BOUND_SECONDS)
        assert (await house.database.read(count_dead_letters))["dead"] == 0
    await until_equal(house, versions, dict.fromkeys(CODES, 3), BOUND_SECONDS)
    assert await nothing_is_aside(house)


async def test_credits_of_other_households_come_home(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(MONITORING, background=True)
    client = client_for(house)
    for code in CODES:
        assert (await client.put(f"/monitoring/v1/households/{code}", json=household())).status_code == 201
    async with holding(house, f"SELECT 1 FROM household WHERE code = '{HELD}' FOR UPDATE"):
        for place in range(2):
            await house.transport.publish([published_as(credit(code, place)) for code in CODES])
        await until_equal(house, credited, dict.fromkeys(FREE, 2), BOUND_SECONDS)
    await until_equal(house, credited, dict.fromkeys(CODES, 2), BOUND_SECONDS)
    assert await nothing_is_aside(house)


def credit(code: str, place: int) -> WageCredited:
    return WageCredited(
        credit_id=derived_id("credit", code, str(place)),
        household_code=code,
        region_code=REGION,
        member_no=1,
        branch=IncomeBranch.WAGE,
        month=parse_month("2026-09"),
        amount=100000,
        credited_on=TODAY,
        supersedes=None,
    )
