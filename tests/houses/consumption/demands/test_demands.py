"""A demand becomes orders: by a proposal that says why, or otherwise with a reason."""

import asyncio
import datetime as dt
from typing import Any

import httpx
import pytest

from shared.house import House
from tests.builders import OTHER_COUNTY_REGION, TODAY, deliver
from tests.conftest import ClientFor
from tests.houses.consumption.builders import API, dongguan, link, producer, product, put, request, stock, supply
from tests.mechanism.probe import ON_SQLITE
from tests.problems import assert_problem

DEMANDS = f"{API}/demands"
WEEK = TODAY + dt.timedelta(days=7)


def demand(**changes: Any) -> dict[str, Any]:
    """Forty kilograms of tea within a week."""
    asked = {"commodity_code": "TEA-LEAF", "quantity": "40.000", "deliver_by": str(WEEK)}
    return {"buyer_code": "DG-1", "demand_no": "N-1", **asked} | changes


async def offered(officer: httpx.AsyncClient, **products: dict[str, Any]) -> None:
    commodity = {"name": "茶叶", "unit": "kg"}
    assert (await officer.put(f"{API}/commodities/TEA-LEAF", json=commodity)).status_code == 201
    made = products or {"TEA": {}}
    await supply(officer, **{code: product(commodity_code="TEA-LEAF") | changes for code, changes in made.items()})


async def asked(client: httpx.AsyncClient, **changes: Any) -> str:
    answer = await client.post(DEMANDS, json=demand(**changes))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["demand_id"])


async def take(client: httpx.AsyncClient, demand_id: str, action: str, **more: Any) -> httpx.Response:
    return await client.post(f"{DEMANDS}/{demand_id}/transitions", json={"action": action, **more})


async def test_what_is_proposed_says_why_and_adopting_orders_it(house: House, client_for: ClientFor) -> None:
    officer, buyer = client_for(house, region="520626"), dongguan(client_for, house)
    await put(officer, "producer", "FARM", producer(link("0.5000")))
    waits = {"producer_code": "FARM", "price": "15.00", "stock": "30.000"}
    await offered(
        officer, TEA={}, WAITS=waits, OTHER={"commodity_code": None}, LATE={"season": {"from": "03-15", "to": "05-31"}}
    )
    await put(officer, "producer", "COOP", producer(link("0.2500", "DJ-0002")))
    await deliver(house, request())
    number = await asked(buyer)
    proposal = (await officer.get(f"{DEMANDS}/{number}/proposal")).json()
    assert proposal == {
        "lines": [
            {"product_code": "WAITS", "quantity": "30.000", "price": "15.00", "why": ["open_request"]},
            {"product_code": "TEA", "quantity": "10.000", "price": "12.50", "why": ["cheapest"]},
        ],
        "short": "0.000",
        "left_out": [{"product_code": "LATE", "why": ["out_of_season"]}],
    }
    assert (await stock(house))["TEA"] == 300_000, "a proposal reserves nothing"
    adopted = (await take(officer, number, "adopt")).json()
    assert (adopted["status"], [step["action"] for step in adopted["history"]]) == ("adopted", ["place", "adopt"])
    [order_id] = adopted["orders"]
    order = (await buyer.get(f"{API}/orders/{order_id}")).json()
    assert [(line["product_code"], line["quantity"]) for line in order["lines"]] == [
        ("WAITS", "30.000"),
        ("TEA", "10.000"),
    ]
    assert order["buyer_order_no"] == "N-1/520626"
    assert (await buyer.get(f"{DEMANDS}/{number}")).json()["orders"] == [order_id]
    assert_problem(await take(officer, number, "adopt"), 409, "transition-not-allowed")


async def test_of_two_who_adopt_at_once_one_orders(house: House, client_for: ClientFor) -> None:
    officer, buyer = client_for(house, region="520626"), dongguan(client_for, house)
    await offered(officer)
    number = await asked(buyer)
    answers = await asyncio.gather(take(officer, number, "adopt"), take(officer, number, "adopt"))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert (await stock(house))["TEA"] == 260_000


@ON_SQLITE
async def test_what_is_ordered_otherwise_says_why(house: House, client_for: ClientFor) -> None:
    officer, buyer = client_for(house, region="520626"), dongguan(client_for, house)
    await offered(officer, TEA={}, DEAR={"price": "99.00"}, RICE={"commodity_code": None})
    number = await asked(buyer)
    lines = [{"product_code": "DEAR", "quantity": "5.000"}]
    for body, pointer in (
        ({"lines": lines}, "/note"),
        ({"note": "按口味"}, "/lines"),
        ({"lines": lines * 2, "note": "按口味"}, "/lines"),
    ):
        document = assert_problem(await take(officer, number, "overrule", **body), 422, "invalid")
        assert [error["pointer"] for error in document["errors"]] == [pointer]
    wrong = [{"product_code": "RICE", "quantity": "5.000"}]
    assert_problem(await take(officer, number, "overrule", lines=wrong, note="按口味"), 422, "demand-invalid")
    too_much = [{"product_code": "DEAR", "quantity": "301.000"}]
    assert_problem(await take(officer, number, "overrule", lines=too_much, note="按口味"), 409, "not-enough-stock")
    assert (await officer.get(f"{DEMANDS}/{number}")).json()["status"] == "open"
    answered = (await take(officer, number, "overrule", lines=lines, note="按口味")).json()
    assert answered["history"][-1] | {"at": ""} == {
        "at": "",
        "action": "overrule",
        "by": "tester",
        "status": "overruled",
        "note": "按口味",
    }
    assert (await stock(house))["DEAR"] == 295_000


@ON_SQLITE
async def test_the_same_number_is_the_same_demand(house: House, client_for: ClientFor) -> None:
    officer, buyer = client_for(house, region="520626"), dongguan(client_for, house)
    await offered(officer)
    number = await asked(buyer)
    again = await buyer.post(DEMANDS, json=demand())
    assert (again.status_code, again.json()["demand_id"]) == (200, number)
    document = assert_problem(await buyer.post(DEMANDS, json=demand(quantity="41.000")), 409, "demand-contradicts")
    assert document["demand_id"] == number


@ON_SQLITE
@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"deliver_by": str(TODAY - dt.timedelta(days=1))}, 422, "demand-invalid"),
        ({"commodity_code": "RICE"}, 404, "commodity-not-found"),
        ({"quantity": "0.000"}, 422, "invalid"),
        ({"max_price": "0.00"}, 422, "invalid"),
        ({"needs": {"colour": "red"}}, 422, "invalid"),
        ({"buyer_code": "SZ-1"}, 403, "buyer-not-yours"),
    ],
)
async def test_what_a_demand_cannot_be_leaves_nothing(
    house: House, client_for: ClientFor, changes: dict[str, Any], status: int, code: str
) -> None:
    officer, buyer = client_for(house, region="520626"), dongguan(client_for, house)
    await offered(officer)
    assert_problem(await buyer.post(DEMANDS, json=demand(**changes)), status, code)
    assert (await officer.get(DEMANDS)).json()["items"] == []


@ON_SQLITE
async def test_who_sees_a_demand_and_who_is_told_what_is_proposed(house: House, client_for: ClientFor) -> None:
    officer, buyer = client_for(house, region="520626"), dongguan(client_for, house)
    suzhou = dongguan(client_for, house, client_id="suzhou", buyers=("SZ-1",))
    elsewhere = client_for(house, region=OTHER_COUNTY_REGION[:6])
    await offered(officer)
    number = await asked(buyer)
    assert_problem(await suzhou.get(f"{DEMANDS}/{number}"), 404, "demand-not-found")
    assert (await suzhou.get(DEMANDS)).json()["items"] == []
    assert_problem(await buyer.get(f"{DEMANDS}/{number}/proposal"), 403, "scope-missing")
    assert (await elsewhere.get(f"{DEMANDS}/{number}/proposal")).json()["lines"] == [], "it makes none of it"
    assert_problem(await take(elsewhere, number, "adopt"), 409, "nothing-to-propose")
    assert (await take(officer, number, "close")).json()["status"] == "closed"


@ON_SQLITE
async def test_whoever_does_not_speak_for_a_buyer_neither_asks_nor_closes_in_its_name(
    house: House, client_for: ClientFor
) -> None:
    officer, elsewhere = (client_for(house, region=region) for region in ("520626", OTHER_COUNTY_REGION[:6]))
    await offered(officer)
    assert (await officer.put(f"{API}/buyers/DG-1", json={"clients": ["canteen"]})).is_success
    number = await asked(officer)
    assert_problem(await take(elsewhere, number, "close"), 403, "buyer-not-yours")
    assert_problem(await elsewhere.post(DEMANDS, json=demand(demand_no="forged")), 403, "buyer-not-yours")
    [seen] = (await elsewhere.get(DEMANDS)).json()["items"]
    assert (seen["status"], seen["allowed_actions"]) == ("open", ["adopt", "overrule"])
    assert (await take(officer, number, "close")).json()["status"] == "closed"
