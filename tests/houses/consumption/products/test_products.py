"""The register of products."""

from typing import Any

import httpx
import pytest

from shared.house import House
from tests.builders import OTHER_COUNTY_REGION, REGION, audit_rows
from tests.conftest import ClientFor
from tests.houses.consumption.builders import (
    API,
    ELSEWHERE,
    READ,
    SUPPLY,
    link,
    producer,
    product,
    put,
    supply,
)
from tests.problems import assert_problem

TEA = f"{API}/products/TEA"


async def codes(client: httpx.AsyncClient, **wanted: Any) -> list[str]:
    answer = await client.get(f"{API}/products", params=wanted)
    assert answer.status_code == 200, answer.text
    return [item["product_code"] for item in answer.json()["items"]]


async def test_a_product_is_shown_everywhere_as_it_can_be_ordered_now(house: House, client_for: ClientFor) -> None:
    officer, partner = client_for(house, region="520626"), client_for(house, scopes=READ, region="4419")
    await put(officer, "producer", "COOP", producer())
    offered = await put(officer, "product", "TEA", product())
    assert (await officer.get(TEA)).json() == (await partner.get(TEA)).json() == offered
    assert_problem(await officer.get(f"{API}/products/RICE"), 404, "product-not-found")


async def test_a_product_is_offered_and_changed(house: House, client_for: ClientFor) -> None:
    client = client_for(house, scopes=SUPPLY)
    await put(client, "producer", "COOP", producer())
    answers = [await client.put(TEA, json=body) for body in (product(), product(), product(price="13"))]
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    unsaid = dict.fromkeys(("specification", "step", "minimum", "commodity_code", "unit_code", "grade", "base_code"))
    unsaid |= {"season": None, "shelf_life_days": None, "cold_chain": False}
    unsaid |= {"recognised": False, "in_season": True, "households": 1}
    offered = {"product_code": "TEA", "region_code": REGION, "version": 1, **unsaid, **product()}
    first, again, changed = (answer.json() for answer in answers)
    assert first == again == offered | {"updated_at": first["updated_at"]}
    assert changed == offered | {"price": "13.00", "version": 2, "updated_at": changed["updated_at"]}
    for moment, listed in ((first["updated_at"], [changed]), (changed["updated_at"], [])):
        later = {"updated_after": moment}
        assert (await client.get(f"{API}/products", params=later)).json() == {"items": listed, "next_cursor": None}
    assert (await client.get(f"{API}/products")).json() == {"items": [changed], "next_cursor": None}
    actions = [row["action"] for row in await audit_rows(house)]
    assert actions == ["producer.put", "product.put", "product.put"], "the same again changed nothing"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"price": "0.00"}, "/price"),
        ({"price": "-1.00"}, "/price"),
        ({"price": 12.5}, "/price"),
        ({"stock": "-1.000"}, "/stock"),
        ({"stock": "1.0001"}, "/stock"),
        ({"stock": 300}, "/stock"),
        ({"unit": "公\u0000斤"}, "/unit"),
    ],
)
async def test_what_a_product_cannot_be_is_pointed_at(
    house: House, client_for: ClientFor, changes: dict[str, Any], pointer: str
) -> None:
    client = client_for(house)
    await put(client, "producer", "COOP", producer())
    document = assert_problem(await client.put(TEA, json=product(**changes)), 422, "invalid")
    assert [error["pointer"] for error in document["errors"]] == [pointer]
    assert await codes(client) == []


async def test_a_product_needs_a_producer(house: House, client_for: ClientFor) -> None:
    assert_problem(await client_for(house).put(TEA, json=product()), 404, "producer-not-found")


async def test_products_are_browsed_by_region_and_by_what_is_there(house: House, client_for: ClientFor) -> None:
    client = client_for(house, scopes=SUPPLY)
    await supply(client, TEA=product(), RICE=product(stock="0"), EGGS=product(stock="0.001"))
    await put(client, "producer", "YJ", producer(link("1", ELSEWHERE), region_code=OTHER_COUNTY_REGION))
    await put(client, "product", "PEARS", product(producer_code="YJ"))
    buyer = client_for(house, scopes=READ)
    assert await codes(buyer) == ["EGGS", "PEARS", "RICE", "TEA"]
    assert await codes(buyer, region_code="520626") == ["EGGS", "RICE", "TEA"]
    assert await codes(buyer, region_code="520626", available=True) == ["EGGS", "TEA"]
    assert await codes(buyer, available=False) == ["RICE"]
    partner = client_for(house, scopes=READ, region="4419")
    assert await codes(partner) == ["EGGS", "PEARS", "RICE", "TEA"]
    assert await codes(partner, region_code="520625000000") == ["PEARS"]


async def test_products_are_paged_by_their_codes(house: House, client_for: ClientFor) -> None:
    client = client_for(house)
    await supply(client, **{f"P{number}": product() for number in range(5)})
    seen, cursor = [], None
    while True:
        page = (
            await client.get(f"{API}/products", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))
        ).json()
        seen.append([item["product_code"] for item in page["items"]])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [["P0", "P1"], ["P2", "P3"], ["P4"]]
    assert_problem(await client.get(f"{API}/products?cursor=abc"), 422, "invalid")
