"""What changed in tasks: versions, the moment of the last change, and deadlines counted again."""

import asyncio
import datetime as dt
from typing import Any

import httpx
import pytest

from services.assistance.app import ASSISTANCE
from services.assistance.tasks.queries import counts
from shared import metrics
from shared.codes.monitoring import RiskGrade, RiskKind
from shared.contracts.assistance import MeasureRequested
from shared.contracts.employment import MeasureAccepted
from shared.house import House
from shared.policy.loader import PolicyBook
from tests.builders import HOUSEHOLD, TODAY, audit_rows, deliver, risk_raised, risk_updated, waiting_events
from tests.conftest import ClientFor, OpenHouse
from tests.houses.assistance.builders import (
    CASH,
    DISBURSEMENTS,
    TASK,
    TO_THE_END,
    act,
    answering,
    ask,
    cash,
    registered,
)
from tests.mechanism.probe import ON_POSTGRESQL
from tests.problems import problem

TASKS = "/assistance/v1/tasks"
recount, recount_answers = (ASSISTANCE.jobs[f"recount-{what}"].command for what in ("deadlines", "answers"))
NEW_YEAR: dict[dt.date, bool] = {
    dt.date(2027, 1, 1): False,
    dt.date(2027, 1, 2): False,
    dt.date(2027, 1, 3): True,
    dt.date(2027, 1, 4): True,
    dt.date(2027, 1, 5): True,
}
DECEMBER = dt.date(2026, 12, 30)


async def changed(client: httpx.AsyncClient, after: str, **wanted: Any) -> list[tuple[str, str]]:
    answer = await client.get(TASKS, params={"updated_after": after, **wanted})
    assert answer.status_code == 200, answer.text
    return [(item["household_code"], item["updated_at"]) for item in answer.json()["items"]]


async def test_what_changed_since_a_moment_is_listed_in_its_order(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(ASSISTANCE)
    client = client_for(house)
    await deliver(house, *(risk_raised(household_code=code) for code in ("A", HOUSEHOLD, "C")))
    everything = await changed(client, "2026-01-01T00:00:00Z")
    assert [code for code, _ in everything] == ["A", HOUSEHOLD, "C"]
    moments = [moment for _, moment in everything]
    assert moments == sorted(set(moments))
    assert await changed(client, moments[-1]) == []

    await act(client, TO_THE_END[0])
    [(code, moment)] = await changed(client, moments[-1])
    assert code == HOUSEHOLD
    assert [code for code, _ in await changed(client, moments[0])] == ["C", HOUSEHOLD]

    page = (await client.get(TASKS, params={"updated_after": moments[0], "limit": 1})).json()
    rest = await changed(client, moments[0], limit=1, cursor=page["next_cursor"])
    assert [page["items"][0]["household_code"], *[code for code, _ in rest]] == ["C", HOUSEHOLD]
    assert problem(await client.get(TASKS, params={"updated_after": "yesterday"}))[:2] == (422, "invalid")
    assert moment > moments[-1]


async def test_everything_a_task_shows_changes_its_moment_and_version(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_house(ASSISTANCE)
    await deliver(house, registered(), risk_raised())
    client = client_for(house)
    seen: set[tuple[str, str]] = set()

    async def is_new() -> bool:
        answer = await client.get(TASK)
        found = (answer.headers["ETag"], answer.json()["updated_at"])
        fresh = not any(one in {each for pair in seen for each in pair} for one in found)
        seen.add(found)
        return fresh

    assert await is_new()
    job, wish = await ask(client), await ask(client, **CASH)
    assert await is_new()
    await deliver(house, answering(MeasureAccepted, job))
    assert await is_new()
    paid = await client.post(DISBURSEMENTS, json=cash(measure_id=wish["measure_id"]))
    assert await is_new()
    back = {"source": "civil-affairs", "source_ref": "back", "reason": "other"}
    answer = await client.post(f"{DISBURSEMENTS}/{paid.json()['disbursement_id']}/withdrawal", json=back)
    assert (answer.status_code, await is_new()) == (201, True)
    await deliver(house, risk_updated(2))
    assert await is_new()
    await act(client, TO_THE_END[0])
    assert await is_new()
    assert not await is_new()


@ON_POSTGRESQL
async def test_who_polls_while_tasks_change_at_once_misses_none(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(ASSISTANCE)
    client = client_for(house)
    await deliver(house, *(risk_raised(household_code=f"H-{number}") for number in range(12)))
    ids = [item["task_id"] for item in (await client.get(TASKS)).json()["items"]]
    last = max(item["updated_at"] for item in (await client.get(TASKS)).json()["items"])
    seen: set[str] = set()

    async def poll() -> None:
        nonlocal last
        found = (await client.get(TASKS, params={"updated_after": last, "limit": 200})).json()["items"]
        seen.update(item["task_id"] for item in found)
        last = max([last, *(item["updated_at"] for item in found)])

    accepting = [asyncio.create_task(client.post(f"{TASKS}/{each}/transitions", json=TO_THE_END[0])) for each in ids]
    while not all(task.done() for task in accepting):
        await poll()
    await poll()
    assert [task.result().status_code for task in accepting] == 12 * [200]
    assert seen == set(ids)


async def test_a_step_taken_on_what_was_seen_is_refused_once_it_changed(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_house(ASSISTANCE)
    await deliver(house, risk_raised())
    client = client_for(house)
    tag = (await client.get(TASK)).headers["ETag"]
    await deliver(house, risk_updated(2))
    transitions, step = f"{TASK}/transitions", TO_THE_END[0]
    refused = await client.post(transitions, json=step, headers={"If-Match": tag})
    assert problem(refused) == (412, "version-changed", [])
    tag = (await client.get(TASK)).headers["ETag"]
    assert (await client.post(transitions, json=step, headers={"If-Match": tag})).status_code == 200


def announced(policy_book: PolicyBook, days: dict[dt.date, bool]) -> PolicyBook:
    return PolicyBook(policy_book.packs, policy_book.workday_overrides() | days)


async def due(client: httpx.AsyncClient) -> tuple[str, bool]:
    task = (await client.get(TASK)).json()
    return task["due_on"], task["due_provisional"]


async def test_a_provisional_deadline_is_counted_again_once_the_calendar_is_announced(
    open_house: OpenHouse, client_for: ClientFor, policy_book: PolicyBook
) -> None:
    house = await open_house(ASSISTANCE, today=DECEMBER)
    await deliver(house, risk_raised(decided_on=DECEMBER, grade=RiskGrade.RED))
    client = client_for(house)
    assert await due(client) == ("2027-01-05", True)
    assert not await house.database.write(recount)
    assert await due(client) == ("2027-01-05", True)

    then = await open_house(ASSISTANCE, today=DECEMBER, policy=announced(policy_book, NEW_YEAR))
    before = (await client.get(TASK)).json()
    for _ in range(2):
        assert not await then.database.write(recount)
    assert await due(client) == ("2027-01-04", False)
    task = (await client.get(TASK)).json()
    [entry] = task["history"][len(before["history"]) :]
    assert (entry["action"], entry["by"]) == ("recounted", "system")
    assert entry["note"] == "the calendar is announced: due 2027-01-04, 2027-01-05 was promised"
    assert task["updated_at"] > before["updated_at"]
    [row] = [row for row in await audit_rows(then) if row["action"] == "task.recounted"]
    assert (row["before"], row["after"]) == ({"due_on": "2027-01-05"}, {"due_on": "2027-01-04"})


async def test_no_deadline_is_later_than_promised(
    open_house: OpenHouse, client_for: ClientFor, policy_book: PolicyBook
) -> None:
    house = await open_house(ASSISTANCE, today=DECEMBER)
    await deliver(house, risk_raised(decided_on=DECEMBER, grade=RiskGrade.RED))
    free = dict.fromkeys(NEW_YEAR, False)
    then = await open_house(ASSISTANCE, today=DECEMBER, policy=announced(policy_book, free))
    await then.database.write(recount)
    assert await due(client_for(then)) == ("2027-01-05", False)


async def test_a_deadline_is_counted_again_from_the_decision_it_came_from(
    open_house: OpenHouse, client_for: ClientFor, policy_book: PolicyBook
) -> None:
    house = await open_house(ASSISTANCE, today=DECEMBER)
    await deliver(house, risk_raised(decided_on=DECEMBER, grade=RiskGrade.RED))
    await deliver(house, risk_updated(2, decided_on=dt.date(2026, 12, 31), grade=RiskGrade.ORANGE))
    then = await open_house(ASSISTANCE, today=DECEMBER, policy=announced(policy_book, NEW_YEAR))
    await then.database.write(recount)
    assert await due(client_for(then)) == ("2027-01-04", False)


async def test_a_closed_task_is_not_counted_again(
    open_house: OpenHouse, client_for: ClientFor, policy_book: PolicyBook
) -> None:
    house = await open_house(ASSISTANCE, today=DECEMBER)
    await deliver(house, risk_raised(decided_on=DECEMBER, grade=RiskGrade.RED))
    client = client_for(house)
    await act(client, *TO_THE_END)
    before = (await client.get(TASK)).json()
    then = await open_house(ASSISTANCE, today=DECEMBER, policy=announced(policy_book, NEW_YEAR))
    await then.database.write(recount)
    assert (await client.get(TASK)).json() == before


@pytest.mark.parametrize(("today", "days"), [(TODAY, 45), (dt.date(2027, 1, 3), -3)])
async def test_the_house_shows_how_many_days_the_announced_calendar_reaches(
    open_house: OpenHouse, today: dt.date, days: int
) -> None:
    house: House = await open_house(ASSISTANCE, today=today)
    await deliver(house, risk_raised(kind=RiskKind.JOB_LOSS))
    found = await house.database.read(counts)
    assert found[metrics.CALENDAR_DAYS_LEFT] == {("assistance",): days}


async def test_the_day_of_an_answer_is_counted_again_once_the_calendar_is_announced(
    open_house: OpenHouse, client_for: ClientFor, policy_book: PolicyBook
) -> None:
    house = await open_house(ASSISTANCE, today=DECEMBER)
    await deliver(house, risk_raised(decided_on=DECEMBER))
    client = client_for(house)
    job, money = await ask(client), await ask(client, **CASH)
    assert {(one["answer_by"], one["answer_provisional"]) for one in (job, money)} == {("2027-01-07", True)}
    assert not await house.database.write(recount_answers)
    assert len(await asked(house)) == 1

    then = await open_house(ASSISTANCE, today=DECEMBER, policy=announced(policy_book, NEW_YEAR))
    before = (await client.get(TASK)).json()
    for _ in range(2):
        assert not await then.database.write(recount_answers)
    task = (await client.get(TASK)).json()
    assert {(one["answer_by"], one["answer_provisional"]) for one in task["measures"]} == {("2027-01-06", False)}
    assert task["updated_at"] > before["updated_at"]
    first, second = await asked(then)
    assert second == first.model_copy(update={"answer_by": dt.date(2027, 1, 6)}), "the house that was asked is told"
    rows = [row for row in await audit_rows(then) if row["action"] == "measure.recounted"]
    days = ({"answer_by": "2027-01-07"}, {"answer_by": "2027-01-06"})
    assert [(row["before"], row["after"]) for row in rows] == [days, days]


async def test_no_answer_is_due_later_than_promised_nor_counted_again_once_given(
    open_house: OpenHouse, client_for: ClientFor, policy_book: PolicyBook
) -> None:
    house = await open_house(ASSISTANCE, today=DECEMBER)
    await deliver(house, risk_raised(decided_on=DECEMBER))
    client = client_for(house)
    measure = await ask(client)
    free = dict.fromkeys(NEW_YEAR, False)
    then = await open_house(ASSISTANCE, today=DECEMBER, policy=announced(policy_book, free))
    await then.database.write(recount_answers)
    [kept] = (await client.get(TASK)).json()["measures"]
    assert (kept["answer_by"], kept["answer_provisional"]) == ("2027-01-07", False)
    assert len(await asked(then)) == 1, "nobody is told what has not changed"

    other = await ask(client, member_no=2)
    assert other["answer_provisional"]
    await deliver(then, answering(MeasureAccepted, measure), answering(MeasureAccepted, other))
    then = await open_house(ASSISTANCE, today=DECEMBER, policy=announced(policy_book, NEW_YEAR))
    await then.database.write(recount_answers)
    assert {one["answer_by"] for one in (await client.get(TASK)).json()["measures"]} == {"2027-01-07"}


async def asked(house: House) -> list[MeasureRequested]:
    return [event.data for event in await waiting_events(house) if isinstance(event.data, MeasureRequested)]
