"""The main job by HTTP, run both ways: a collapse of income or a new illness opens exactly one assistance task."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from shared.months import format_month, parse_month
from tests.builders import household, illness_fact, income_fact
from tests.journeys.conftest import StartSetUp
from tests.journeys.set_ups import MAIN_JOB, Caller, SetUp, by_command_line

PATIENCE = 60.0
FIRST, LAST = parse_month("2024-11"), parse_month("2026-10")
COLLAPSED_MONTHS = ("2026-08", "2026-09", "2026-10")


@pytest.fixture
async def set_up(start_set_up: StartSetUp) -> SetUp:
    return await start_set_up(by_command_line, MAIN_JOB)


@dataclass
class Journey:
    """What is done and seen by HTTP; every fact sent is remembered, to be sent again."""

    set_up: SetUp
    caller: Caller
    sent: list[tuple[dict[str, Any], int]] = field(default_factory=list)

    async def register(self, code: str) -> None:
        answer = await self.caller.call("PUT", f"/monitoring/v1/households/{code}", household())
        assert answer.status_code == 201, answer.text

    async def tell(self, fact: dict[str, Any], code: str, chain: str | None = None) -> dict[str, Any]:
        """Post one fact about a household; its reference is made the household's own."""
        body = fact | {"household_code": code, "source_ref": f"{code}-{fact['source_ref']}"}
        headers = {"X-Correlation-Id": chain} if chain else None
        answer = await self.caller.call("POST", "/monitoring/v1/facts", body, headers=headers)
        assert answer.status_code == 201, answer.text
        self.sent.append((body, 200))
        return body

    async def correct(self, wrong: dict[str, Any], chain: str | None = None, **payload: Any) -> None:
        """Supersede a fact by one with another payload."""
        reference = {"source": wrong["source"], "source_ref": wrong["source_ref"]}
        right = wrong | {
            "source_ref": f"corrected-{wrong['source_ref'].removeprefix(wrong['household_code'] + '-')}",
            "payload": wrong["payload"] | payload,
            "supersedes": reference,
        }
        await self.tell(right, wrong["household_code"], chain)

    async def risks(self, code: str) -> list[dict[str, Any]]:
        """The household's risks, in the order of kind and episode, once all is quiet."""
        await self.set_up.settled(PATIENCE)
        found = (await self.caller.get(f"/monitoring/v1/risks?household_code={code}"))["items"]
        return sorted(found, key=lambda risk: (risk["kind"], risk["episode"]))

    async def tasks(self, code: str) -> list[dict[str, Any]]:
        """The household's tasks, in the order of kind and episode, once all is quiet."""
        await self.set_up.settled(PATIENCE)
        found = (await self.caller.get(f"/assistance/v1/tasks?household_code={code}"))["items"]
        return sorted(found, key=lambda task: (task["kind"], task["episode"]))

    async def act(self, task: dict[str, Any], *actions: str) -> None:
        for action in actions:
            body = {"action": action} | ({"verdict": "confirmed"} if action == "verify" else {})
            answer = await self.caller.call("POST", f"/assistance/v1/tasks/{task['task_id']}/transitions", body)
            assert answer.status_code == 200, answer.text


def episodes(items: list[dict[str, Any]]) -> list[tuple[str, int, str]]:
    return [(item["kind"], item["episode"], item["status"]) for item in items]


async def test_the_main_job(set_up: SetUp) -> None:
    async with set_up.caller() as caller:
        journey = Journey(set_up, caller)
        await a_collapse_opens_one_task_of_each_kind_and_its_correction_closes_them(journey)
        await a_new_illness_is_visited_and_the_verdict_comes_back(journey)
        await a_second_illness_under_a_closed_task_brings_it_back(journey)
        await a_task_in_progress_stays_and_asks_its_owner(journey)
        await what_opens_again_is_another_episode_with_another_task(journey)
        await one_correlation_id_runs_through_everything(journey)
        before = await set_up.tables()
        await every_fact_again(journey)
        await set_up.read_everything_again()
        await set_up.settled(PATIENCE)
        assert await set_up.tables() == before


async def a_collapse_opens_one_task_of_each_kind_and_its_correction_closes_them(journey: Journey) -> None:
    code = "COLLAPSE"
    await journey.register(code)
    known = [format_month(month) for month in range(FIRST, LAST + 1)]
    history = [
        income_fact(month, "3000.00") | {"household_code": code, "source_ref": f"{code}-{month}"}
        for month in known
        if month not in COLLAPSED_MONTHS
    ]
    body = {"mode": "backfill", "facts": history}
    answer = await journey.caller.call("POST", "/monitoring/v1/facts", body)
    assert answer.json()["accepted"] == len(history), answer.text
    journey.sent.append((body, 200))
    assert await journey.tasks(code) == []
    collapse = [await journey.tell(income_fact(month, "100.00"), code) for month in COLLAPSED_MONTHS]
    opened = [("below_line", 1, "open"), ("income_drop", 1, "open")]
    assert episodes(await journey.risks(code)) == opened
    assert episodes(await journey.tasks(code)) == opened
    for wrong in collapse:
        await journey.correct(wrong, amount="3000.00")
    assert episodes(await journey.risks(code)) == [("below_line", 1, "cleared"), ("income_drop", 1, "cleared")]
    tasks = await journey.tasks(code)
    assert episodes(tasks) == [("below_line", 1, "closed"), ("income_drop", 1, "closed")]
    assert {task["history"][-1]["action"] for task in tasks} == {"closed_itself"}


async def a_new_illness_is_visited_and_the_verdict_comes_back(journey: Journey) -> None:
    code = "VISITED"
    await journey.register(code)
    await journey.tell(illness_fact(), code)
    (risk,) = await journey.risks(code)
    assert (risk["kind"], risk["status"], risk["verdict"]) == ("new_illness", "open", None)
    (task,) = await journey.tasks(code)
    assert (task["risk_id"], task["status"]) == (risk["risk_id"], "open")
    await journey.act(task, "accept", "start", "verify", "close")
    (risk,) = await journey.risks(code)
    assert risk["verdict"] == "confirmed"


async def a_second_illness_under_a_closed_task_brings_it_back(journey: Journey) -> None:
    code = "VISITED"
    await journey.tell(illness_fact("I63.9", 2), code)
    (task,) = await journey.tasks(code)
    assert (task["status"], task["verdict"], task["history"][-1]["action"]) == ("open", None, "new_cause")
    (risk,) = await journey.risks(code)
    assert (risk["status"], risk["verdict"]) == ("open", None)
    await journey.act(task, "accept", "start", "verify", "close")
    (risk,) = await journey.risks(code)
    assert risk["verdict"] == "confirmed"


async def a_task_in_progress_stays_and_asks_its_owner(journey: Journey) -> None:
    code = "BEGUN"
    await journey.register(code)
    told = await journey.tell(illness_fact(), code)
    (task,) = await journey.tasks(code)
    await journey.act(task, "accept", "start")
    await journey.correct(told, code="J06.9", name="上呼吸道感染", serious=False)
    assert episodes(await journey.risks(code)) == [("new_illness", 1, "cleared")]
    (task,) = await journey.tasks(code)
    assert task["status"] == "in_progress"
    assert task["history"][-1]["action"] == "cause_gone"


async def what_opens_again_is_another_episode_with_another_task(journey: Journey) -> None:
    code = "AGAIN"
    await journey.register(code)
    told = await journey.tell(illness_fact(), code)
    await journey.correct(told, code="J06.9", name="上呼吸道感染", serious=False)
    await journey.tell(illness_fact("C50.9"), code)
    assert episodes(await journey.risks(code)) == [("new_illness", 1, "cleared"), ("new_illness", 2, "open")]
    assert episodes(await journey.tasks(code)) == [("new_illness", 1, "closed"), ("new_illness", 2, "open")]


async def one_correlation_id_runs_through_everything(journey: Journey) -> None:
    code, raising, clearing = "CHAIN", "chain-that-raises", "chain-that-clears"
    await journey.register(code)
    told = await journey.tell(illness_fact(), code, raising)
    await journey.tasks(code)
    await journey.correct(told, clearing, code="J06.9", name="上呼吸道感染", serious=False)
    await journey.tasks(code)
    lying = await journey.set_up.events()
    chains = {event.headers["ce_type"]: event.headers["ce_correlationid"] for event in lying if event.key == code}
    del chains["monitoring.household-registered.v1"]
    assert chains == {
        "monitoring.risk-raised.v1": raising,
        "assistance.task-opened.v1": raising,
        "monitoring.risk-cleared.v1": clearing,
        "assistance.task-closed.v1": clearing,
    }
    audited = {
        (row["correlation_id"], row["action"])
        for house in MAIN_JOB
        for row in await journey.set_up.rows(house, "audit", "seq", "correlation_id", "action")
        if row["correlation_id"] in {raising, clearing}
    }
    assert audited == {
        (raising, "risk.raised"),
        (raising, "task.opened"),
        (clearing, "risk.cleared"),
        (clearing, "task.closed_itself"),
        (clearing, "risk.verdict"),
    }
    lines = [line for name in journey.set_up.roles for line in journey.set_up.log_of(name).read_text().splitlines()]
    for chain, steps in ((raising, ("risk.raised", "task.opened")), (clearing, ("risk.cleared", "risk.verdict"))):
        for step in steps:
            assert any(chain in line and f'"{step}"' in line for line in lines), f"no log line {step} of {chain}"


async def every_fact_again(journey: Journey) -> None:
    for body, expected in journey.sent:
        answer = await journey.caller.call("POST", "/monitoring/v1/facts", body)
        assert answer.status_code == expected, answer.text
        assert answer.json().get("accepted", 0) == 0
