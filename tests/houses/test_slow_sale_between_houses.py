"""A glut from its prices in consumption to one task for each household in assistance, and back, over the bus."""

from collections import Counter

import httpx
import pytest

from services.assistance.app import ASSISTANCE
from services.consumption.app import CONSUMPTION
from services.monitoring.app import MONITORING
from tests.builders import HOUSEHOLD, REGION, TODAY, household
from tests.conftest import ClientFor, OpenHouse
from tests.houses.consumption.builders import API, NEIGHBOUR, link, product, supply
from tests.houses.consumption.slow_sales.builders import (
    CLOSING,
    alerts,
    glut,
    lay_history,
    night_of,
    put_commodity,
    step,
)
from tests.mechanism.probe import until

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


async def tasks(client: httpx.AsyncClient) -> list[tuple[str, str]]:
    """The tasks for slow sale, by household and status."""
    answer = await client.get("/assistance/v1/tasks", params={"kind": "slow_sale"})
    return sorted((task["household_code"], task["status"]) for task in answer.json()["items"])


async def test_each_exposed_household_gets_one_task_that_ends_with_the_glut(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    houses = [await open_house(one, background=True) for one in (MONITORING, ASSISTANCE, CONSUMPTION)]
    client = client_for(*houses)
    for code in (HOUSEHOLD, NEIGHBOUR):
        answer = await client.put(f"/monitoring/v1/households/{code}", json=household())
        assert answer.status_code == 201, answer.text
    links = (link("0.2500"), link("0.2500", NEIGHBOUR))
    await put_commodity(client, {"name": "绿茶", "unit": "kg", "shelf_life_days": 20})
    await until(lambda: is_known(client))
    await supply(client, *links, TEA=product(commodity_code="TEA"))
    await lay_history(client)
    await glut(client)

    open_tasks = [(HOUSEHOLD, "open"), (NEIGHBOUR, "open")]
    await until(lambda: is_so(client, open_tasks))
    await night_of(houses[2], TODAY)
    [alert] = await alerts(client, level="warning")
    await step(client, alert["alert_id"], "respond")
    await step(client, alert["alert_id"], "close", closing_report=CLOSING)
    await until(lambda: has_ended(client))
    assert Counter(code for code, _ in await tasks(client)) == {HOUSEHOLD: 1, NEIGHBOUR: 1}
    risks = (await client.get("/monitoring/v1/risks", params={"kind": "slow_sale"})).json()["items"]
    assert sorted((risk["household_code"], risk["episode"], risk["status"]) for risk in risks) == [
        (HOUSEHOLD, 1, "cleared"),
        (NEIGHBOUR, 1, "cleared"),
    ]


async def is_known(client: httpx.AsyncClient) -> bool:
    """Whether consumption has heard of both households."""
    body = {"name": "p", "kind": "cooperative", "region_code": REGION, "links": [link("0.1"), link("0.1", NEIGHBOUR)]}
    return (await client.put(f"{API}/producers/PROBE", json=body)).status_code in {200, 201}


async def is_so(client: httpx.AsyncClient, wanted: list[tuple[str, str]]) -> bool:
    return await tasks(client) == wanted


async def has_ended(client: httpx.AsyncClient) -> bool:
    """Whether no task for slow sale is open any longer."""
    return all(status == "closed" for _, status in await tasks(client))
