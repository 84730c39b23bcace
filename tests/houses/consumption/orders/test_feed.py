"""What buyers and the supply side read in the change feed."""

from typing import Any

import httpx

from shared.house import House
from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, waiting_events
from tests.conftest import ClientFor, OpenHouse
from tests.houses.consumption.builders import BUY, READ, SUPPLY, dongguan, link, open_supplied, place, supply, walk
from tests.mechanism.probe import until

SETTLED = "consumption.order-settled.v1"
OF_AN_ORDER = [
    "consumption.order-placed.v1",
    "consumption.order-confirmed.v1",
    "consumption.delivery-shipped.v1",
    "consumption.delivery-received.v1",
    SETTLED,
]
"""What is told of an order that goes its way."""


async def told(client: httpx.AsyncClient, **asked: Any) -> list[dict[str, Any]]:
    answer = await client.get("/consumption/v1/changes", params=asked)
    assert answer.status_code == 200, answer.text
    return [item for item in answer.json()["items"] if "product" not in item["type"]]


def types(items: list[dict[str, Any]]) -> list[str]:
    return [item["type"] for item in items]


async def test_a_buyer_reads_of_its_own_orders_and_the_supply_side_of_all_in_its_region(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_supplied(open_house)
    house.start(background=True)
    officer = client_for(house, scopes=SUPPLY, region="520626", client_id="officer")
    await supply(officer, link("1.0000", HOUSEHOLD))
    buyer = dongguan(client_for, house)
    order = await place(buyer)
    await walk(officer, order["order_id"], "accept", "ship", "receive", "settle")

    async def is_told() -> bool:
        return await waiting_events(house) == [] and SETTLED in types(await told(officer))

    await until(is_told)
    mine = await told(buyer)
    assert types(mine) == OF_AN_ORDER
    assert {item["subject"] for item in mine} == {order["order_id"]}
    assert sorted(types(await told(officer))) == sorted(["consumption.income-credited.v1", *OF_AN_ORDER])
    assert types(await told(buyer, types=SETTLED)) == [SETTLED]
    assert await told(dongguan(client_for, house, buyers=("SZ-1",), client_id="suzhou")) == []
    neighbour = client_for(house, scopes=SUPPLY, region=OTHER_COUNTY_REGION[:6], client_id="neighbour")
    assert await told(neighbour) == []
    in_region = client_for(house, scopes=BUY, region="520626", buyers=("SZ-1",), client_id="within")
    assert await told(in_region) == [], "a buyer is told of no household, wherever it is"
    assert await told(client_for(house, scopes=READ, region="520626", client_id="looker")) == []


async def test_a_buyer_that_is_bound_to_its_client_reads_of_its_orders(
    house: House, officer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    house.start(background=True)
    bound = await officer.put("/consumption/v1/buyers/Dg-9", json={"client_id": "canteen"})
    assert bound.is_success, bound.text
    canteen = client_for(house, scopes=BUY, region="4419", client_id="canteen")
    placed = await place(canteen, ORDER_OF_THE_CANTEEN)
    await walk(officer, placed["order_id"], "accept")

    async def is_told() -> bool:
        return types(await told(canteen)) == OF_AN_ORDER[:2]

    await until(is_told)
    assert await told(client_for(house, scopes=BUY, region="4419", client_id="another")) == []


ORDER_OF_THE_CANTEEN = {
    "buyer_code": "Dg-9",
    "buyer_order_no": "1",
    "lines": [{"product_code": "TEA", "quantity": "1.000"}],
}
