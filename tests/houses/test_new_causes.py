"""A new cause under a task that a person has judged, from the fact to the task and back to the risk."""

import asyncio
import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.assistance.app import ASSISTANCE
from services.monitoring.screenings.commands.screen import screen_all
from shared.bus.relay import pending_events
from shared.codes.monitoring import RiskKind
from shared.contracts.assistance import TaskClosed, TaskReopened
from shared.contracts.envelope import EncodedEvent
from shared.house import House
from tests.builders import audit_rows, deliver, expense_fact, illness_fact, income_fact, waiting_events
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import (
    WINDOW,
    YEAR_BEFORE,
    Monitoring,
    correction,
    open_monitoring,
    placement_ended,
    wages,
)

BELOW, DROP, RIGID, ILL, LOSS = list(RiskKind)[:5]
VERIFIED: tuple[dict[str, Any], ...] = (
    {"action": "accept"},
    {"action": "start"},
    {"action": "verify", "verdict": "confirmed"},
)
CLOSED = (*VERIFIED, {"action": "close"})
QUARTER = WINDOW[-3:]
DUE = {"orange": "2026-11-23", "red": "2026-11-19"}


@dataclass
class Both:
    """Monitoring and assistance with a bus that brings everything, once or again, when it is told to."""

    monitoring: Monitoring
    assistance: House
    client: httpx.AsyncClient
    kind: RiskKind
    brought: set[UUID] = field(default_factory=set)

    async def settle(self) -> None:
        """Bring what waits from one house to the other until nothing new is said."""
        while await self.bring(self.monitoring.house, self.assistance) + await self.bring(
            self.assistance, self.monitoring.house
        ):
            pass

    async def bring(self, one: House, other: House) -> int:
        fresh = [event for event in await one.database.read(pending_events) if event.event_id not in self.brought]
        self.brought |= {event.event_id for event in fresh}
        if fresh:
            await deliver(other, *fresh)
        return len(fresh)

    async def everything(self) -> Sequence[EncodedEvent]:
        return await self.monitoring.house.database.read(pending_events)

    async def say(self, *said: Mapping[str, Any]) -> None:
        """Facts, one after the other, each judged on its own."""
        for one in said:
            answer = await self.monitoring.post(one)
            assert answer.status_code == 201, answer.text

    async def task(self) -> dict[str, Any]:
        answer = await self.client.get("/assistance/v1/tasks", params={"kind": self.kind})
        [task] = answer.json()["items"]
        return dict(task)

    async def act(self, *steps: Mapping[str, Any]) -> None:
        task_id = (await self.task())["task_id"]
        for step in steps:
            answer = await self.client.post(f"/assistance/v1/tasks/{task_id}/transitions", json=step)
            assert answer.status_code == 200, answer.text

    async def verdicts(self) -> tuple[Any, Any]:
        """Of the task and of the risk."""
        return (await self.task())["verdict"], (await self.monitoring.the_risk(self.kind))["verdict"]

    async def actions(self) -> list[str]:
        return [entry["action"] for entry in (await self.task())["history"]]


async def both(open_house: OpenHouse, client_for: ClientFor, kind: RiskKind) -> Both:
    monitoring = await open_monitoring(open_house, client_for)
    await monitoring.put()
    assistance = await open_house(ASSISTANCE)
    return Both(monitoring, assistance, client_for(assistance), kind)


def housing(ref: str, amount: str = "20000.00", month: str = "2026-09") -> dict[str, Any]:
    return expense_fact(month, amount, amount, kind="housing") | {"source_ref": ref}


def hospital(ref: str, member_no: int, amount: str = "80000.00", month: str = "2026-10") -> dict[str, Any]:
    return expense_fact(month, amount, "0.00") | {"source_ref": ref, "member_no": member_no}


def known(amount: str = "3000.00", before: str = "3000.00") -> list[dict[str, Any]]:
    return [*wages(YEAR_BEFORE, before), *wages(WINDOW, amount)]


CASES: dict[str, tuple[RiskKind, list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]] = {
    "another member's diagnosis": (ILL, [], [illness_fact()], [illness_fact("I63.9", 2)]),
    "another diagnosis of the member": (ILL, [], [illness_fact()], [illness_fact("I63.9", 1)]),
    "a member's cost": (ILL, [], [illness_fact()], [hospital("bill", 2)]),
    "the ill member's own cost": (ILL, [], [illness_fact()], [hospital("bill", 1)]),
    "a diagnosis after a cost": (ILL, [], [hospital("bill", 1)], [illness_fact(member_no=2)]),
    "another bill of the member": (ILL, [], [hospital("bill", 1)], [hospital("another", 1)]),
    "another bill after many small ones": (
        ILL,
        [],
        [hospital(f"bill-{number}", 1, "8000.00") for number in range(3)],
        [hospital("another", 1)],
    ),
    "a diagnosis of a member not named": (
        ILL,
        [],
        [illness_fact() | {"member_no": None}],
        [illness_fact() | {"member_no": None, "source_ref": "another", "source": "hospital"}],
    ),
    "another expense": (RIGID, known(), [housing("one")], [housing("another")]),
    "another expense of another month": (
        RIGID,
        known(),
        [housing("one")],
        [housing("another", month="2026-08")],
    ),
    "another comparison": (
        DROP,
        known(),
        [correction(fact, f"less-{number}", amount="100.00") for number, fact in enumerate(wages(QUARTER, "3000.00"))],
        [
            correction(fact, f"even-less-{number}", amount="1000.00")
            for number, fact in enumerate(wages(WINDOW[:5], "3000.00"))
        ],
    ),
}


@pytest.mark.parametrize("steps", [VERIFIED, CLOSED], ids=["verified", "closed"])
@pytest.mark.parametrize("case", CASES)
async def test_a_new_cause_brings_the_judged_task_back(
    open_house: OpenHouse, client_for: ClientFor, case: str, steps: tuple[dict[str, Any], ...]
) -> None:
    kind, history, first, new = CASES[case]
    here = await both(open_house, client_for, kind)
    if history:
        await here.monitoring.record(*history)
    await here.say(*first)
    await here.settle()
    await here.act(*steps)
    await here.settle()
    before = await here.task()

    await here.say(*new)
    await here.settle()

    task = await here.task()
    back = next(entry for entry in task["history"][len(before["history"]) :] if entry["action"] == "new_cause")
    assert (back["status"], back["by"], back["verdict"]) == ("open", "system", None)
    assert back["clue"]["fact_id"] is not None
    assert (task["task_id"], task["status"], task["due_on"]) == (before["task_id"], "open", DUE[task["grade"]])
    assert await here.verdicts() == (None, None)
    [reopened] = [event.data for event in await waiting_events(here.assistance) if isinstance(event.data, TaskReopened)]
    assert (reopened.reopened_by, str(reopened.task_id)) == ("new_cause", task["task_id"])
    assert "task.new_cause" in {row["action"] for row in await audit_rows(here.assistance)}

    await here.act(*CLOSED)
    await here.settle()
    assert await here.verdicts() == ("confirmed", "confirmed")


async def test_a_second_loss_of_work_brings_the_judged_task_back(open_house: OpenHouse, client_for: ClientFor) -> None:
    here = await both(open_house, client_for, LOSS)
    await deliver(here.monitoring.house, placement_ended("first"))
    await here.settle()
    await here.act(*CLOSED)
    await here.settle()

    await deliver(here.monitoring.house, placement_ended("first"))
    await here.settle()
    assert await here.verdicts() == ("confirmed", "confirmed")

    await deliver(here.monitoring.house, placement_ended("second", member_no=2))
    await here.settle()
    assert (await here.actions())[-1] == "new_cause"
    assert await here.verdicts() == (None, None)


FIRST_BILL = hospital("bill", 1)
NOTHING_NEW: dict[str, tuple[RiskKind, list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]] = {
    "the same diagnosis from another source": (
        ILL,
        [],
        [illness_fact()],
        [illness_fact() | {"source": "hospital", "source_ref": "again"}],
    ),
    "a bill that raises nothing by itself": (ILL, [], [FIRST_BILL], [hospital("small", 1, "500.00")]),
    "the amount of the same bill corrected": (
        ILL,
        [],
        [FIRST_BILL],
        [correction(FIRST_BILL, "corrected", amount="90000.00")],
    ),
    "an expense that raises nothing by itself": (RIGID, known(), [housing("one")], [housing("small", "100.00")]),
    "the amount of the same expense corrected": (
        RIGID,
        known(),
        [housing("one")],
        [correction(housing("one"), "corrected", amount="25000.00", self_paid_compliant="25000.00")],
    ),
    "less income than before": (
        BELOW,
        [],
        wages(WINDOW, "200.00"),
        [correction(wages(WINDOW, "200.00")[0], "even-less", amount="100.00")],
    ),
    "one of two diagnoses is gone": (
        ILL,
        [],
        [illness_fact(), illness_fact("I63.9", 2)],
        [correction(illness_fact("I63.9", 2), "healthy", code="J00", serious=False)],
    ),
}


@pytest.mark.parametrize("steps", [VERIFIED, CLOSED], ids=["verified", "closed"])
@pytest.mark.parametrize("case", NOTHING_NEW)
async def test_what_the_verdict_saw_already_leaves_it_standing(
    open_house: OpenHouse, client_for: ClientFor, case: str, steps: tuple[dict[str, Any], ...]
) -> None:
    kind, history, first, more = NOTHING_NEW[case]
    here = await both(open_house, client_for, kind)
    if history:
        await here.monitoring.record(*history)
    await here.say(*first)
    await here.settle()
    await here.act(*steps)
    await here.settle()
    status = (await here.task())["status"]

    await here.say(*more)
    await here.settle()

    task = await here.task()
    assert (task["status"], task["verdict"]) == (status, "confirmed")


async def test_a_cause_that_went_and_came_back_is_a_new_one(open_house: OpenHouse, client_for: ClientFor) -> None:
    here = await both(open_house, client_for, ILL)
    await here.say(illness_fact(), illness_fact("I63.9", 2))
    await here.settle()
    await here.act(*CLOSED)
    gone = correction(illness_fact("I63.9", 2), "healthy", code="J00", serious=False)
    await here.say(gone)
    await here.settle()
    assert (await here.task())["status"] == "closed"

    await here.say(illness_fact("I63.9", 2) | {"source_ref": "again"})
    await here.settle()
    assert (await here.actions())[-1] == "new_cause"
    assert await here.verdicts() == (None, None)


async def test_a_month_that_went_by_is_no_new_cause_and_another_quarter_is(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    here = await both(open_house, client_for, DROP)
    await here.monitoring.record(*known())
    less = [correction(fact, f"less-{n}", amount="1000.00") for n, fact in enumerate(wages(QUARTER, "3000.00"))]
    await here.say(*less)
    await here.settle()
    await here.act(*CLOSED)
    await here.settle()

    for day, month, standing in (
        (dt.date(2026, 12, 14), "2026-11", True),
        (dt.date(2027, 1, 14), "2026-12", True),
        (dt.date(2027, 2, 15), "2027-01", False),
    ):
        here.monitoring = await open_monitoring(open_house, client_for, today=day)
        await here.say(income_fact(month, "1000.00"))
        await screen_all(here.monitoring.house)
        await here.settle()
        assert ((await here.task())["verdict"] == "confirmed") is standing, month


async def test_causes_tell_nothing_of_member_or_diagnosis_and_stay_as_they_are(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    here = await both(open_house, client_for, ILL)
    await here.say(illness_fact(), illness_fact("I63.9", 2), hospital("bill", 3))
    events = [event.data.causes for event in await here.monitoring.events() if event.type.startswith("monitoring.risk")]
    assert [len(causes) for causes in events] == [1, 2, 4]
    assert set(events[0]) < set(events[1]) < set(events[2])
    assert [UUID(key).version for key in events[2]] == 4 * [7]


async def test_in_whatever_order_the_update_and_the_verdict_come_the_task_ends_right(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    here = await both(open_house, client_for, ILL)
    await here.say(illness_fact())
    await here.settle()
    await here.act({"action": "accept"}, {"action": "start"})
    await here.say(illness_fact("I63.9", 2), hospital("bill", 3))
    events = [event for event in await here.everything() if event.event_id not in here.brought]
    updates = [event for event in events if event.headers["ce_type"].startswith("monitoring.risk")]
    assert len(updates) == 2

    await deliver(here.assistance, updates[1])
    await here.act({"action": "verify", "verdict": "confirmed"})
    await asyncio.gather(*(deliver(here.assistance, *order) for order in itertools.permutations(updates)))
    assert (await here.task())["verdict"] == "confirmed"  # it was given with both causes in sight

    await here.say(hospital("later", 4))
    [late] = [event for event in await here.everything() if event not in events and event.event_id not in here.brought]
    await asyncio.gather(deliver(here.assistance, late), deliver(here.assistance, late))
    await deliver(here.assistance, *updates, late)
    assert (await here.actions()).count("new_cause") == 1
    assert (await here.task())["status"] == "open"


@pytest.mark.parametrize("attempt", range(3))
async def test_a_verdict_and_a_new_cause_at_once_leave_no_verdict_over_a_cause_it_did_not_see(
    open_house: OpenHouse, client_for: ClientFor, attempt: int
) -> None:
    here = await both(open_house, client_for, ILL)
    await here.say(illness_fact())
    await here.settle()
    await here.act({"action": "accept"}, {"action": "start"})
    await here.say(illness_fact("I63.9", 2))
    await asyncio.gather(here.settle(), here.act({"action": "verify", "verdict": "no_risk"}))
    task = await here.task()
    order = [entry["action"] for entry in task["history"] if entry["action"] in ("verify", "updated", "new_cause")]
    assert order in (["updated", "verify"], ["verify", "new_cause"])
    assert task["verdict"] == ("no_risk" if order[-1] == "verify" else None)


async def test_an_older_closing_never_wins_over_a_newer_reopening(open_house: OpenHouse, client_for: ClientFor) -> None:
    here = await both(open_house, client_for, ILL)
    await here.say(illness_fact())
    await here.settle()
    await here.act(*CLOSED, {"action": "reopen"})
    told = [
        event
        for event in await here.assistance.database.read(pending_events)
        if event.headers["ce_type"] in (TaskClosed.event_type, TaskReopened.event_type)
    ]
    for order in (told, told[::-1]):
        await deliver(here.monitoring.house, *order)
        assert await here.verdicts() == (None, None)
    await here.act(*CLOSED)
    await here.settle()
    assert await here.verdicts() == ("confirmed", "confirmed")
