"""The recognition of a product, from the application to its end: who takes which step, and what is found."""

import asyncio
import datetime as dt
from typing import Any

import httpx
import pytest

from services.consumption.app import CONSUMPTION
from services.consumption.recognitions.procedure import TRANSITIONS
from shared.codes.consumption import RecognitionAction
from shared.house import House
from tests.builders import OTHER_COUNTY_REGION, TODAY, audit_rows
from tests.conftest import ClientFor, OpenHouse
from tests.houses.consumption.builders import API, READ, STEPS, SUPPLY, WRITE, order, place, told, walk
from tests.logged import Logged
from tests.mechanism.probe import ON_SQLITE
from tests.problems import assert_problem

RECOGNITIONS = f"{API}/recognitions"
APPLIED = {"product_code": "TEA", "evidence": "检测报告 3 份\n张三"}
TO_PUBLICITY = ("review", "endorse", "decide", "publish")
expire = CONSUMPTION.jobs["expire-recognitions"].command


async def apply(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.post(RECOGNITIONS, json=APPLIED)
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def act(client: httpx.AsyncClient, recognition_id: str, action: str, **more: Any) -> httpx.Response:
    return await client.post(f"{RECOGNITIONS}/{recognition_id}/transitions", json={"action": action, **more})


async def go(client: httpx.AsyncClient, recognition_id: str, *actions: str, **more: Any) -> dict[str, Any]:
    for action in actions:
        answer = await act(client, recognition_id, action, **more)
        assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def later(open_house: OpenHouse, client_for: ClientFor, days: int) -> tuple[House, httpx.AsyncClient]:
    """The same house so many days on, and its county."""
    house = await open_house(CONSUMPTION, today=TODAY + dt.timedelta(days=days))
    return house, client_for(house, scopes=SUPPLY, region="520626", client_id="county")


async def test_a_product_is_recognised_and_the_recognition_ends_by_itself(
    house: House, officer: httpx.AsyncClient, open_house: OpenHouse, client_for: ClientFor, logged: Logged
) -> None:
    applied = await apply(officer)
    assert (applied["status"], applied["region_code"], applied["allowed_actions"]) == (
        "applied",
        "520626001001",
        ["review", "refuse"],
    )
    published = await go(officer, applied["recognition_id"], *TO_PUBLICITY)
    assert (published["status"], published["publicity_ends_on"]) == ("published", "2026-11-21")
    early = assert_problem(
        await act(officer, applied["recognition_id"], "recognise"), 409, "recognition-publicity-not-over"
    )
    assert early["not_before"] == "2026-11-22"
    _, county = await later(open_house, client_for, days=6)
    granted = await go(county, applied["recognition_id"], "recognise")
    assert (granted["status"], granted["valid_to"]) == ("recognised", "2029-11-21")
    assert granted["validity_rule"]["key"] == "consumption.recognition_years"
    assert (await county.get(f"{API}/products/TEA")).json()["recognised"] is True
    assert len((await county.get(f"{API}/products", params={"recognised": True})).json()["items"]) == 1
    last_day = (dt.date(2029, 11, 21) - TODAY).days
    then, county = await later(open_house, client_for, days=last_day)
    assert await then.database.write(expire) is False
    assert (await county.get(f"{API}/products/TEA")).json()["recognised"] is True
    then, county = await later(open_house, client_for, days=last_day + 1)
    for _ in range(2):
        await then.database.write(expire)
    ended = (await county.get(f"{RECOGNITIONS}/{applied['recognition_id']}")).json()
    assert (ended["status"], ended["allowed_actions"]) == ("expired", [])
    assert [(step["action"], step["by"], step["status"]) for step in ended["history"]] == [
        ("apply", "officer", "applied"),
        ("review", "officer", "reviewed"),
        ("endorse", "officer", "endorsed"),
        ("decide", "officer", "decided"),
        ("publish", "officer", "published"),
        ("recognise", "county", "recognised"),
        ("expire", "system", "expired"),
    ]
    assert (await county.get(f"{API}/products/TEA")).json()["recognised"] is False
    events = [(event.type, event.data.product_code) for event in await told(then, "recognition")]
    assert events == [("consumption.recognition-granted.v1", "TEA"), ("consumption.recognition-ended.v1", "TEA")]
    assert not [text for text in (logged.text(), str(await audit_rows(then)), str(events)) if "张三" in text]
    assert (await apply(county))["recognition_id"] != applied["recognition_id"]


@ON_SQLITE
async def test_an_objection_leads_back_to_the_county_and_the_days_begin_anew(
    house: House, officer: httpx.AsyncClient, open_house: OpenHouse, client_for: ClientFor
) -> None:
    recognition_id = (await apply(officer))["recognition_id"]
    await go(officer, recognition_id, *TO_PUBLICITY)
    village = client_for(house, scopes=WRITE, region="520626001001", client_id="village")
    objected = await go(village, recognition_id, "object", note="质量不稳定")
    assert (objected["status"], objected["publicity_ends_on"], objected["publicity_rule"]) == ("endorsed", None, None)
    _, county = await later(open_house, client_for, days=6)
    again = await go(county, recognition_id, "decide", "publish")
    assert again["publicity_ends_on"] == "2026-11-27"
    assert_problem(await act(county, recognition_id, "recognise"), 409, "recognition-publicity-not-over")


@ON_SQLITE
@pytest.mark.parametrize("steps", [(), ("review",), ("review", "endorse")])
async def test_whoever_looks_at_it_may_refuse_and_it_is_applied_for_anew(
    house: House, officer: httpx.AsyncClient, steps: tuple[str, ...]
) -> None:
    recognition_id = (await apply(officer))["recognition_id"]
    for step in steps:
        await go(officer, recognition_id, step)
    refused = await go(officer, recognition_id, "refuse", note="材料不全")
    assert (refused["status"], refused["allowed_actions"]) == ("refused", [])
    assert (await apply(officer))["status"] == "applied"


@ON_SQLITE
async def test_what_was_recognised_is_revoked_with_a_reason(
    house: House, officer: httpx.AsyncClient, open_house: OpenHouse, client_for: ClientFor
) -> None:
    recognition_id = (await apply(officer))["recognition_id"]
    await go(officer, recognition_id, *TO_PUBLICITY)
    then, county = await later(open_house, client_for, days=6)
    await go(county, recognition_id, "recognise")
    assert_problem(await act(county, recognition_id, "revoke"), 422, "invalid")
    assert (await go(county, recognition_id, "revoke", note="抽检不合格"))["status"] == "revoked"
    assert (await county.get(f"{API}/products/TEA")).json()["recognised"] is False
    [_, ended] = await told(then, "recognition")
    assert ended.data.cause == "revoked"


async def test_a_product_is_applied_for_once_at_a_time(house: House, officer: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(officer.post(RECOGNITIONS, json=APPLIED) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    [first] = [answer.json() for answer in answers if answer.status_code == 201]
    problem = assert_problem(await officer.post(RECOGNITIONS, json=APPLIED), 409, "recognition-goes-on")
    assert (problem["recognition_id"], problem["recognition_status"]) == (first["recognition_id"], "applied")


@ON_SQLITE
async def test_each_step_is_for_its_level(house: House, officer: httpx.AsyncClient, client_for: ClientFor) -> None:
    levels = {step.action: step.level for step in TRANSITIONS.steps}
    assert {action for action, level in levels.items() if level is None} == {RecognitionAction.OBJECT}
    recognition_id = (await apply(officer))["recognition_id"]
    village = client_for(house, scopes=SUPPLY, region="520626001001", client_id="village")
    town = client_for(house, scopes=SUPPLY, region="520626001", client_id="town")
    assert assert_problem(await act(village, recognition_id, "review"), 403, "level-too-low")["level"] == "township"
    await go(town, recognition_id, "review")
    for action in ("endorse", "refuse"):
        refused = await act(town, recognition_id, action, note="x")
        assert assert_problem(refused, 403, "level-too-low")["level"] == "county"
    wrong = assert_problem(await act(officer, recognition_id, "decide"), 409, "transition-not-allowed")
    assert wrong["allowed_actions"] == ["endorse", "refuse"]
    writer = client_for(house, scopes=WRITE, region="520626", client_id="writer")
    assert_problem(await act(writer, recognition_id, "endorse"), 403, "scope-missing")
    tomorrow = str(TODAY + dt.timedelta(days=1))
    assert_problem(await act(officer, recognition_id, "endorse", on=tomorrow), 422, "recognition-step-invalid")


@ON_SQLITE
async def test_it_is_for_the_supply_side_of_its_region(
    house: House, officer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    neighbour = client_for(house, scopes=SUPPLY, region=OTHER_COUNTY_REGION[:6], client_id="neighbour")
    assert_problem(await neighbour.post(RECOGNITIONS, json=APPLIED), 404, "product-not-found")
    recognition_id = (await apply(officer))["recognition_id"]
    assert (await neighbour.get(RECOGNITIONS)).json()["items"] == []
    assert_problem(await neighbour.get(f"{RECOGNITIONS}/{recognition_id}"), 404, "recognition-not-found")
    assert_problem(await act(neighbour, recognition_id, "review"), 404, "recognition-not-found")
    buyer = client_for(house, scopes=(*READ, "consumption:order"), buyers=("DG-1",), client_id="dongguan")
    assert_problem(await buyer.get(RECOGNITIONS), 403, "scope-missing")


@ON_SQLITE
async def test_goods_value_and_links_are_found_and_decide_nothing(house: House, officer: httpx.AsyncClient) -> None:
    recognition_id = (await apply(officer))["recognition_id"]
    inspected = [{"kind": "residue", "on": "2026-11-02", "result": result} for result in ("fail", "pass")]
    for code, inspections in (("B-1", inspected), ("B-2", inspected[::-1])):
        body = {"product_code": "TEA", "harvested_on": "2026-11-01", "quantity": "20.000", "inspections": inspections}
        assert (await officer.put(f"{API}/batches/{code}", json=body)).status_code == 201
    sold = await place(officer, order(("TEA", "20.000")))
    await walk(officer, sold["order_id"], *STEPS)
    shown = (await officer.get(f"{RECOGNITIONS}/{recognition_id}")).json()
    found = {finding.pop("criterion"): finding for finding in shown["findings"]}
    assert found["goods_value"].pop("rule")["key"] == "consumption.recognition_min_value"
    assert found == {
        "goods_value": {"holds": False, "found": "250.00", "needed": "500000.00"},
        "links": {"holds": True, "found": "1", "needed": "1", "rule": None},
        "traceable_batch": {"holds": True, "found": "1", "needed": "1", "rule": None},
    }
    await go(officer, recognition_id, "review", "endorse", "decide")
