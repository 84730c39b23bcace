"""What a product says of itself beside its price: commodity, unit, season, shelf life, base, households."""

from typing import Any

import httpx
import pytest

from services.consumption.app import CONSUMPTION
from shared.house import House
from tests.builders import HOUSEHOLD, TODAY
from tests.conftest import ClientFor, OpenHouse
from tests.houses.consumption.builders import API, NEIGHBOUR, READ, SUPPLY, link, producer, product, put, told
from tests.mechanism.probe import ON_SQLITE

IN_FULL: dict[str, Any] = {
    "commodity_code": "GREEN-TEA",
    "specification": "250 g × 4",
    "unit_code": "KGM",
    "grade": "特级",
    "season": {"from": "03-15", "to": "05-31"},
    "shelf_life_days": None,
    "cold_chain": True,
    "base_code": "BASE-1",
}


@pytest.fixture
async def county(house: House, client_for: ClientFor) -> httpx.AsyncClient:
    """The supply side with a commodity, a base, a cooperative of two households and a firm bound to it."""
    client = client_for(house, scopes=SUPPLY, region="520626", client_id="officer")
    await put(client, "producer", "COOP", producer(link("0.2", HOUSEHOLD), link("0.2", NEIGHBOUR)))
    bound = [{"producer_code": "COOP", "share": "0.5"}, link("0.1", HOUSEHOLD)]
    await put(client, "producer", "FIRM", producer(kind="firm", links=bound))
    commodity = {"name": "绿茶", "unit": "kg", "shelf_life_days": 360}
    base = {"name": "基地", "region_code": "520626001001", "certificate_no": "1", "certified_on": "2026-01-01"}
    for place, body in (("commodities/GREEN-TEA", commodity), ("bases/BASE-1", base)):
        assert (await client.put(f"{API}/{place}", json=body)).status_code == 201
    return client


async def codes(client: httpx.AsyncClient, **wanted: Any) -> list[str]:
    answer = await client.get(f"{API}/products", params=wanted)
    assert answer.status_code == 200, answer.text
    return [item["product_code"] for item in answer.json()["items"]]


async def test_a_product_says_all_of_itself(house: House, county: httpx.AsyncClient) -> None:
    shown = await put(county, "product", "TEA", product(producer_code="FIRM", **IN_FULL))
    assert {name: shown[name] for name in IN_FULL} == IN_FULL | {"shelf_life_days": 360}
    assert (shown["recognised"], shown["in_season"], shown["households"]) == (False, False, 2)
    assert (await county.get(f"{API}/products/TEA")).json() == shown
    own = await put(county, "product", "TEA", product(producer_code="FIRM", **IN_FULL | {"shelf_life_days": 180}))
    assert (own["shelf_life_days"], own["version"]) == (180, 2)
    events = await told(house, "product-changed")
    assert [(event.data.product_code, event.data.version, event.data.commodity_code) for event in events] == [
        ("TEA", 1, "GREEN-TEA"),
        ("TEA", 2, "GREEN-TEA"),
    ]


@ON_SQLITE
@pytest.mark.parametrize(
    ("season", "is_there"),
    [
        (("11-16", "11-16"), True),
        (("11-17", "12-31"), False),
        (("01-01", "11-15"), False),
        (("11-01", "02-10"), True),
        (("12-01", "11-16"), True),
        (("12-01", "11-15"), False),
        (("02-29", "11-20"), True),
        (None, True),
    ],
)
async def test_a_season_may_go_over_the_end_of_the_year(
    county: httpx.AsyncClient, season: tuple[str, str] | None, is_there: bool
) -> None:
    assert str(TODAY) == "2026-11-16"
    said = None if season is None else {"from": season[0], "to": season[1]}
    shown = await put(county, "product", "TEA", product(season=said))
    assert shown["in_season"] is is_there
    assert await codes(county, in_season=True) == (["TEA"] if is_there else [])
    assert await codes(county, in_season=False) == ([] if is_there else ["TEA"])


@ON_SQLITE
async def test_the_catalogue_is_searched(county: httpx.AsyncClient, house: House, client_for: ClientFor) -> None:
    await put(county, "product", "TEA", product(**IN_FULL))
    await put(county, "product", "RICE_1", product(producer_code="FIRM", name="红米", specification="Red 50% off"))
    buyer = client_for(house, scopes=READ, region="4419", client_id="dongguan", buyers=("DG-1",))
    for wanted, found in (
        ({"commodity_code": "GREEN-TEA"}, ["TEA"]),
        ({"base_code": "BASE-1"}, ["TEA"]),
        ({"cold_chain": False}, ["RICE_1"]),
        ({"producer_code": "FIRM"}, ["RICE_1"]),
        ({"recognised": False}, ["RICE_1", "TEA"]),
        ({"q": "茶"}, ["TEA"]),
        ({"q": "rED 50%"}, ["RICE_1"]),
        ({"q": "%"}, ["RICE_1"]),
        ({"q": "_"}, ["RICE_1"]),
        ({"q": "tea"}, ["TEA"]),
        ({"q": "没有"}, []),
    ):
        assert await codes(buyer, **wanted) == found, wanted
    assert HOUSEHOLD not in (await buyer.get(f"{API}/products")).text


@ON_SQLITE
@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"commodity_code": "NONE"}, "/commodity_code"),
        ({"base_code": "NONE"}, "/base_code"),
        ({"unit_code": "kg"}, "/unit_code"),
        ({"season": {"from": "02-30", "to": "05-31"}}, "/season/from"),
        ({"season": {"from": "3-15", "to": "05-31"}}, "/season/from"),
        ({"season": {"from": "03-15"}}, "/season/to"),
        ({"shelf_life_days": 0}, "/shelf_life_days"),
        ({"cold_chain": "yes"}, "/cold_chain"),
        ({"grade": ""}, "/grade"),
    ],
)
async def test_what_a_product_cannot_be_is_refused(
    county: httpx.AsyncClient, changes: dict[str, Any], pointer: str
) -> None:
    refused = await county.put(f"{API}/products/TEA", json=product(**changes))
    assert refused.status_code == 422, refused.text
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert (await county.get(f"{API}/products/TEA")).status_code == 404


@ON_SQLITE
async def test_a_specification_has_a_short_name_too(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(CONSUMPTION)
    client = client_for(house, scopes=SUPPLY, region="520626")
    await put(client, "producer", "COOP", producer(links=[]))
    shown = await put(client, "product", "TEA", product(spec="250 g × 4"))
    assert shown["specification"] == "250 g × 4"
