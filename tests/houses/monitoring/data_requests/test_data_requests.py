"""Requests for data 一张表: what is held is not collected again, and the township decides about the rest."""

import asyncio
from typing import Any

import httpx
import pytest

from services.monitoring.data_requests.procedure import TRANSITIONS
from shared.codes.monitoring import DataRequestAction, DataRequestStatus
from tests.builders import audit_rows
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import Monitoring, open_monitoring
from tests.problems import pointers, problem_document
from tests.promises import Check, Promises, every

PROMISES = Promises(
    "monitoring",
    routes={
        "GET /fields": "monitoring:read",
        "POST /data-requests": "monitoring:write",
        "GET /data-requests": "monitoring:read",
        "GET /data-requests/{request_id}": "monitoring:read",
        "POST /data-requests/{request_id}/transitions": "monitoring:approve or monitoring:write",
    },
    fields={
        "FieldOut": "field label_zh held",
        "DataRequestIn": "requester purpose fields region_code collect",
        "DataRequestOut": "request_id requester purpose fields region_code collect status requested_by requested_at "
        "updated_at history allowed_actions",
        "DataRequestTransitionIn": "action on note",
        "DataRequestStepOut": "at action on by acted_for status note",
    },
    codes={
        "DataRequestStatus": "requested approved refused delivered",
        "DataRequestAction": "request approve refuse deliver",
    },
    filters={"/data-requests": "region_code status updated_after limit cursor format"},
)
PATH = "/monitoring/v1/data-requests"
TOWNSHIP = "520626001"


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    return await open_monitoring(open_house, client_for)


def wanted(*fields: str, **changes: Any) -> dict[str, Any]:
    said = {"requester": "县文旅局", "purpose": "农家乐摸底", "fields": list(fields), "region_code": TOWNSHIP}
    return said | {"collect": True} | changes


async def ask(client: httpx.AsyncClient, *fields: str, **changes: Any) -> httpx.Response:
    return await client.post(PATH, json=wanted(*fields, **changes))


async def step(client: httpx.AsyncClient, request_id: str, action: str, **more: Any) -> httpx.Response:
    return await client.post(f"{PATH}/{request_id}/transitions", json={"action": action, **more})


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_the_fields_are_those_of_the_register_and_of_every_fact(monitoring: Monitoring) -> None:
    items = (await monitoring.get("fields"))["items"]
    labels = {item["field"]: item["label_zh"] for item in items}
    assert all(item["held"] for item in items)
    assert labels["member.name"] == "姓名"
    assert labels["household.category"] == "农户类型"
    assert labels["schooling.stage"] == "就学：学段"
    assert {"income.amount", "means.arable_mu", "loan.balance"} <= set(labels)


async def test_what_is_held_or_being_collected_is_not_collected_again(monitoring: Monitoring) -> None:
    client = monitoring.client
    held = await ask(client, "inn.beds", "member.name", "schooling.stage")
    assert (held.status_code, problem_document(held)["type"]) == (409, "urn:problem:monitoring:field-held")
    assert held.json()["held"] == ["member.name", "schooling.stage"]
    first = await ask(client, "inn.beds")
    assert (first.status_code, first.json()["status"]) == (201, "requested")
    for region in ("520626", TOWNSHIP, "520626001001"):
        again = await ask(client, "inn.rooms", "inn.beds", region_code=region)
        assert (again.status_code, again.json()["held"]) == (409, ["inn.beds"])
    assert (await ask(client, "inn.beds", region_code="520626002")).status_code == 201, (
        "another township is asked alone"
    )
    [collected] = [item for item in (await monitoring.get("fields"))["items"] if not item["held"]]
    assert collected["field"] == "inn.beds"
    taken = await ask(client, "member.name", collect=False)
    assert taken.status_code == 201
    unknown = await ask(client, "member.name", "inn.beds", collect=False)
    assert (unknown.status_code, pointers(problem_document(unknown))) == (422, ["/fields/1"])
    refused = await step(client, first.json()["request_id"], "refuse", note="已有他法")
    assert refused.json()["status"] == "refused"
    assert (await ask(client, "inn.beds")).status_code == 201, "what was refused is free"


async def test_of_two_at_once_one_collects(monitoring: Monitoring) -> None:
    answers = await asyncio.gather(*(ask(monitoring.client, "inn.beds", f"inn.{n}") for n in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_the_township_decides_and_a_step_is_taken_once(monitoring: Monitoring, client_for: ClientFor) -> None:
    def client(region: str, *scopes: str) -> httpx.AsyncClient:
        held = tuple(f"monitoring:{scope}" for scope in ("read", *scopes))
        return client_for(monitoring.house, region=region, scopes=held, client_id=f"{region}-{len(scopes)}")

    village, township = client("520626001001", "write", "approve"), client(TOWNSHIP, "write", "approve")
    writer, elsewhere = client(TOWNSHIP, "write"), client("520626002", "write", "approve")
    asked = (await ask(village, "inn.beds", region_code="520626001001")).json()
    request_id = asked["request_id"]
    assert asked["allowed_actions"] == []
    low = await step(village, request_id, "approve")
    assert (low.status_code, problem_document(low)["type"]) == (403, "urn:problem:monitoring:level-too-low")
    early = await step(township, request_id, "deliver")
    assert (early.status_code, early.json()["allowed_actions"]) == (409, ["approve", "refuse"])
    assert (await step(writer, request_id, "approve")).status_code == 409, "who only writes does not approve"
    assert (await step(elsewhere, request_id, "approve")).status_code == 404
    assert (await step(township, request_id, "approve", on="2026-11-17")).status_code == 422, "not in the future"
    answers = await asyncio.gather(*(step(township, request_id, action) for action in ("approve", "refuse")))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    if (await township.get(f"{PATH}/{request_id}")).json()["status"] == "approved":
        delivered = await step(writer, request_id, "deliver", on="2026-11-16")
        assert [one["action"] for one in delivered.json()["history"]] == ["request", "approve", "deliver"]
    assert (await elsewhere.get(f"{PATH}/{request_id}")).status_code == 404
    assert (await elsewhere.get(PATH)).json()["items"] == []
    assert [item["request_id"] for item in (await writer.get(PATH)).json()["items"]] == [request_id]
    assert "摸底" not in str(await audit_rows(monitoring.house)), "what people write is not in the audit"


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_a_request_sent_twice_under_one_key_is_one(monitoring: Monitoring) -> None:
    key = {"Idempotency-Key": "one"}
    answers = [await monitoring.client.post(PATH, json=wanted("inn.beds"), headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"fields": []}, "/fields"),
        ({"fields": ["inn.beds", "inn.beds"]}, "/fields"),
        ({"fields": [f"inn.{n}" for n in range(101)]}, "/fields"),
        ({"collect": "yes"}, "/collect"),
        ({"purpose": " "}, "/purpose"),
        ({"region_code": "5206260"}, "/region_code"),
        ({"unknown": 1}, "/unknown"),
    ],
)
async def test_a_wrong_body_is_refused_whole(monitoring: Monitoring, changes: dict[str, Any], pointer: str) -> None:
    answer = await ask(monitoring.client, "inn.beds", **changes)
    assert (answer.status_code, pointers(problem_document(answer))) == (422, [pointer])
    assert (await monitoring.counts())["data_request"] == 0


def test_the_steps_are_those_of_the_procedure() -> None:
    leads = {(step.before, step.action): step.after for step in TRANSITIONS.steps}
    assert leads == {
        (DataRequestStatus.REQUESTED, DataRequestAction.APPROVE): DataRequestStatus.APPROVED,
        (DataRequestStatus.REQUESTED, DataRequestAction.REFUSE): DataRequestStatus.REFUSED,
        (DataRequestStatus.APPROVED, DataRequestAction.DELIVER): DataRequestStatus.DELIVERED,
    }
