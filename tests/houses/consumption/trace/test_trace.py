"""What anybody who scans a label is told."""

import datetime as dt
from typing import Any

import httpx

from shared.house import House
from shared.partners.visits import VISITS_A_MINUTE
from tests.builders import HOUSEHOLD, TODAY
from tests.conftest import ClientFor
from tests.houses.consumption.batches.test_batches import batch, kept
from tests.houses.consumption.builders import (
    API,
    NEIGHBOUR,
    act,
    dongguan,
    order,
    place,
    producer,
    product,
    put,
    supply,
    walk,
)
from tests.mechanism.probe import ON_SQLITE
from tests.problems import assert_problem


async def scanned(client: httpx.AsyncClient, trace_code: str, **headers: str) -> httpx.Response:
    """Somebody asks without a token."""
    client.headers.pop("authorization", None)
    return await client.get(f"{API}/trace/{trace_code}", headers=headers)


async def sold(officer: httpx.AsyncClient, buyer: httpx.AsyncClient) -> None:
    """Eight kilograms of the batch were shipped, received and settled."""
    order_id = (await place(buyer, order(("TEA", "8.000"))))["order_id"]
    await walk(officer, order_id, "accept")
    lines = [{"line_no": 1, "quantity": "8.000", "batch_code": "TEA-1"}]
    assert (await act(officer, order_id, "ship", lines=lines)).status_code == 200
    await walk(officer, order_id, "receive", "settle")


async def test_a_label_tells_the_way_of_the_goods_and_names_nobody(house: House, client_for: ClientFor) -> None:
    officer = client_for(house, region="520626")
    await supply(officer)
    trace_code = (await kept(officer))["trace_code"]
    await sold(officer, dongguan(client_for, house))
    told = await scanned(client_for(house), trace_code)
    assert told.json() == {
        "product": "绿茶",
        "producer": "德江茶叶合作社",
        "county": "贵州省铜仁市德江县",
        "base": None,
        "harvested_on": batch()["harvested_on"],
        "inspections": batch()["inspections"],
        "steps": [
            {"step": "harvested", "on": batch()["harvested_on"]},
            {"step": "shipped", "on": str(TODAY)},
            {"step": "received", "on": str(TODAY)},
        ],
        "households": 2,
        "to_households": "25.00",
    }
    assert (await officer.get(f"{API}/batches/TEA-1")).json()["shipped"] == "8.000"
    page = await scanned(client_for(house), trace_code, accept="text/html,*/*", **{"accept-language": "zh-CN"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for text in ("产品溯源", "德江茶叶合作社", "合格", "发货", "25.00"):
        assert text in page.text
    for hidden in (HOUSEHOLD, NEIGHBOUR, "TEA-1", "DG-1"):
        assert hidden not in page.text
        assert hidden not in told.text


@ON_SQLITE
async def test_a_household_that_sells_by_itself_is_not_named(house: House, client_for: ClientFor) -> None:
    officer = client_for(house, region="520626")
    await put(officer, "producer", "COOP", producer(kind="household", name="<b>张三</b>", uscc=None))
    await put(officer, "product", "TEA", product(name="<i>绿茶</i>"))
    trace_code = (await kept(officer))["trace_code"]
    told = await scanned(client_for(house), trace_code)
    assert told.json()["producer"] is None
    page = await scanned(client_for(house), trace_code, accept="text/html")
    assert "张三" not in page.text
    assert "&lt;i&gt;绿茶&lt;/i&gt;" in page.text, "what somebody wrote is text"


@ON_SQLITE
async def test_whoever_tries_out_codes_is_slowed_down(house: House, client_for: ClientFor) -> None:
    client = client_for(house)
    answers = [await scanned(client, "nothing") for _ in range(VISITS_A_MINUTE + 1)]
    assert_problem(answers[0], 404, "trace-code-not-found")
    assert {answer.status_code for answer in answers[:-1]} == {404}
    assert_problem(answers[-1], 429, "too-many-visits")
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60


@ON_SQLITE
async def test_what_failed_its_inspection_is_not_shipped(house: House, client_for: ClientFor) -> None:
    officer, buyer = client_for(house, region="520626"), dongguan(client_for, house)
    await supply(officer)
    failed: dict[str, Any] = {"kind": "农药残留", "on": str(TODAY - dt.timedelta(days=1)), "result": "fail"}
    await kept(officer, inspections=[failed])
    order_id = (await place(buyer, order(("TEA", "8.000"))))["order_id"]
    await walk(officer, order_id, "accept")
    lines = [{"line_no": 1, "quantity": "8.000", "batch_code": "TEA-1"}]
    refused = assert_problem(await act(officer, order_id, "ship", lines=lines), 409, "batch-held")
    assert refused["line_no"] == 1
    shown = (await officer.get(f"{API}/orders/{order_id}")).json()
    assert (shown["status"], shown["deliveries"]) == ("accepted", [])


async def test_what_happened_to_a_batch_is_told_in_the_words_of_epcis(house: House, client_for: ClientFor) -> None:
    officer = client_for(house, region="520626")
    await supply(officer, TEA=product(unit_code="KGM"))
    found = await kept(officer)
    await sold(officer, dongguan(client_for, house))
    document = (await officer.get(f"{API}/batches/TEA-1/events")).json()
    assert (document["type"], document["schemaVersion"]) == ("EPCISDocument", "2.0")
    events = document["epcisBody"]["eventList"]
    assert {event["type"] for event in events} == {"ObjectEvent"}
    told = [(event["bizStep"], event["action"], event["disposition"], event["quantityList"]) for event in events]
    much = [{"epcClass": found["trace_url"], "quantity": quantity, "uom": "KGM"} for quantity in (40, 8)]
    assert told == [
        ("commissioning", "ADD", "active", [much[0]]),
        ("inspecting", "OBSERVE", "conformant", [much[0]]),
        ("shipping", "OBSERVE", "in_transit", [much[1]]),
        ("receiving", "OBSERVE", "in_progress", [much[1]]),
    ]
    assert [event["eventTime"] for event in events] == sorted(event["eventTime"] for event in events)
    assert "DG-1" not in str(document), "the buyer is nobody's business"
