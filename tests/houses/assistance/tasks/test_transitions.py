"""What people do with tasks."""

import asyncio

import pytest

from services.assistance.app import ASSISTANCE
from services.assistance.tasks.commands.transition import transition_task
from services.assistance.tasks.errors import TaskNotFound
from services.assistance.tasks.queries import task as task_query
from services.assistance.tasks.schemas import TaskOut, TransitionIn
from shared.codes.assistance import TaskStatus, TaskVerdict
from shared.codes.monitoring import RiskGrade, RiskKind
from shared.context import new_context
from shared.contracts.assistance import TaskClosed
from shared.house import House
from shared.ids import derived_id
from shared.procedures.errors import TransitionNotAllowed
from shared.security.actor import Actor
from tests.builders import HOUSEHOLD, REGION, TODAY, audit_rows, deliver, risk_raised, waiting_events
from tests.conftest import OpenHouse
from tests.logged import Logged

TASK_ID = derived_id("task", HOUSEHOLD, "below_line", 1)
OFFICER = Actor("county-officer", frozenset({"assistance:write"}), ("520626",))
NEIGHBOUR = Actor("officer-next-door", OFFICER.scopes, ("520625",))
PERSONAL = "户主张三 13800138000 已外出"


async def opened(open_house: OpenHouse) -> House:
    house = await open_house(ASSISTANCE)
    await deliver(house, risk_raised())
    return house


async def act(
    house: House, action: str, verdict: str | None = None, note: str | None = None, *, actor: Actor = OFFICER
) -> TaskOut:
    body = TransitionIn.model_validate({"action": action, "verdict": verdict, "note": note})
    return await house.database.write(transition_task, TASK_ID, body, actor=actor, context=new_context("visit-1"))


async def work_through(house: House, verdict: str = "confirmed") -> TaskOut:
    for action in ("accept", "start"):
        await act(house, action)
    await act(house, "verify", verdict)
    return await act(house, "close")


@pytest.mark.parametrize("verdict", TaskVerdict)
async def test_a_task_is_worked_through_to_its_verdict(open_house: OpenHouse, verdict: TaskVerdict) -> None:
    house = await opened(open_house)
    task = await work_through(house, verdict)

    assert (task.status, task.verdict) == (TaskStatus.CLOSED, verdict)
    assert [(entry.action, entry.by, entry.status, entry.verdict) for entry in task.history] == [
        ("opened", "system", "open", None),
        ("accept", "county-officer", "accepted", None),
        ("start", "county-officer", "in_progress", None),
        ("verify", "county-officer", "verified", verdict),
        ("close", "county-officer", "closed", verdict),
    ]
    assert await house.database.read(task_query, TASK_ID, actor=OFFICER) == task


async def test_closing_tells_the_verdict_to_whoever_raised_the_risk(open_house: OpenHouse) -> None:
    house = await opened(open_house)
    await work_through(house, "no_risk")

    event = (await waiting_events(house))[-1]
    assert event.data == TaskClosed(
        task_id=TASK_ID,
        risk_id=derived_id("risk", HOUSEHOLD, "below_line", 1),
        household_code=HOUSEHOLD,
        region_code=REGION,
        kind=RiskKind.BELOW_LINE,
        episode=1,
        verdict=TaskVerdict.NO_RISK,
        closed_by="person",
        closed_on=TODAY,
        task_version=5,
        grade=RiskGrade.ORANGE,
        seen_causes=risk_raised().causes,
    )
    assert event.context.correlation_id == "visit-1"


async def test_reopening_takes_the_verdict_back_and_the_next_closing_tells_the_new_one(open_house: OpenHouse) -> None:
    house = await opened(open_house)
    await work_through(house, "no_risk")
    reopened = await act(house, "reopen", note="another look")
    assert (reopened.status, reopened.verdict, reopened.history[-1].note) == (TaskStatus.OPEN, None, "another look")

    await work_through(house, "confirmed")
    told = [event.data.verdict for event in await waiting_events(house) if isinstance(event.data, TaskClosed)]
    assert told == [TaskVerdict.NO_RISK, TaskVerdict.CONFIRMED]


async def test_an_action_out_of_turn_is_refused_and_leaves_no_trace(open_house: OpenHouse) -> None:
    house = await opened(open_house)
    before = await house.database.read(task_query, TASK_ID)
    audit = await audit_rows(house)

    with pytest.raises(TransitionNotAllowed) as refused:
        await act(house, "close")

    assert refused.value.extra == {"allowed_actions": ["accept"]}
    assert await house.database.read(task_query, TASK_ID) == before
    assert await audit_rows(house) == audit


@pytest.mark.parametrize("action", ["accept", "close"])
async def test_a_task_of_another_region_is_not_found_whatever_is_asked_of_it(
    open_house: OpenHouse, action: str
) -> None:
    house = await opened(open_house)
    with pytest.raises(TaskNotFound):
        await act(house, action, actor=NEIGHBOUR)


async def test_an_unknown_task_is_not_found(open_house: OpenHouse) -> None:
    house = await open_house(ASSISTANCE)
    with pytest.raises(TaskNotFound):
        await act(house, "accept")


async def test_the_audit_says_who_did_what_and_how_it_stood_before_and_after(open_house: OpenHouse) -> None:
    house = await opened(open_house)
    await act(house, "accept")
    row = (await audit_rows(house))[-1]
    assert (row["actor"], row["action"], row["subject"]) == ("county-officer", "task.accept", str(TASK_ID))
    assert row["before"] == {"status": "open", "verdict": None, "version": 1}
    assert row["after"] == {"status": "accepted", "verdict": None, "version": 2}
    assert row["correlation_id"] == "visit-1"


async def test_notes_stay_in_the_history_and_reach_no_event_log_or_audit(open_house: OpenHouse, logged: Logged) -> None:
    house = await opened(open_house)
    await act(house, "accept", note=PERSONAL)
    await act(house, "start", note=PERSONAL)
    await act(house, "verify", "confirmed", note=PERSONAL)
    task = await act(house, "close", note=PERSONAL)
    assert [entry.note for entry in task.history[1:]] == 4 * [PERSONAL]
    published = [event.data.model_dump_json() for event in await waiting_events(house)]
    elsewhere = [*published, logged.text(), *map(str, await audit_rows(house))]
    assert len(logged.lines("task.transition")) == 4
    assert not [text for text in elsewhere if "张三" in text or "13800138000" in text]


async def test_of_two_officers_at_once_one_takes_the_task(open_house: OpenHouse) -> None:
    house = await opened(open_house)
    answers = await asyncio.gather(act(house, "accept"), act(house, "accept"), return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["TaskOut", "TransitionNotAllowed"]
    task = await house.database.read(task_query, TASK_ID)
    assert [entry.action for entry in task.history] == ["opened", "accept"]


async def test_a_risk_event_and_a_person_at_once_lose_nothing(open_house: OpenHouse) -> None:
    house = await opened(open_house)
    await asyncio.gather(act(house, "accept"), *(deliver(house, risk_raised(version)) for version in range(2, 6)))
    task = await house.database.read(task_query, TASK_ID)
    assert task.status is TaskStatus.ACCEPTED
    assert "accept" in [entry.action for entry in task.history]
