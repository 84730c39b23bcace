"""What becomes of tasks when monitoring raises, updates and clears risks."""

import datetime as dt
import itertools
from typing import Any

import pytest
import sqlalchemy as sa

from services.assistance.app import ASSISTANCE
from services.assistance.handlers import HANDLERS
from services.assistance.models import Task
from services.assistance.tasks.commands.follow_risks import apply_risk_events
from services.assistance.tasks.commands.transition import transition_task
from services.assistance.tasks.schemas import TransitionIn
from services.assistance.tasks.store import STEPS as TAKEN
from shared.bus.dead_letters import count_dead_letters
from shared.codes.assistance import TaskStatus, TaskVerdict
from shared.codes.monitoring import RiskGrade, RiskKind, RiskStatus
from shared.context import new_context
from shared.contracts.assistance import TaskClosed, TaskOpened, TaskReopened
from shared.contracts.catalogue import CATALOGUE
from shared.contracts.envelope import decode
from shared.contracts.payload import Payload
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.house import House
from shared.ids import derived_id
from shared.policy.loader import PolicyBook
from shared.security.actor import Actor
from tests.builders import (
    HOUSEHOLD,
    OTHER_COUNTY_REGION,
    REGION,
    TODAY,
    audit_rows,
    deliver,
    published_as,
    risk_cleared,
    risk_raised,
    risk_updated,
    waiting_events,
)
from tests.conftest import OpenHouse
from tests.logged import Logged

WEEK_BEFORE_NEW_YEAR = dt.date(2026, 12, 28)
STEPS = (
    TransitionIn(action="accept"),
    TransitionIn(action="start"),
    TransitionIn(action="verify", verdict="confirmed"),
    TransitionIn(action="close"),
)
OPENED_AND_CLOSED = [TaskOpened.event_type, TaskClosed.event_type]
TASK_ID = derived_id("task", HOUSEHOLD, "below_line", 1)
OFFICER = Actor("officer", frozenset({"assistance:write"}), ("",))


async def rows(house: House) -> list[dict[str, Any]]:
    def read(reading: Reading) -> list[dict[str, Any]]:
        table = table_of(Task)
        found = reading.connection.execute(sa.select(table).order_by(table.c.household_code, table.c.id))
        tasks = [dict(row) for row in found.mappings()]
        histories = TAKEN.load(reading, [task["id"] for task in tasks])
        return [task | {"history": histories[task["id"]]} for task in tasks]

    return await house.database.read(read)


async def only_task(house: House) -> dict[str, Any]:
    [task] = await rows(house)
    return task


async def act(house: House, *steps: TransitionIn) -> None:
    for step in steps:
        await house.database.write(transition_task, TASK_ID, step, actor=OFFICER)


def actions(task: dict[str, Any]) -> list[str]:
    return [entry["action"] for entry in task["history"]]


async def told(house: House) -> list[Payload]:
    return [event.data for event in await waiting_events(house)]


def test_assistance_reacts_to_what_the_catalogue_says_it_reads() -> None:
    assert set(HANDLERS) == {entry.type for entry in CATALOGUE.values() if "assistance" in entry.readers}


async def test_a_raised_risk_opens_the_one_task_of_its_episode(open_house: OpenHouse) -> None:
    house = await open_house(ASSISTANCE)
    raised = risk_raised(grade=RiskGrade.RED)
    await deliver(house, raised)

    task = await only_task(house)
    assert task["id"] == TASK_ID
    assert (task["household_code"], task["region_code"], task["kind"]) == (HOUSEHOLD, REGION, RiskKind.BELOW_LINE)
    assert (task["status"], task["grade"], task["verdict"]) == (TaskStatus.OPEN, RiskGrade.RED, None)
    assert (task["due_on"], task["due_provisional"]) == (dt.date(2026, 11, 19), False)
    [entry] = task["history"]
    assert (entry["action"], entry["by"], entry["status"], entry["note"]) == (
        "opened",
        "system",
        "open",
        "red: below_line",
    )
    assert await told(house) == [
        TaskOpened(
            task_id=TASK_ID,
            risk_id=raised.risk_id,
            household_code=HOUSEHOLD,
            region_code=REGION,
            kind=RiskKind.BELOW_LINE,
            episode=1,
            grade=RiskGrade.RED,
            due_on=dt.date(2026, 11, 19),
            due_provisional=False,
        )
    ]


async def test_the_chain_of_the_risk_goes_on_in_event_audit_and_log(open_house: OpenHouse, logged: Logged) -> None:
    house = await open_house(ASSISTANCE)
    event = published_as(risk_raised(), context=new_context("chain-7"))
    await deliver(house, event)

    [opened] = await waiting_events(house)
    assert (opened.context.correlation_id, opened.context.causation_id) == ("chain-7", str(event.event_id))
    [audit] = await audit_rows(house)
    assert (audit["action"], audit["subject"], audit["actor"]) == ("task.opened", str(TASK_ID), "system")
    assert audit["correlation_id"] == "chain-7"
    opened_as = ("open", "orange", "open", 1)
    assert tuple(audit["after"][name] for name in ("status", "grade", "risk_status", "version")) == opened_as
    [line] = logged.lines("task.opened")
    assert (line["correlation_id"], line["task_id"], line["household"]) == ("chain-7", str(TASK_ID), HOUSEHOLD)


async def test_each_kind_household_and_episode_has_a_task_of_its_own(open_house: OpenHouse) -> None:
    house = await open_house(ASSISTANCE)
    await deliver(
        house,
        risk_raised(),
        risk_raised(kind=RiskKind.INCOME_DROP),
        risk_raised(household_code="DJ-0002"),
        risk_cleared(2),
        risk_raised(episode=2),
    )
    found = {(task["household_code"], task["kind"], task["episode"]): task["status"] for task in await rows(house)}
    assert found == {
        (HOUSEHOLD, RiskKind.BELOW_LINE, 1): TaskStatus.CLOSED,
        (HOUSEHOLD, RiskKind.BELOW_LINE, 2): TaskStatus.OPEN,
        (HOUSEHOLD, RiskKind.INCOME_DROP, 1): TaskStatus.OPEN,
        ("DJ-0002", RiskKind.BELOW_LINE, 1): TaskStatus.OPEN,
    }


EPISODE = (risk_raised(), risk_updated(2, grade=RiskGrade.RED, decided_on=TODAY), risk_cleared(3, grade=RiskGrade.RED))
SETTLED = ("status", "grade", "verdict", "risk_status", "risk_version", "taken_up")


@pytest.mark.parametrize("length", [1, 2, 3])
async def test_events_twice_and_in_any_order_leave_the_same_task(open_house: OpenHouse, length: int) -> None:
    house = await open_house(ASSISTANCE)
    orders = list(itertools.permutations(EPISODE[:length]))
    for number, order in enumerate(orders):
        in_another_household = [event.model_copy(update={"household_code": f"DJ-{number}"}) for event in order]
        again = [published_as(event) for event in in_another_household]
        for event in (*again, *again, *in_another_household):
            await deliver(house, event)

    last = EPISODE[length - 1]
    status = TaskStatus.CLOSED if last.status is RiskStatus.CLEARED else TaskStatus.OPEN
    found = [{name: task[name] for name in SETTLED} for task in await rows(house)]
    assert found == len(orders) * [
        {
            "status": status,
            "grade": last.grade,
            "verdict": None,
            "risk_status": last.status,
            "risk_version": last.version,
            "taken_up": False,
        }
    ]


async def test_the_same_events_again_change_nothing_and_tell_nobody(open_house: OpenHouse) -> None:
    house = await open_house(ASSISTANCE)
    await deliver(house, *EPISODE[:2])
    before, events, audit = await rows(house), await told(house), await audit_rows(house)

    await deliver(house, *EPISODE[:2])
    await deliver(house, *reversed(EPISODE[:2]))

    assert (await rows(house), await told(house), await audit_rows(house)) == (before, events, audit)


async def test_one_batch_and_single_deliveries_do_the_same(open_house: OpenHouse) -> None:
    house = await open_house(ASSISTANCE)
    batch = [event.model_copy(update={"household_code": "IN-ONE"}) for event in EPISODE]
    singles = [event.model_copy(update={"household_code": "ONE-BY-ONE"}) for event in EPISODE]
    await deliver(house, *batch)
    for event in singles:
        await deliver(house, event)

    together, alone = await rows(house)
    assert actions(together) == actions(alone) == ["opened", "updated", "closed_itself"]
    same = (*SETTLED, "due_on", "version")
    assert {name: together[name] for name in same} == {name: alone[name] for name in same}
    assert [event.event_type for event in await told(house)] == 2 * OPENED_AND_CLOSED


async def test_an_untouched_task_closes_itself_and_says_so(open_house: OpenHouse) -> None:
    house = await open_house(ASSISTANCE)
    await deliver(house, risk_raised())
    await deliver(house, risk_cleared(2, decided_on=TODAY + dt.timedelta(days=2)))

    task = await only_task(house)
    assert (task["status"], task["verdict"]) == (TaskStatus.CLOSED, None)
    closed = (await told(house))[-1]
    assert isinstance(closed, TaskClosed)
    assert (closed.closed_by, closed.verdict, closed.closed_on) == ("cause_gone", None, TODAY + dt.timedelta(days=2))


@pytest.mark.parametrize("done", [1, 2, 3])
async def test_a_task_in_hand_stays_and_asks_its_owner(open_house: OpenHouse, done: int) -> None:
    house = await open_house(ASSISTANCE)
    await deliver(house, risk_raised())
    await act(house, *STEPS[:done])
    before = await only_task(house)

    await deliver(house, risk_cleared(2))

    task = await only_task(house)
    assert (task["status"], task["verdict"]) == (before["status"], before["verdict"])
    assert task["history"] == [*before["history"], task["history"][-1]]
    assert (task["history"][-1]["action"], task["history"][-1]["by"]) == ("cause_gone", "system")
    assert not [event for event in await told(house) if isinstance(event, TaskClosed)]


async def test_a_closed_task_opens_again_with_a_new_due_date_when_its_risk_escalates(open_house: OpenHouse) -> None:
    house = await open_house(ASSISTANCE)
    await deliver(house, risk_raised())
    await act(house, *STEPS)

    await deliver(house, risk_updated(2, grade=RiskGrade.RED, decided_on=dt.date(2026, 12, 7)))

    task = await only_task(house)
    assert (task["status"], task["grade"], task["verdict"]) == (TaskStatus.OPEN, RiskGrade.RED, None)
    assert task["due_on"] == dt.date(2026, 12, 10)
    assert actions(task) == ["opened", "accept", "start", "verify", "close", "escalated"]
    events = await told(house)
    assert [event.event_type for event in events] == [*OPENED_AND_CLOSED, TaskReopened.event_type]
    assert isinstance(events[-1], TaskReopened)
    assert (events[-1].reopened_by, events[-1].reopened_on) == ("escalation", dt.date(2026, 12, 7))


async def test_a_closed_task_stays_closed_through_updates_that_are_no_more_urgent(open_house: OpenHouse) -> None:
    house = await open_house(ASSISTANCE)
    await deliver(house, risk_raised())
    await act(house, *STEPS)

    await deliver(house, risk_updated(2, rules=("income_drop.year",)), risk_cleared(3))

    task = await only_task(house)
    assert (task["status"], task["verdict"]) == (TaskStatus.CLOSED, TaskVerdict.CONFIRMED)


async def test_a_task_moves_with_its_household_to_another_region(open_house: OpenHouse) -> None:
    house = await open_house(ASSISTANCE)
    await deliver(house, risk_raised())
    await deliver(house, risk_updated(region_code=OTHER_COUNTY_REGION))
    assert (await only_task(house))["region_code"] == OTHER_COUNTY_REGION


async def test_an_operator_who_replays_an_event_is_not_said_to_have_opened_the_task(open_house: OpenHouse) -> None:
    house = await open_house(ASSISTANCE)
    encoded = published_as(risk_raised())
    operator = Actor("operator", frozenset({"ops:admin"}), ("52",))
    await house.database.write(apply_risk_events, [decode(encoded.headers, encoded.value)], actor=operator)
    [audit] = await audit_rows(house)
    assert audit["actor"] == (await only_task(house))["history"][0]["by"] == "system"


async def test_a_due_date_counted_into_an_unannounced_year_says_so(open_house: OpenHouse) -> None:
    house = await open_house(ASSISTANCE)
    await deliver(house, risk_raised(decided_on=WEEK_BEFORE_NEW_YEAR))
    task = await only_task(house)
    assert (task["due_on"], task["due_provisional"]) == (dt.date(2027, 1, 5), True)


async def test_without_a_time_limit_in_the_policy_the_task_opens_all_the_same(
    open_house: OpenHouse, policy_book: PolicyBook
) -> None:
    silent = PolicyBook([pack for pack in policy_book.packs if pack.region != "00"], {})
    house = await open_house(ASSISTANCE, policy=silent)
    await deliver(house, risk_raised())

    task = await only_task(house)
    assert (task["status"], task["due_on"], task["due_provisional"]) == (TaskStatus.OPEN, None, True)
    assert "no value of assistance.task_deadline_workdays" in task["history"][0]["note"]
    [opened] = await told(house)
    assert isinstance(opened, TaskOpened)
    assert opened.due_on is None
    assert await house.database.read(count_dead_letters) == {"dead": 0, "parked": 0}
