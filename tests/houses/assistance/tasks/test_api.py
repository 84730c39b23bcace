"""The routes of assistance as outside systems see them."""

import datetime as dt
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.assistance.app import ASSISTANCE
from shared.codes.monitoring import RiskGrade, RiskKind
from shared.ids import derived_id
from tests.builders import (
    HOUSEHOLD,
    OTHER_COUNTY_REGION,
    REGION,
    TODAY,
    deliver,
    risk_cleared,
    risk_raised,
)
from tests.conftest import ClientFor, OpenHouse
from tests.problems import assert_problem

TASKS = "/assistance/v1/tasks"
TASK = f"{TASKS}/{derived_id('task', HOUSEHOLD, 'below_line', 1)}"
READ, WRITE = ("assistance:read",), ("assistance:read", "assistance:write")
FIELDS = {
    "task_id",
    "household_code",
    "region_code",
    "kind",
    "risk_id",
    "episode",
    "status",
    "grade",
    "opened_at",
    "due_on",
    "due_provisional",
    "verdict",
    "updated_at",
    "history",
    "measures",
    "allowed_actions",
}


async def act(client: httpx.AsyncClient, action: str, **more: Any) -> httpx.Response:
    return await client.post(f"{TASK}/transitions", json={"action": action, **more})


async def codes(client: httpx.AsyncClient, **wanted: Any) -> list[str]:
    answer = await client.get(TASKS, params=wanted)
    assert answer.status_code == 200, answer.text
    return [item["household_code"] for item in answer.json()["items"]]


async def test_a_task_has_the_published_fields(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(ASSISTANCE)
    await deliver(house, risk_raised())
    client = client_for(house, scopes=READ)

    answer = await client.get(TASK)

    assert answer.status_code == 200
    task = answer.json()
    assert set(task) == FIELDS
    opened_at, history = task.pop("opened_at"), task.pop("history")
    assert opened_at.endswith("Z")
    assert opened_at <= task.pop("updated_at")
    assert task == {
        "task_id": TASK.rsplit("/", 1)[1],
        "household_code": HOUSEHOLD,
        "region_code": REGION,
        "kind": "below_line",
        "risk_id": str(derived_id("risk", HOUSEHOLD, "below_line", 1)),
        "episode": 1,
        "status": "open",
        "grade": "orange",
        "due_on": "2026-11-23",
        "due_provisional": False,
        "verdict": None,
        "measures": [],
        "allowed_actions": [],
    }
    assert history == [
        {
            "at": opened_at,
            "action": "opened",
            "by": "system",
            "status": "open",
            "note": "orange: below_line",
            "verdict": None,
            "clue": None,
        }
    ]
    assert (await client.get(TASKS)).json() == {"items": [answer.json()], "next_cursor": None}


async def test_an_officer_works_a_task_through(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(ASSISTANCE)
    await deliver(house, risk_raised())
    client = client_for(house, scopes=WRITE, region="520626", client_id="officer")

    assert (await act(client, "accept", note="明天入户")).json()["status"] == "accepted"
    assert (await act(client, "start")).json()["status"] == "in_progress"
    assert (await act(client, "verify", verdict="confirmed")).json()["verdict"] == "confirmed"
    answer = await act(client, "close")

    assert answer.status_code == 200
    assert set(answer.json()) == FIELDS
    assert answer.json() == (await client.get(TASK)).json()
    assert answer.json()["allowed_actions"] == ["reopen"]
    assert [(entry["action"], entry["by"], entry["note"]) for entry in answer.json()["history"][1:3]] == [
        ("accept", "officer", "明天入户"),
        ("start", "officer", None),
    ]


async def test_a_conflict_names_what_may_be_done_instead(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(ASSISTANCE)
    await deliver(house, risk_raised(), risk_cleared(2))
    client = client_for(house, scopes=WRITE)
    document = assert_problem(await act(client, "accept"), 409, "transition-not-allowed")
    assert document["allowed_actions"] == ["reopen"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"action": "verify"}, "/verdict"),
        ({"action": "verify", "verdict": None}, "/verdict"),
        ({"action": "verify", "verdict": "perhaps"}, "/verdict"),
        ({"action": "accept", "verdict": "confirmed"}, "/verdict"),
        ({"action": "close", "verdict": "no_risk"}, "/verdict"),
        ({"action": "finish"}, "/action"),
        ({}, "/action"),
        ({"action": "accept", "status": "closed"}, "/status"),
        ({"action": "accept", "note": "x" * 2001}, "/note"),
        ({"action": "accept", "note": 7}, "/note"),
    ],
)
async def test_a_bad_transition_is_named_field_by_field(
    open_house: OpenHouse, client_for: ClientFor, body: dict[str, Any], pointer: str
) -> None:
    house = await open_house(ASSISTANCE)
    await deliver(house, risk_raised())
    client = client_for(house, scopes=WRITE)
    before = (await client.get(TASK)).json()

    document = assert_problem(await client.post(f"{TASK}/transitions", json=body), 422, "invalid")

    assert [error["pointer"] for error in document["errors"]] == [pointer]
    assert (await client.get(TASK)).json() == before


async def test_a_body_that_is_no_json_is_told_so(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(ASSISTANCE)
    await deliver(house, risk_raised())
    client = client_for(house, scopes=WRITE)
    answer = await client.post(f"{TASK}/transitions", content=b"{", headers={"content-type": "application/json"})
    assert_problem(answer, 400, "malformed-request")


async def test_an_unknown_task_is_not_found(open_house: OpenHouse, client_for: ClientFor) -> None:
    client = client_for(await open_house(ASSISTANCE))
    assert_problem(await client.get(f"{TASKS}/{uuid4()}"), 404, "task-not-found")
    answer = await client.post(f"{TASKS}/{uuid4()}/transitions", json={"action": "accept"})
    assert_problem(answer, 404, "task-not-found")


async def test_a_task_of_another_region_is_as_good_as_unknown(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(ASSISTANCE)
    await deliver(house, risk_raised())
    client = client_for(house, region="520625")
    assert_problem(await client.get(TASK), 404, "task-not-found")
    assert_problem(await act(client, "accept"), 404, "task-not-found")
    assert await codes(client) == []
    assert_problem(await client.get(TASKS, params={"region_code": "520626"}), 403, "region-not-allowed")


async def test_reading_and_writing_need_their_scopes(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(ASSISTANCE)
    await deliver(house, risk_raised())
    reader, stranger = client_for(house, scopes=READ), client_for(house, scopes=("monitoring:read",))
    assert_problem(await act(reader, "accept"), 403, "scope-missing")
    assert_problem(await stranger.get(TASK), 403, "scope-missing")
    assert_problem(await stranger.get(TASKS, headers={"Authorization": ""}), 401, "token-missing")


async def test_an_idempotency_key_repeats_the_answer_and_not_the_act(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_house(ASSISTANCE)
    await deliver(house, risk_raised())
    client = client_for(house, scopes=WRITE)
    once = {"Idempotency-Key": "accept-1"}

    first = await client.post(f"{TASK}/transitions", json={"action": "accept"}, headers=once)
    again = await client.post(f"{TASK}/transitions", json={"action": "accept"}, headers=once)
    other = await client.post(f"{TASK}/transitions", json={"action": "start"}, headers=once)

    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert_problem(other, 409, "idempotency-key-reused")
    assert len((await client.get(TASK)).json()["history"]) == 2


async def test_tasks_are_found_by_what_they_are_about(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(ASSISTANCE)
    await deliver(
        house,
        risk_raised(household_code="A"),
        risk_raised(household_code="B", kind=RiskKind.NEW_ILLNESS),
        risk_raised(household_code="C", region_code=OTHER_COUNTY_REGION),
        risk_raised(household_code="D"),
        risk_cleared(2, household_code="D"),
    )
    client = client_for(house, scopes=READ)
    assert set(await codes(client)) == {"A", "B", "C", "D"}
    assert await codes(client, household_code="A") == ["A"]
    assert await codes(client, kind="new_illness") == ["B"]
    assert await codes(client, region_code="520625") == ["C"]
    assert await codes(client, region_code="520625000000") == ["C"]
    assert await codes(client, status="closed") == ["D"]
    assert set(await codes(client, status="open", region_code="520626")) == {"A", "B"}
    assert set(await codes(client_for(house, scopes=READ, region="520626"))) == {"A", "B", "D"}


async def test_a_task_is_overdue_from_the_day_after_its_due_date_until_it_is_closed(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    due_today, due_yesterday = TODAY - dt.timedelta(days=7), TODAY - dt.timedelta(days=10)
    house = await open_house(ASSISTANCE)
    await deliver(
        house,
        risk_raised(household_code="TODAY", decided_on=due_today),
        risk_raised(household_code="LATE", decided_on=due_yesterday),
        risk_raised(household_code="DONE", decided_on=due_yesterday),
        risk_cleared(2, household_code="DONE", decided_on=TODAY),
        risk_raised(household_code="SOON", grade=RiskGrade.RED),
    )
    client = client_for(house, scopes=READ)
    due = {item["household_code"]: item["due_on"] for item in (await client.get(TASKS)).json()["items"]}
    assert (due["TODAY"], due["LATE"]) == (str(TODAY), str(TODAY - dt.timedelta(days=3)))
    assert await codes(client, overdue="true") == ["LATE"]
    assert set(await codes(client, overdue="false")) == {"TODAY", "DONE", "SOON"}


async def test_pages_hold_every_task_once_and_the_newest_first(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(ASSISTANCE)
    for day in range(3):
        await deliver(house, *(risk_raised(household_code=f"{day}-{number}") for number in range(3)))
    client = client_for(house, scopes=READ)

    seen: list[str] = []
    cursor: str | None = None
    while not seen or cursor:
        page = (await client.get(TASKS, params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
        assert len(page["items"]) <= 2
        seen += [item["household_code"] for item in page["items"]]
        cursor = page["next_cursor"]

    assert len(seen) == len(set(seen)) == 9
    assert [code[0] for code in seen] == ["2"] * 3 + ["1"] * 3 + ["0"] * 3


@pytest.mark.parametrize(
    "wanted",
    [
        {"limit": 0},
        {"limit": 201},
        {"cursor": "nonsense"},
        {"cursor": "WyJhIiwgImIiXQ"},
        {"status": "late"},
        {"kind": "drought"},
        {"overdue": "perhaps"},
        {"region_code": "52062"},
        {"household_code": "a\0b"},
    ],
)
async def test_a_bad_question_is_refused(open_house: OpenHouse, client_for: ClientFor, wanted: dict[str, Any]) -> None:
    client = client_for(await open_house(ASSISTANCE))
    document = assert_problem(await client.get(TASKS, params=wanted), 422, "invalid")
    assert [error["pointer"].rsplit("/", 1)[-1] for error in document["errors"]] == list(wanted)


@pytest.mark.parametrize(
    ("path", "method", "refusals"),
    [
        (TASKS, "get", {"403", "422"}),
        (f"{TASKS}/{{task_id}}", "get", {"404", "422"}),
        (f"{TASKS}/{{task_id}}/transitions", "post", {"400", "404", "409", "422"}),
    ],
)
async def test_the_description_tells_of_every_refusal(
    open_house: OpenHouse, client_for: ClientFor, path: str, method: str, refusals: set[str]
) -> None:
    client = client_for(await open_house(ASSISTANCE))
    description = (await client.get("/assistance/openapi.json")).json()
    described = description["paths"][path][method]["responses"]
    assert refusals <= set(described)
    assert all("application/problem+json" in described[status]["content"] for status in refusals)
