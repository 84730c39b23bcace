"""The only earner leaves the household, on the register alone: the work ends, and the household is looked at."""

from typing import Any

import httpx
import pytest

from services.assistance.app import ASSISTANCE
from services.employment.app import EMPLOYMENT
from services.monitoring.app import MONITORING
from tests.builders import HOUSEHOLD, household, member
from tests.conftest import ClientFor, OpenHouse
from tests.houses.employment.builders import VACANCY, vacancy
from tests.mechanism.probe import until

WIFE = member(2, relation="spouse", sex="F", birth_date="1982-03-12", labour="lost")
UNCLE = member(1, name="某叔", birth_date="1975-01-01")
CHILD = member(1, name="某小", birth_date="2026-11-10", relation="child", sex="F", labour="none")


@pytest.fixture
async def client(open_house: OpenHouse, client_for: ClientFor) -> httpx.AsyncClient:
    houses = [await open_house(definition, background=True) for definition in (MONITORING, EMPLOYMENT, ASSISTANCE)]
    return client_for(*houses)


async def items(client: httpx.AsyncClient, path: str) -> list[dict[str, Any]]:
    answer = await client.get(path, params={"household_code": HOUSEHOLD})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def put(client: httpx.AsyncClient, *members: dict[str, Any]) -> None:
    answer = await client.put(f"/monitoring/v1/households/{HOUSEHOLD}", json=household(members))
    assert answer.status_code in {200, 201}, answer.text


async def at_work(client: httpx.AsyncClient) -> str:
    """The head of the household works since August; the placement."""
    await put(client, member(1), WIFE)
    assert (await client.put(f"/employment/v1/vacancies/{VACANCY}", json=vacancy())).status_code == 201

    async def is_known() -> bool:
        return bool(await items(client, "/employment/v1/workers"))

    await until(is_known)
    [worker] = await items(client, "/employment/v1/workers")
    body = {"worker_id": worker["worker_id"], "vacancy_code": VACANCY}
    placement = (await client.post("/employment/v1/placements", json=body)).json()
    place = f"/employment/v1/placements/{placement['placement_id']}"
    answer = await client.post(f"{place}/transitions", json={"action": "start", "on": "2026-08-03"})
    assert answer.status_code == 200, answer.text
    return place


@pytest.mark.parametrize("members", [[WIFE], [CHILD, WIFE], [UNCLE, WIFE]], ids=["left", "a child", "an uncle"])
async def test_the_place_is_free_and_one_task_follows(client: httpx.AsyncClient, members: list[dict[str, Any]]) -> None:
    place = await at_work(client)
    await put(client, *members)

    async def is_told() -> bool:
        return bool(await items(client, "/assistance/v1/tasks"))

    await until(is_told)
    placement = (await client.get(place)).json()
    assert (placement["status"], placement["end_reason"]) == ("ended", "left_household")
    assert (await client.get(f"/employment/v1/vacancies/{VACANCY}")).json()["taken"] == 0
    assert [(risk["kind"], risk["status"]) for risk in await items(client, "/monitoring/v1/risks")] == [
        ("job_loss", "open")
    ]
    assert [task["kind"] for task in await items(client, "/assistance/v1/tasks")] == ["job_loss"]
    assert [worker["status"] for worker in await items(client, "/employment/v1/workers")] == (
        ["idle"] if members[0] is UNCLE else []
    )
