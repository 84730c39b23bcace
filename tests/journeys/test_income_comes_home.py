"""All five houses, run both ways: help is asked for, given by each, and its money arrives in one ledger, once."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local import kafka
from deploy.local.kafka import KafkaCluster
from deploy.local.postgres import PostgresServer
from tests.journeys.conftest import StartSetUp
from tests.journeys.money import credited, in_the_ledger, paid_out
from tests.journeys.set_ups import Caller, SetUp, distributed
from tests.journeys.story import EARNED, KINDS, OLD_WAGE, Story, yuan
from tests.real_parts import require_or_skip

PATIENCE = 60.0
_STRIKES_WITHIN_SECONDS = 0.03
_PAUSE = 0.1
HOME = "HOME-1"
REQUESTS = 30
"""So many requests the story has at the least."""


@pytest.fixture
async def set_up(start_set_up: StartSetUp) -> SetUp:
    return await start_set_up()


@dataclass(frozen=True)
class DeadlyCaller(Caller):
    """Kills a process of the house it writes to with every request, and asks again until it is answered."""

    set_up: SetUp
    chance: random.Random
    killed: Counter[str] = field(default_factory=Counter)

    async def insist(
        self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        asking = asyncio.create_task(super().insist(method, path, body, headers=headers))
        if method != "GET":
            house = path.split("/")[1]
            name = self.chance.choice([self.set_up.api_of(house), self.set_up.worker_of(house)])
            await asyncio.sleep(self.chance.random() * _STRIKES_WITHIN_SECONDS)
            self.set_up.kill(name)
            self.killed[name] += 1
            self.set_up.start(name)
            await self.set_up.ready(name)
        return await asking


async def test_income_comes_home(set_up: SetUp) -> None:
    async with set_up.caller() as caller:
        story = Story(caller, HOME)
        await story.tell()
        await set_up.settled(PATIENCE)
        await the_ledger_has_it_by_branch(caller)
        await every_risk_and_task_tells_its_part(caller)
        await every_measure_is_completed(caller)
        await the_story_is_told_in_order(caller)
        assert await paid_out(set_up) == await credited(set_up) == await in_the_ledger(set_up)
        before = await set_up.tables()
        await Story(caller, HOME).tell()
        await set_up.read_everything_again()
        await set_up.settled(PATIENCE)
        assert await set_up.tables() == before


async def test_a_kill_with_every_request_neither_loses_nor_doubles_a_fen(set_up: SetUp) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    async with set_up.caller() as calm:
        deadly = DeadlyCaller(calm.client, calm.addresses, set_up, random.Random(seed))
        await Story(deadly, HOME).tell()
        await set_up.settled(PATIENCE)
        print(dict(deadly.killed))
        assert deadly.killed.total() >= REQUESTS
        assert await in_the_ledger(set_up) == {(HOME, branch): fen for branch, fen in EARNED.items()}
        assert await paid_out(set_up) == await credited(set_up) == await in_the_ledger(set_up)
        await every_risk_and_task_tells_its_part(calm)
        await every_measure_is_completed(calm)


async def test_each_house_works_with_the_others_down_and_catches_up(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    require_or_skip(kafka.unavailable_reason())
    async with AsyncExitStack() as stack:
        cluster = stack.enter_context(KafkaCluster.start())
        set_up = await stack.enter_async_context(distributed(tmp_path, postgres_server, cluster))
        async with alone(set_up, "monitoring"):
            caller = await stack.enter_async_context(set_up.caller())
            story = Story(caller, HOME)
            await story.income_fails()
        async with alone(set_up, "assistance"):
            await story.help_is_asked_for()
        async with alone(set_up, "employment"):
            await story.work_is_found()
        async with alone(set_up, "consumption"):
            await story.the_harvest_is_sold()
        async with alone(set_up, "assets"):
            await story.the_asset_pays()
        async with alone(set_up, "assistance"):
            await story.cash_is_paid()
            await every_measure_is_completed(caller)
        async with alone(set_up, "monitoring"):
            assert await in_the_ledger(set_up) == {(HOME, branch): fen for branch, fen in EARNED.items()}
        async with alone(set_up, "assistance"):
            await story.the_task_ends()


@asynccontextmanager
async def alone(set_up: SetUp, house: str) -> AsyncIterator[None]:
    """Only this house runs; it has published and applied all it can before the block begins and after it ends."""
    names = [name for name, role in set_up.roles.items() if role.houses == (house,)]
    for name in names:
        set_up.start(name)
    await set_up.ready(*names)
    await caught_up(set_up, house)
    try:
        yield
        await caught_up(set_up, house)
    finally:
        for name in names:
            set_up.stop(name)


async def caught_up(set_up: SetUp, house: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not await set_up.has_caught_up(house):
        assert time.monotonic() < deadline, f"{house} did not catch up"
        await asyncio.sleep(_PAUSE)


async def the_ledger_has_it_by_branch(caller: Caller) -> None:
    month_after = await caller.get(f"/monitoring/v1/households/{HOME}/income?as_of=2026-12-01")
    history = 8 * OLD_WAGE  # the months of the window in which the old work still paid
    expected = EARNED | {"wage": EARNED["wage"] + history}
    assert month_after["branches"] == {branch: yuan(amount) for branch, amount in expected.items()}


async def every_risk_and_task_tells_its_part(caller: Caller) -> None:
    risks = {risk["kind"]: risk for risk in (await caller.get(f"/monitoring/v1/risks?household_code={HOME}"))["items"]}
    assert {kind: (risk["status"], risk["episode"]) for kind, risk in risks.items()} == {
        "income_drop": ("cleared", 1),
        "job_loss": ("open", 1),
    }
    assert risks["income_drop"]["verdict"] == "confirmed"
    assert risks["income_drop"]["reasons"]
    tasks = (await caller.get(f"/assistance/v1/tasks?household_code={HOME}"))["items"]
    assert {task["kind"]: (task["status"], task["verdict"]) for task in tasks} == {
        "income_drop": ("closed", "confirmed"),
        "job_loss": ("open", None),
    }


async def every_measure_is_completed(caller: Caller) -> None:
    assert await measures(caller) == [(kind, "completed") for kind in KINDS]


async def measures(caller: Caller) -> list[tuple[str, str]]:
    """Kind and status of what the task asked for, in the order it was asked."""
    (task,) = (await caller.get(f"/assistance/v1/tasks?household_code={HOME}&kind=income_drop"))["items"]
    return [(measure["kind"], measure["status"]) for measure in task["measures"]]


async def the_story_is_told_in_order(caller: Caller) -> None:
    story = await caller.get(f"/assistance/v1/households/{HOME}/story")
    moments = [entry["at"] for entry in story["entries"]]
    assert moments == sorted(moments)
    assert [entry["what"] for entry in story["entries"]][:3] == ["clue", "risk.raised", "task.opened"]
    assert story["effect"]["by_branch"] == {branch: yuan(amount) for branch, amount in EARNED.items()}
    assert story["effect"]["total"] == yuan(sum(EARNED.values()))
    assert all(entry["correlation_id"] for entry in story["entries"])
