"""Tasks whose due date passes: their history tells it once, and the list can be polled for it."""

import datetime as dt

from services.assistance.app import ASSISTANCE
from shared.codes.monitoring import RiskGrade
from tests.builders import HOUSEHOLD, TODAY, audit_rows, deliver, risk_raised, risk_updated
from tests.conftest import ClientFor, OpenHouse
from tests.houses.assistance.builders import STORY, TASK, TO_THE_END, act, registered

tell_overdue = ASSISTANCE.jobs["overdue-tasks"].command
DUE = dt.date(2026, 11, 23)
LATER = DUE + dt.timedelta(days=30)


async def test_a_task_that_is_overdue_says_so_once(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(ASSISTANCE, today=DUE)
    await deliver(house, registered(), risk_raised(), risk_raised(household_code="B"))
    client = client_for(house)
    before = (await client.get(TASK)).json()
    assert not await house.database.write(tell_overdue)
    assert (await client.get(TASK)).json() == before, "the due date is the last day that is in time"

    for today in (DUE + dt.timedelta(days=1), LATER):
        then = await open_house(ASSISTANCE, today=today)
        assert not await then.database.write(tell_overdue)
    task = (await client.get(TASK)).json()
    [entry] = task["history"][len(before["history"]) :]
    assert entry == {
        "at": entry["at"],
        "action": "overdue",
        "by": "system",
        "status": "open",
        "note": f"was due on {DUE}",
        "verdict": None,
        "clue": None,
    }
    assert (task["status"], task["due_on"], task["allowed_actions"]) == ("open", str(DUE), before["allowed_actions"])
    assert task["updated_at"] > before["updated_at"]
    rows = [row for row in await audit_rows(then) if row["action"] == "task.overdue"]
    assert [(row["actor"], row["after"]) for row in rows] == 2 * [("system", {"due_on": str(DUE)})]
    told = [entry for entry in (await client.get(STORY)).json()["entries"] if entry["what"] == "task.overdue"]
    assert [entry["text"] for entry in told] == ["task for below_line, episode 1: overdue by system, now open"]


async def test_a_closed_task_is_never_overdue(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(ASSISTANCE, today=DUE)
    await deliver(house, risk_raised())
    client = client_for(house)
    await act(client, *TO_THE_END)
    before = (await client.get(TASK)).json()
    then = await open_house(ASSISTANCE, today=LATER)
    await then.database.write(tell_overdue)
    assert (await client.get(TASK)).json() == before


async def test_a_task_that_is_open_again_is_told_of_its_new_due_date(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_house(ASSISTANCE, today=LATER)
    await deliver(house, risk_raised())
    await house.database.write(tell_overdue)
    client = client_for(house)
    await act(client, *TO_THE_END)
    await deliver(house, risk_updated(2, decided_on=LATER, grade=RiskGrade.RED))
    new_due = dt.date.fromisoformat((await client.get(TASK)).json()["due_on"])
    assert new_due > LATER > TODAY
    then = await open_house(ASSISTANCE, today=new_due + dt.timedelta(days=1))
    await then.database.write(tell_overdue)
    notes = [entry["note"] for entry in (await client.get(TASK)).json()["history"] if entry["action"] == "overdue"]
    assert notes == [f"was due on {DUE}", f"was due on {new_due}"]


async def test_one_who_reads_is_offered_nothing(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(ASSISTANCE)
    await deliver(house, risk_raised())
    reader, writer = client_for(house, scopes=["assistance:read"]), client_for(house)
    offered = [(await client.get(TASK)).json()["allowed_actions"] for client in (reader, writer)]
    assert offered == [[], ["accept"]]
    assert HOUSEHOLD in (await reader.get("/assistance/v1/tasks")).text
