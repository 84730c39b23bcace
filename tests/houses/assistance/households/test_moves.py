"""Help moves with its household, and ends with it."""

import asyncio
import datetime as dt
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.assistance.app import ASSISTANCE
from shared.codes.monitoring import RiskKind
from shared.contracts.assistance import MeasureCancelled, TaskClosed
from shared.house import House
from tests.builders import (
    HOUSEHOLD,
    OTHER_COUNTY_REGION,
    REGION,
    TODAY,
    audit_rows,
    deliver,
    household_changed,
    household_ended,
    risk_cleared,
    risk_raised,
    risk_updated,
    waiting_events,
)
from tests.conftest import ClientFor, OpenHouse
from tests.houses.assistance.builders import CASH, DISBURSEMENTS, TASK, TO_THE_END, act, ask, cash, registered
from tests.problems import problem

TASKS = "/assistance/v1/tasks"
HERE, THERE = "520626", "520625"
MOVED = household_changed(2, region_code=OTHER_COUNTY_REGION)


async def opened(open_house: OpenHouse) -> House:
    house = await open_house(ASSISTANCE)
    await deliver(house, registered(), risk_raised())
    return house


async def listed(client: httpx.AsyncClient, path: str = TASKS, **wanted: Any) -> list[str]:
    answer = await client.get(path, params=wanted)
    assert answer.status_code == 200, answer.text
    return [item.get("status", item.get("source_ref")) for item in answer.json()["items"]]


async def actions(client: httpx.AsyncClient) -> list[str]:
    return [entry["action"] for entry in (await client.get(TASK)).json()["history"]]


@pytest.mark.parametrize("done", range(4))
@pytest.mark.parametrize("cleared", [True, False], ids=["cleared", "open"])
async def test_an_unfinished_task_and_its_payments_move_with_the_household(
    open_house: OpenHouse, client_for: ClientFor, done: int, cleared: bool
) -> None:
    house = await opened(open_house)
    old, new = client_for(house, region=HERE), client_for(house, region=THERE)
    measure = await ask(old, **CASH)
    part = cash(measure_id=measure["measure_id"], amount="200.00", instalment=True)
    assert (await old.post(DISBURSEMENTS, json=part)).status_code == 201
    await act(old, *TO_THE_END[:done])
    if cleared:
        await deliver(house, risk_cleared(2))
    version = (await old.get(TASK)).headers["ETag"]

    await deliver(house, MOVED)

    assert problem(await old.get(TASK)) == (404, "task-not-found", [])
    assert await listed(old) == await listed(old, "/assistance/v1/measures") == await listed(old, DISBURSEMENTS) == []
    task = (await new.get(TASK)).json()
    assert (task["region_code"], task["history"][-1]["action"]) == (OTHER_COUNTY_REGION, "moved")
    assert (await new.get(TASK)).headers["ETag"] != version
    assert await listed(new, "/assistance/v1/measures") == ["accepted"]
    assert await listed(new, DISBURSEMENTS) == [part["source_ref"]]
    rest = cash(measure_id=measure["measure_id"], source_ref="rest", amount="300.00")
    assert problem(await old.post(DISBURSEMENTS, json=rest)) == (404, "household-unknown", [])
    assert (await new.post(DISBURSEMENTS, json=rest)).status_code == 201
    assert await listed(new, "/assistance/v1/measures") == ["completed"]
    moved = [row for row in await audit_rows(house) if row["action"] == "task.moved"]
    assert [(row["before"], row["after"]) for row in moved] == [
        ({"region_code": REGION}, {"region_code": OTHER_COUNTY_REGION})
    ]


async def test_a_closed_task_stays_where_it_was_closed_and_moves_when_it_is_open_again(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await opened(open_house)
    old, new = client_for(house, region=HERE), client_for(house, region=THERE)
    await act(old, *TO_THE_END)
    await deliver(house, MOVED)
    assert (await listed(old), await listed(new)) == (["closed"], [])

    await act(old, {"action": "reopen"})
    assert (await listed(old), await listed(new)) == ([], ["open"])


async def test_what_monitoring_said_before_the_move_takes_no_task_back(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await opened(open_house)
    await deliver(house, MOVED, risk_updated(2), risk_raised(kind=RiskKind.JOB_LOSS))
    await deliver(house, household_changed(1))
    assert await listed(client_for(house, region=THERE)) == ["open", "open"]
    assert await listed(client_for(house, region=HERE)) == []


async def test_the_same_move_told_twice_is_told_once(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await opened(open_house)
    await deliver(house, MOVED, MOVED)
    await deliver(house, MOVED)
    assert await actions(client_for(house)) == ["opened", "moved"]


async def test_a_task_reopened_while_its_household_moves_is_found_where_it_lives(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await opened(open_house)
    client = client_for(house)
    await act(client, *TO_THE_END)
    await asyncio.gather(act(client, {"action": "reopen"}), deliver(house, MOVED))
    task = (await client.get(TASK)).json()
    assert (task["status"], task["region_code"]) == ("open", OTHER_COUNTY_REGION)


async def test_an_ended_household_closes_what_nobody_began(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await opened(open_house)
    client = client_for(house)
    await deliver(house, household_ended(), risk_cleared(2))
    task = (await client.get(TASK)).json()
    assert (task["status"], task["verdict"], task["history"][1]["action"]) == ("closed", None, "closed_itself")
    closed = [event.data for event in await waiting_events(house) if isinstance(event.data, TaskClosed)]
    assert [(each.closed_by, each.closed_on) for each in closed] == [("cause_gone", TODAY)]


@pytest.mark.parametrize("done", [1, 2, 3])
async def test_an_ended_household_asks_the_owner_of_what_was_begun_and_cancels_what_nobody_answered(
    open_house: OpenHouse, client_for: ClientFor, done: int
) -> None:
    house = await opened(open_house)
    client = client_for(house)
    job, paid = await ask(client), await ask(client, **CASH)
    assert (await client.post(DISBURSEMENTS, json=cash(measure_id=paid["measure_id"]))).status_code == 201
    await act(client, *TO_THE_END[:done])
    before = (await client.get(TASK)).json()

    await deliver(house, household_ended())
    await deliver(house, household_ended())

    task = (await client.get(TASK)).json()
    assert (task["status"], task["verdict"]) == (before["status"], before["verdict"])
    new = task["history"][len(before["history"]) :]
    assert [(entry["action"], entry["by"], entry["note"]) for entry in new] == [
        ("household_ended", "system", f"the household is no more since {TODAY}: died")
    ]
    assert {each["kind"]: each["status"] for each in task["measures"]} == {"job": "cancelled", "transfer": "completed"}
    cancelled = [event.data for event in await waiting_events(house) if isinstance(event.data, MeasureCancelled)]
    assert [each.measure_id for each in cancelled] == [UUID(job["measure_id"])]
    assert "task.household_ended" in [row["action"] for row in await audit_rows(house)]


async def test_what_a_closed_task_says_stays_when_its_household_ends(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await opened(open_house)
    client = client_for(house)
    await act(client, *TO_THE_END)
    before = (await client.get(TASK)).json()
    await deliver(house, household_ended(ended_on=TODAY - dt.timedelta(days=3)))
    assert (await client.get(TASK)).json() == before


async def test_a_household_not_heard_of_yet_may_be_asked_for_again(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_house(ASSISTANCE)
    client = client_for(house)
    for answer in (await client.post(DISBURSEMENTS, json=cash()), await client.get(f"{TASKS}/{UUID(int=1)}")):
        known = answer.json()["type"].endswith("household-unknown")
        assert (answer.status_code, answer.headers.get("Retry-After")) == (404, "1" if known else None)
    assert (await client.get(f"/assistance/v1/households/{HOUSEHOLD}/story")).headers["Retry-After"] == "1"
