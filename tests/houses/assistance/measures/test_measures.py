"""Measures on tasks: asked for, answered, overdue, and cancelled with their task."""

import asyncio
import datetime as dt
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.assistance.app import ASSISTANCE
from shared.bus.dead_letters import count_dead_letters
from shared.codes.assistance import MeasureKind, RefusalReason
from shared.codes.monitoring import RiskKind
from shared.context import new_context
from shared.contracts import assets, consumption, employment
from shared.contracts.assistance import MeasureCancelled, MeasureOverdue, MeasureRequested
from shared.contracts.envelope import EncodedEvent, Event
from shared.contracts.help import MeasureAnswer
from shared.contracts.payload import Payload
from shared.house import House
from shared.ids import derived_id
from shared.policy.loader import PolicyBook
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
    waiting_events,
)
from tests.conftest import ClientFor, OpenHouse
from tests.houses.assistance.builders import (
    CASH,
    JOB,
    MEASURES,
    TASK,
    TASK_ID,
    TO_THE_END,
    act,
    answering,
    ask,
)
from tests.logged import Logged
from tests.problems import problem

PERSONAL = "二儿子张三想去东莞 13800138000"
ANSWER_BY = "2026-11-23"
AFTERWARDS = dt.date(2026, 11, 24)
tell_overdue = ASSISTANCE.jobs["overdue-measures"].command
HOUSES = (employment, consumption, assets)


async def opened(open_house: OpenHouse, **options: Any) -> House:
    house = await open_house(ASSISTANCE, **options)
    await deliver(house, published_as(risk_raised(), context=new_context("chain-7")))
    return house


async def told(house: House, model: type[Payload]) -> list[Event[Any]]:
    return [event for event in await waiting_events(house) if isinstance(event.data, model)]


async def shown(client: httpx.AsyncClient) -> dict[str, Any]:
    """The only measure of the task."""
    [measure] = (await client.get(TASK)).json()["measures"]
    return dict(measure)


async def listed(client: httpx.AsyncClient, **wanted: Any) -> list[str]:
    answer = await client.get(MEASURES, params=wanted)
    assert answer.status_code == 200, answer.text
    return [f"{item['household_code']} {item['kind']}" for item in answer.json()["items"]]


async def test_a_measure_is_asked_for_in_the_chain_of_its_risk(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await opened(open_house)
    client = client_for(house, client_id="officer")

    measure = await ask(client, member_no=2, note="keen to leave")

    requested_at, measure_id = measure.pop("requested_at"), measure.pop("measure_id")
    assert requested_at.endswith("Z")
    assert measure.pop("updated_at").endswith("Z")
    assert measure == {
        "task_id": str(TASK_ID),
        "household_code": HOUSEHOLD,
        "kind": "job",
        "status": "requested",
        "reason": None,
        "member_no": 2,
        "amount": None,
        "paid": None,
        "note": "keen to leave",
        "requested_by": "officer",
        "answer_by": ANSWER_BY,
        "answer_provisional": False,
        "answered_at": None,
        "correlation_id": "chain-7",
    }
    [event] = await told(house, MeasureRequested)
    assert event.data == MeasureRequested(
        measure_id=UUID(measure_id),
        task_id=TASK_ID,
        household_code=HOUSEHOLD,
        region_code=REGION,
        kind=MeasureKind.JOB,
        member_no=2,
        requested_on=TODAY,
        answer_by=dt.date(2026, 11, 23),
    )
    assert (event.context.correlation_id, event.region) == ("chain-7", REGION)
    row = (await audit_rows(house))[-1]
    assert (row["actor"], row["action"], row["subject"]) == ("officer", "measure.requested", measure_id)
    assert (row["after"]["kind"], row["after"]["status"]) == ("job", "requested")


async def test_the_task_and_every_list_show_its_measures(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await opened(open_house)
    await deliver(house, risk_raised(kind=RiskKind.JOB_LOSS))
    client = client_for(house)
    asked = [await ask(client), await ask(client, kind="purchase"), await ask(client, **CASH)]

    task = (await client.get(TASK)).json()
    by_kind = {item["kind"]: item for item in (await client.get("/assistance/v1/tasks")).json()["items"]}

    assert task["measures"] == asked
    assert by_kind["below_line"] == task
    assert by_kind["job_loss"]["measures"] == []
    assert (await client.get(MEASURES)).json()["items"] == asked[::-1]
    assert [entry["note"] for entry in task["history"] if entry["action"] == "measure_requested"] == [
        "job",
        "purchase",
        "transfer",
    ]


async def test_asking_is_work_begun_so_that_only_a_person_closes_the_task(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await opened(open_house)
    client = client_for(house)
    await ask(client)
    await deliver(house, risk_cleared(2))
    task = (await client.get(TASK)).json()
    assert (task["status"], task["history"][-1]["action"]) == ("open", "cause_gone")
    assert [measure["status"] for measure in task["measures"]] == ["requested"]


async def test_cash_is_asked_of_nobody_else(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await opened(open_house)
    measure = await ask(client_for(house), **CASH)
    assert (measure["amount"], measure["status"]) == ("500.00", "requested")
    assert await told(house, MeasureRequested) == []


async def test_without_days_in_the_policy_there_is_no_date_and_nothing_is_overdue(
    open_house: OpenHouse, client_for: ClientFor, policy_book: PolicyBook
) -> None:
    silent = PolicyBook([pack for pack in policy_book.packs if pack.region != "00"], {})
    house = await opened(open_house, policy=silent)
    client = client_for(house)
    assert (await ask(client))["answer_by"] is None
    [event] = await told(house, MeasureRequested)
    assert event.data.answer_by is None
    later = await open_house(ASSISTANCE, today=dt.date(2027, 11, 1))
    assert not await later.database.write(tell_overdue)
    assert await listed(client_for(later), overdue="true") == []
    assert await listed(client_for(later), overdue="false") == [f"{HOUSEHOLD} job"]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/kind"]),
        ({"kind": "house"}, ["/kind"]),
        ({"kind": "house", "member_no": 1}, ["/kind"]),
        (JOB | {"member_no": 0}, ["/member_no"]),
        (JOB | {"member_no": "2"}, ["/member_no"]),
        ({"kind": "purchase", "member_no": 2}, ["/member_no"]),
        (CASH | {"member_no": 2}, ["/member_no"]),
        (JOB | {"amount": "5.00"}, ["/amount"]),
        ({"kind": "transfer"}, ["/amount"]),
        ({"kind": "transfer", "amount": None}, ["/amount"]),
        ({"kind": "transfer", "amount": "0.00"}, ["/amount"]),
        ({"kind": "transfer", "amount": "-1.00"}, ["/amount"]),
        ({"kind": "transfer", "amount": 500}, ["/amount"]),
        (JOB | {"note": ""}, ["/note"]),
        (JOB | {"note": "x" * 2001}, ["/note"]),
        (JOB | {"status": "completed"}, ["/status"]),
    ],
)
async def test_a_bad_wish_is_named_field_by_field(
    open_house: OpenHouse, client_for: ClientFor, body: dict[str, Any], pointers: list[str]
) -> None:
    house = await opened(open_house)
    client = client_for(house)
    before = (await client.get(TASK)).json()
    assert problem(await client.post(f"{TASK}/measures", json=body)) == (422, "invalid", pointers)
    assert (await client.get(TASK)).json() == before


async def test_a_closed_task_asks_for_nothing(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await opened(open_house)
    await deliver(house, risk_cleared(2))
    client = client_for(house)
    assert problem(await client.post(f"{TASK}/measures", json=JOB)) == (409, "task-closed", [])
    assert (await client.get(TASK)).json()["measures"] == []


async def test_another_region_finds_neither_the_task_nor_its_measures(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await opened(open_house)
    await ask(client_for(house))
    neighbour, reader = client_for(house, region="520625"), client_for(house, scopes=("assistance:read",))
    assert problem(await neighbour.post(f"{TASK}/measures", json=JOB)) == (404, "task-not-found", [])
    assert await listed(neighbour) == []
    assert problem(await neighbour.get(MEASURES, params={"region_code": "520626"})) == (403, "region-not-allowed", [])
    assert problem(await reader.post(f"{TASK}/measures", json=JOB)) == (403, "scope-missing", [])
    unknown = f"/assistance/v1/tasks/{uuid4()}/measures"
    assert problem(await client_for(house).post(unknown, json=JOB)) == (404, "task-not-found", [])


async def test_an_idempotency_key_asks_once(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await opened(open_house)
    client, once = client_for(house), {"Idempotency-Key": "ask-1"}
    first = await client.post(f"{TASK}/measures", json=JOB, headers=once)
    again = await client.post(f"{TASK}/measures", json=JOB, headers=once)
    other = await client.post(f"{TASK}/measures", json=CASH, headers=once)
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert problem(other) == (409, "idempotency-key-reused", [])
    assert await shown(client) == first.json()


async def test_what_people_write_reaches_no_event_log_or_audit(
    open_house: OpenHouse, client_for: ClientFor, logged: Logged
) -> None:
    house = await opened(open_house)
    client = client_for(house)
    measure = await ask(client, note=PERSONAL)
    await deliver(house, answering(employment.MeasureAccepted, measure))
    await act(client, *TO_THE_END)
    assert (await shown(client))["note"] == PERSONAL
    published = [event.data.model_dump_json() for event in await waiting_events(house)]
    elsewhere = [*published, logged.text(), *map(str, await audit_rows(house))]
    assert logged.lines("measure.requested")
    assert not [text for text in elsewhere if "张三" in text or "13800138000" in text]


@pytest.mark.parametrize("helping", HOUSES, ids=lambda house: house.__name__.rpartition(".")[2])
async def test_every_helping_house_is_heard(open_house: OpenHouse, client_for: ClientFor, helping: Any) -> None:
    house = await opened(open_house)
    client = client_for(house)
    measure = await ask(client)

    await deliver(house, answering(helping.MeasureAccepted, measure))
    accepted = await shown(client)
    await deliver(house, answering(helping.MeasureRefused, measure, reason=RefusalReason.NO_OFFER))
    refused = await shown(client)
    await deliver(house, answering(helping.MeasureCompleted, measure))
    completed = await shown(client)

    assert [(each["status"], each["reason"]) for each in (accepted, refused, completed)] == [
        ("accepted", None),
        ("refused", "no_offer"),
        ("completed", None),
    ]
    assert accepted["answered_at"] is not None
    audit = [(row["actor"], row["action"], row["before"]) for row in await audit_rows(house)][-3:]
    name = helping.__name__.rpartition(".")[2]
    assert audit == [
        (name, "measure.accepted", {"status": "requested"}),
        (name, "measure.refused", {"status": "accepted"}),
        (name, "measure.completed", {"status": "refused"}),
    ]


@pytest.mark.parametrize("one_batch", [True, False])
async def test_repeats_and_stale_answers_change_nothing(
    open_house: OpenHouse, client_for: ClientFor, one_batch: bool
) -> None:
    house = await opened(open_house)
    client = client_for(house)
    measure = await ask(client)
    models: list[type[MeasureAnswer]] = [employment.MeasureAccepted, employment.MeasureCompleted]
    events = [published_as(answering(model, measure)) for model in models]
    await deliver(house, *events)
    before, audit = await shown(client), await audit_rows(house)

    models.append(employment.MeasureRefused)
    again: list[Payload | EncodedEvent] = [*events[::-1], *(answering(model, measure) for model in models)]
    for batch in [again] if one_batch else [[event] for event in again]:
        await deliver(house, *batch)

    assert (await shown(client), await audit_rows(house)) == (before, audit)


async def test_an_answer_to_an_unknown_measure_is_passed_over(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await opened(open_house)
    stray = answering(employment.MeasureAccepted, {"measure_id": str(uuid4()), "kind": "job"})
    measure = await ask(client_for(house))
    await deliver(house, stray, answering(employment.MeasureAccepted, measure))
    assert (await shown(client_for(house)))["status"] == "accepted"
    assert await house.database.read(count_dead_letters) == {"dead": 0, "parked": 0}


async def test_closing_cancels_what_is_asked_for_and_tells_the_helping_houses_once(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await opened(open_house)
    client = client_for(house)
    job, purchase, share = [await ask(client, kind=kind) for kind in ("job", "purchase", "asset_share")]
    await ask(client, **CASH)
    await deliver(
        house,
        answering(employment.MeasureAccepted, job),
        answering(consumption.MeasureCompleted, purchase),
    )
    await act(client, *TO_THE_END)

    by_kind = {item["kind"]: item["status"] for item in (await client.get(TASK)).json()["measures"]}
    assert by_kind == {
        "job": "cancelled",
        "purchase": "completed",
        "asset_share": "cancelled",
        "transfer": "cancelled",
    }
    cancelled = await told(house, MeasureCancelled)
    assert {str(event.data.measure_id) for event in cancelled} == {job["measure_id"], share["measure_id"]}
    assert [(event.data.cancelled_on, event.context.correlation_id) for event in cancelled] == 2 * [(TODAY, "chain-7")]

    await act(client, {"action": "reopen"}, *TO_THE_END)
    assert await told(house, MeasureCancelled) == cancelled


async def test_help_that_arrives_after_the_end_has_arrived(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await opened(open_house)
    client = client_for(house)
    measure = await ask(client)
    await act(client, *TO_THE_END)
    await deliver(house, answering(employment.MeasureAccepted, measure))
    assert (await shown(client))["status"] == "cancelled"
    await deliver(house, answering(employment.MeasureCompleted, measure))
    assert (await shown(client))["status"] == "completed"


async def test_whoever_asks_while_the_task_is_closed_is_refused_or_cancelled(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await opened(open_house)
    client = client_for(house)
    await act(client, *TO_THE_END[:-1])
    answers = await asyncio.gather(
        *(client.post(f"{TASK}/measures", json=JOB) for _ in range(3)),
        client.post(f"{TASK}/transitions", json=TO_THE_END[-1]),
        *(client.post(f"{TASK}/measures", json=JOB) for _ in range(3)),
    )
    asked = sum(answer.status_code == 201 for answer in answers)
    statuses = [measure["status"] for measure in (await client.get(TASK)).json()["measures"]]
    assert answers[3].status_code == 200
    assert statuses == asked * ["cancelled"]
    assert len(await told(house, MeasureCancelled)) == len(await told(house, MeasureRequested)) == asked


async def test_an_answer_and_the_end_of_the_task_at_once_lose_nothing(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await opened(open_house)
    client = client_for(house)
    measure = await ask(client)
    await act(client, *TO_THE_END[:-1])
    await asyncio.gather(
        act(client, TO_THE_END[-1]),
        deliver(house, answering(employment.MeasureAccepted, measure)),
        deliver(house, risk_cleared(2)),
    )
    task = (await client.get(TASK)).json()
    assert (task["status"], [each["status"] for each in task["measures"]]) == ("closed", ["cancelled"])


async def test_a_request_nobody_answered_in_time_is_told_and_listed_as_overdue(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await opened(open_house)
    client = client_for(house)
    answered, late = await ask(client), await ask(client, kind="purchase")
    await deliver(house, answering(employment.MeasureAccepted, answered))
    assert not await house.database.write(tell_overdue)
    last_day = await open_house(ASSISTANCE, today=AFTERWARDS - dt.timedelta(days=1))
    assert not await last_day.database.write(tell_overdue)
    assert await told(house, MeasureOverdue) == []
    assert await listed(client_for(last_day), overdue="true") == []

    later = await open_house(ASSISTANCE, today=AFTERWARDS)
    for _ in range(2):
        await later.database.write(tell_overdue)

    [row] = [row for row in await audit_rows(later) if row["action"] == "measure.overdue"]
    assert (row["actor"], row["subject"]) == ("system", late["measure_id"])
    [event] = await told(later, MeasureOverdue)
    assert event.data == MeasureOverdue(
        measure_id=UUID(late["measure_id"]),
        task_id=TASK_ID,
        household_code=HOUSEHOLD,
        region_code=REGION,
        kind=MeasureKind.PURCHASE,
        answer_by=dt.date(2026, 11, 23),
    )
    assert event.context.correlation_id == "chain-7"
    client = client_for(later)
    assert await listed(client, overdue="true") == [f"{HOUSEHOLD} purchase"]
    assert await listed(client, overdue="false") == [f"{HOUSEHOLD} job"]
    await deliver(later, answering(consumption.MeasureRefused, late, reason=RefusalReason.OTHER))
    assert await listed(client, overdue="true") == []


async def test_measures_are_found_by_what_they_are_about(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(ASSISTANCE)
    places = {"A": REGION, "B": REGION, "C": OTHER_COUNTY_REGION}
    await deliver(house, *(risk_raised(household_code=code, region_code=region) for code, region in places.items()))
    client = client_for(house)
    for code, kind in (("A", "job"), ("A", "purchase"), ("B", "job"), ("C", "asset_share")):
        task_id = derived_id("task", code, "below_line", 1)
        answer = await client.post(f"/assistance/v1/tasks/{task_id}/measures", json={"kind": kind})
        assert answer.status_code == 201
    assert await listed(client) == ["C asset_share", "B job", "A purchase", "A job"]
    assert await listed(client, household_code="A") == ["A purchase", "A job"]
    assert await listed(client, kind="job") == ["B job", "A job"]
    assert await listed(client, region_code="520625") == ["C asset_share"]
    assert await listed(client, status="completed") == []
    assert await listed(client_for(house, region="520626"), status="requested") == ["B job", "A purchase", "A job"]

    first = (await client.get(MEASURES, params={"limit": 3})).json()
    second = (await client.get(MEASURES, params={"limit": 3, "cursor": first["next_cursor"]})).json()
    assert [item["kind"] for item in first["items"] + second["items"]] == ["asset_share", "job", "purchase", "job"]
    assert second["next_cursor"] is None
