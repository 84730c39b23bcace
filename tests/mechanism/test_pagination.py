"""A list comes in pages that neither skip nor repeat, however it grows meanwhile."""

from typing import Any

import httpx
import pytest

from shared.house import House
from tests.conftest import ClientFor, OpenHouse
from tests.mechanism.probe import PROBE, count_many

COUNTERS = "/probe/v1/counters"


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    house = await open_house(PROBE)
    await house.database.write(count_many, [f"n{number:03d}" for number in range(0, 250, 2)])
    return house


async def page(client: httpx.AsyncClient, **parameters: Any) -> tuple[list[str], str | None]:
    answer = await client.get(COUNTERS, params=parameters)
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["items"]], answer.json()["next_cursor"]


async def test_following_the_cursor_shows_every_item_once(house: House, client_for: ClientFor) -> None:
    client = client_for(house)
    seen, cursor = await page(client, limit=40)
    while cursor is not None:
        names, cursor = await page(client, limit=40, cursor=cursor)
        seen += names
    assert seen == [f"n{number:03d}" for number in range(0, 250, 2)]


async def test_a_page_holds_fifty_items_unless_told_otherwise(house: House, client_for: ClientFor) -> None:
    names, cursor = await page(client_for(house))
    assert (len(names), cursor is not None) == (50, True)


async def test_a_page_that_holds_exactly_the_rest_is_the_last(house: House, client_for: ClientFor) -> None:
    names, cursor = await page(client_for(house), limit=125)
    assert (len(names), cursor) == (125, None)


async def test_items_added_meanwhile_neither_repeat_nor_hide_others(house: House, client_for: ClientFor) -> None:
    client = client_for(house)
    first, cursor = await page(client, limit=10)
    await house.database.write(count_many, ["n001", "n021"])
    second, _ = await page(client, limit=5, cursor=cursor)
    assert first == [f"n{number:03d}" for number in range(0, 20, 2)]
    assert second == ["n020", "n021", "n022", "n024", "n026"]


async def test_an_empty_list_is_one_empty_page(open_house: OpenHouse, client_for: ClientFor) -> None:
    assert await page(client_for(await open_house(PROBE))) == ([], None)


@pytest.mark.parametrize(
    "parameters",
    [
        {"limit": 0},
        {"limit": 201},
        {"limit": "many"},
        {"cursor": "!"},
        {"cursor": "e30"},
        {"cursor": "WzFd"},
        {"cursor": "x" * 513},
        {"cursor": "中"},
    ],
)
async def test_what_is_no_page_is_refused(house: House, client_for: ClientFor, parameters: dict[str, Any]) -> None:
    answer = await client_for(house).get(COUNTERS, params=parameters)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:problem:probe:invalid")
    assert answer.json()["errors"][0]["pointer"] in {"/limit", "/cursor"}
