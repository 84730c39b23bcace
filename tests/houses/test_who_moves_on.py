"""Members found a household of their own and households become one: the help follows, and nothing comes twice."""

from collections.abc import Callable
from typing import Any

import pytest

from services.assets.app import ASSETS
from services.assistance.app import ASSISTANCE
from services.consumption.app import CONSUMPTION
from services.monitoring.app import MONITORING
from tests.builders import HOUSEHOLD, household, illness_fact, member
from tests.conftest import ClientFor, OpenHouse
from tests.houses.assets.builders import STEPS, Assets, asset, line, plan
from tests.houses.consumption.builders import API, link, producer, supply
from tests.houses.monitoring.builders import Monitoring
from tests.houses.monitoring.household_events.builders import NEW, event, happened, prove, split
from tests.mechanism.probe import ON_SQLITE, until
from tests.problems import assert_problem

OTHER = "DJ-0002"
BEGUN = ({"action": "accept"}, {"action": "start"})
pytestmark = ON_SQLITE


class Here:
    """The houses that help, and monitoring, over one bus."""

    def __init__(self, monitoring: Monitoring, assets: Assets) -> None:
        self.monitoring, self.assets, self.client = monitoring, assets, monitoring.client

    async def items(self, path: str, **asked: Any) -> list[dict[str, Any]]:
        answer = await self.client.get(path, params=asked)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def tasks(self) -> dict[str, tuple[str, str]]:
        """By household, where its only task stands and what was done with it last."""
        found = await self.items("/assistance/v1/tasks", kind="new_illness")
        assert len({task["household_code"] for task in found}) == len(found)
        return {task["household_code"]: (task["status"], task["history"][-1]["action"]) for task in found}

    async def act(self, *steps: dict[str, Any]) -> str:
        """Take steps with the task of the household; its id."""
        [task] = await self.items("/assistance/v1/tasks", household_code=HOUSEHOLD)
        for step in steps:
            answer = await self.client.post(f"/assistance/v1/tasks/{task['task_id']}/transitions", json=step)
            assert answer.status_code == 200, answer.text
        return str(task["task_id"])

    async def requests(self) -> list[tuple[str, str]]:
        """What consumption is asked for, by household and status."""
        return [(one["household_code"], one["status"]) for one in await self.items(f"{API}/requests")]

    async def credited(self) -> dict[str, str]:
        """By household, the property income of this year."""
        books = {
            code: await self.monitoring.get("reports/income-book", household_code=code, period=2026)
            for code in (HOUSEHOLD, OTHER)
        }
        return {code: book["totals"]["property"] for code, book in books.items()}

    async def are_known(self) -> bool:
        """Whether consumption has heard of both households."""
        both = producer(link("0.1"), link("0.1", OTHER))
        return (await self.client.put(f"{API}/producers/PROBE", json=both)).is_success

    async def becomes(self, asked: Callable[[], Any], wanted: Any) -> None:
        async def is_so() -> bool:
            return bool(await asked() == wanted)

        await until(is_so)


@pytest.fixture
async def here(open_house: OpenHouse, client_for: ClientFor) -> Here:
    """A household of four, and one of one; the spouse is ill, a task is in hand and asks for buyers."""
    houses = [await open_house(one, background=True) for one in (MONITORING, ASSISTANCE, CONSUMPTION, ASSETS)]
    client = client_for(*houses)
    found = Here(Monitoring(houses[0], client), Assets(houses[3], client))
    await found.monitoring.put()
    await found.monitoring.put(household([member(1)]), OTHER)
    await found.monitoring.record(illness_fact(member_no=2))
    await until(found.are_known)
    await found.becomes(found.tasks, {HOUSEHOLD: ("open", "opened")})
    task_id = await found.act(*BEGUN)
    asked = await client.post(f"/assistance/v1/tasks/{task_id}/measures", json={"kind": "purchase"})
    assert asked.status_code == 201, asked.text
    await found.becomes(found.requests, [(HOUSEHOLD, "requested")])
    return found


async def test_help_follows_a_split_and_a_merge_and_nothing_comes_twice(here: Here) -> None:
    await supply(here.client, link("0.2500"), link("0.1000", OTHER))
    assert (await here.assets.put(asset())).status_code == 201
    paid_later = await here.assets.proposed(plan([line(), line(OTHER, "8000.00")]))

    await happened(here.monitoring, split(2, 3, head=2))
    await here.becomes(here.tasks, {HOUSEHOLD: ("in_progress", "cause_gone"), NEW: ("open", "opened")})
    assert await here.requests() == [(HOUSEHOLD, "requested")], "who stayed still looks for buyers"
    links = (await here.client.get(f"{API}/producers/COOP")).json()["links"]
    assert [(one["household_code"], one["share"]) for one in links] == [(HOUSEHOLD, "0.2500"), (OTHER, "0.1000")]

    await happened(here.monitoring, event("merge", "merge-1", into=OTHER, on="2026-07-01"))
    await happened(here.monitoring, event("merge", "merge-2", household_code=NEW, into=OTHER, on="2026-07-02"))
    await here.becomes(
        here.tasks,
        {HOUSEHOLD: ("in_progress", "household_ended"), NEW: ("closed", "closed_itself"), OTHER: ("open", "opened")},
    )
    await here.becomes(here.requests, [(HOUSEHOLD, "refused")])
    late = producer(link("0.2500"), link("0.1000", OTHER), name="another")
    assert_problem(await here.client.put(f"{API}/producers/COOP", json=late), 409, "household-ended")

    await here.assets.walk(paid_later, *STEPS)
    await here.becomes(here.credited, {HOUSEHOLD: "0.00", OTHER: "20000.00"})
    open_risks = await here.monitoring.risks(status="open", kind="new_illness")
    assert [risk["household_code"] for risk in open_risks] == [OTHER]
    await prove(here.monitoring)
