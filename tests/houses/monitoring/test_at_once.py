"""Several at once: households are locked first and in one order, whoever writes about them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from shared.codes.monitoring import RiskKind
from tests.builders import HOUSEHOLD, deliver, illness_fact, income_fact
from tests.conftest import ClientFor, OpenHouse
from tests.databases import Databases
from tests.houses.monitoring.builders import WINDOW, Monitoring, open_monitoring, wage_credit
from tests.houses.monitoring.risks.test_task_verdicts import task_closed
from tests.statements import AT_A_CONSOLE

ON_POSTGRES = pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
LATER = "DJ-0002"
BOUND_SECONDS = 30


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.put()
    await found.put(code=LATER)
    await found.record(illness_fact(), illness_fact("I21", household_code=LATER))
    return found


@asynccontextmanager
async def holding(databases: Databases, code: str) -> AsyncIterator[AsyncConnection]:
    """Another transaction that holds a household; ended with the block."""
    url = databases.url.format(house="monitoring").replace("postgresql:", "postgresql+asyncpg:")
    engine = create_async_engine(url, poolclass=sa.NullPool, execution_options={AT_A_CONSOLE: True})
    async with engine.connect() as other:
        held = sa.text("SELECT code FROM household WHERE code = :code FOR UPDATE")
        await other.execute(held, {"code": code})
        yield other
    await engine.dispose()


async def _until_somebody_waits(other: AsyncConnection, doing: "asyncio.Task[Any]") -> None:
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    async with asyncio.timeout(BOUND_SECONDS):
        while not (doing.done() or await other.scalar(waiting)):
            await asyncio.sleep(0.02)
    assert not doing.done(), "it did not wait for the household"


async def _is_free(other: AsyncConnection, query: str) -> None:
    """Fails where somebody else holds one of the rows."""
    await other.execute(sa.text(f"{query} FOR UPDATE NOWAIT"))


@ON_POSTGRES
async def test_a_verdict_takes_its_household_before_the_risk(monitoring: Monitoring, databases: Databases) -> None:
    async with holding(databases, HOUSEHOLD) as other:
        verdict = asyncio.create_task(deliver(monitoring.house, task_closed(RiskKind.NEW_ILLNESS)))
        await _until_somebody_waits(other, verdict)
        await _is_free(other, "SELECT id FROM risk")
        await _is_free(other, "SELECT id FROM commit_clock")
    await verdict
    assert (await monitoring.the_risk(RiskKind.NEW_ILLNESS, household_code=HOUSEHOLD))["verdict"] == "confirmed"


@ON_POSTGRES
async def test_events_about_several_households_take_them_in_one_order(
    monitoring: Monitoring, databases: Databases
) -> None:
    late = task_closed(RiskKind.NEW_ILLNESS, household_code=LATER)
    async with holding(databases, HOUSEHOLD) as other:
        both = asyncio.create_task(deliver(monitoring.house, late, wage_credit("w1", WINDOW[-1], "3000.00")))
        await _until_somebody_waits(other, both)
        await _is_free(other, f"SELECT code FROM household WHERE code = '{LATER}'")
        await _is_free(other, "SELECT id FROM risk")
    await both
    assert (await monitoring.the_risk(RiskKind.NEW_ILLNESS, household_code=LATER))["verdict"] == "confirmed"


@ON_POSTGRES
async def test_a_batch_takes_its_households_in_one_order_and_nothing_else_before(
    monitoring: Monitoring, databases: Databases
) -> None:
    facts = [
        income_fact(WINDOW[-1], "3000.00", household_code=code) | {"source_ref": code} for code in (LATER, HOUSEHOLD)
    ]
    async with holding(databases, HOUSEHOLD) as other:
        batch = asyncio.create_task(monitoring.post({"facts": facts}))
        await _until_somebody_waits(other, batch)
        await _is_free(other, f"SELECT code FROM household WHERE code = '{LATER}'")
        await _is_free(other, "SELECT id FROM commit_clock")
    assert (await batch).json()["accepted"] == 2


async def test_the_same_facts_at_two_processes_at_once_are_stored_once(
    monitoring: Monitoring, open_house: OpenHouse, client_for: ClientFor
) -> None:
    other = await open_monitoring(open_house, client_for)
    facts = [
        income_fact(month, "900.00", household_code=code) | {"source_ref": f"{code}-{month}"}
        for code in (HOUSEHOLD, LATER)
        for month in WINDOW
    ]
    async with asyncio.timeout(BOUND_SECONDS):
        answers = await asyncio.gather(
            *[process.post(fact) for fact in facts for process in (monitoring, other)],
            *[process.post({"facts": facts[::-1]}) for process in (monitoring, other)],
            deliver(monitoring.house, task_closed(RiskKind.NEW_ILLNESS)),
            deliver(other.house, task_closed(RiskKind.NEW_ILLNESS, household_code=LATER)),
        )
    assert {answer.status_code for answer in answers if answer is not None} <= {200, 201}
    for code in (HOUSEHOLD, LATER):
        assert (await monitoring.get(f"households/{code}/income"))["net_income"] == "10800.00"
    assert (await monitoring.counts())["fact"] == len(facts) + 2
