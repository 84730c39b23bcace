"""What the change feeds of the houses tell a county: also of a household that leaves it."""

from typing import Any

import httpx
import pytest

from services.houses import HOUSES
from shared.house import House
from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, REGION, household, member
from tests.conftest import ClientFor, OpenHouse
from tests.mechanism.probe import until


@pytest.fixture
async def houses(open_house: OpenHouse) -> list[House]:
    return [await open_house(definition, background=True) for definition in HOUSES]


async def register(client: httpx.AsyncClient, **changes: Any) -> None:
    answer = await client.put(f"/monitoring/v1/households/{HOUSEHOLD}", json=household(**changes))
    assert answer.is_success, answer.text


async def told(client: httpx.AsyncClient, house: House) -> list[dict[str, Any]]:
    answer = await client.get(f"/{house.name}/v1/changes")
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_the_county_that_a_household_left_is_told_so_by_each_house_and_nothing_more(
    houses: list[House], client_for: ClientFor
) -> None:
    province = client_for(*houses, region="52", client_id="province")
    old, new = (client_for(*houses, region=region[:6], client_id=region) for region in (REGION, OTHER_COUNTY_REGION))
    await register(province)

    async def known_everywhere() -> bool:
        return all([await is_known(house) for house in houses[1:]])

    async def is_known(house: House) -> bool:
        applied = await house.database.read(
            lambda reading: reading.connection.exec_driver_sql("SELECT count(*) FROM known_household").scalar()
        )
        return bool(applied)

    await until(known_everywhere)
    await register(province, region_code=OTHER_COUNTY_REGION)
    for house in houses:

        async def has_left(house: House = house) -> bool:
            return any("moved-away" in item["type"] for item in await told(old, house))

        await until(has_left)
    await register(province, region_code=OTHER_COUNTY_REGION, dibao=True)
    monitoring, *others = houses

    async def has_changed_again() -> bool:
        return len(await told(new, monitoring)) == 2

    await until(has_changed_again)
    last = (await told(old, monitoring))[-1]
    assert last["type"] == "monitoring.household-moved-away.v1"
    assert last["data"] == {
        "household_code": HOUSEHOLD,
        "region_code": REGION,
        "version": 2,
        "moved_to": OTHER_COUNTY_REGION,
    }
    assert [item["type"].split(".")[1] for item in await told(new, monitoring)] == ["household-changed"] * 2
    both = [item["type"].split(".")[1] for item in await told(province, monitoring)]
    assert both == ["household-registered", "household-moved-away", "household-changed", "household-changed"]
    for house in others:
        assert [item["type"] for item in await told(old, house)] == [f"{house.name}.household-moved-away.v1"]
        assert await told(new, house) == []


async def test_a_feed_tells_no_name_no_number_and_no_birthday(houses: list[House], client_for: ClientFor) -> None:
    client = client_for(*houses, region="52")
    number = "522226198005010019"
    await register(client, members=[member(1, name="王建国", id_number=number, birth_date="1980-05-01")])

    async def is_told() -> bool:
        return len(await told(client, houses[0])) == 1

    await until(is_told)
    text = (await client.get("/monitoring/v1/changes")).text
    assert not [secret for secret in ("王建国", number, "1980-05-01", "born_on") if secret in text]
    [item] = await told(client, houses[0])
    assert item["data"]["members"][0]["birth_year"] == 1980


async def test_a_move_within_the_county_ends_with_where_the_household_is(
    houses: list[House], client_for: ClientFor
) -> None:
    county = client_for(*houses, region="520626")
    await register(county)
    await register(county, region_code="520626002001")

    async def is_told() -> bool:
        return len(await told(county, houses[0])) == 3

    await until(is_told)
    types = [item["type"].split(".")[1] for item in await told(county, houses[0])]
    assert types == ["household-registered", "household-moved-away", "household-changed"]
