"""A list comes in pages that neither skip nor repeat, however it grows, and takes no cursor it did not give out."""

import base64
import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.assistance.app import ASSISTANCE
from services.consumption.app import CONSUMPTION
from services.employment.app import EMPLOYMENT
from services.monitoring.app import MONITORING
from shared.house import House
from tests.builders import deliver, risk_raised
from tests.conftest import ClientFor, OpenHouse
from tests.mechanism.probe import ON_SQLITE, PROBE, count_many

COUNTERS = "/probe/v1/counters"
LISTS = ("/assistance/v1/tasks", "/monitoring/v1/risks", "/assistance/v1/dead-letters")


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


@pytest.fixture
async def lists(open_house: OpenHouse, client_for: ClientFor) -> httpx.AsyncClient:
    """A client of the houses with the lists."""
    return client_for(await open_house(MONITORING), await open_house(ASSISTANCE))


async def refused(client: httpx.AsyncClient, path: str, **parameters: str) -> bool:
    """Whether the list names exactly these parameters as wrong."""
    answer = await client.get(path, params=parameters)
    found = [error["pointer"] for error in answer.json().get("errors", [])]
    return (answer.status_code, found) == (422, [f"/{name}" for name in parameters])


@ON_SQLITE
@pytest.mark.parametrize("path", LISTS)
async def test_a_limit_out_of_bounds_is_refused(lists: httpx.AsyncClient, path: str) -> None:
    for limit in ("0", "-1", "201", "ten", "1.5", ""):
        assert await refused(lists, path, limit=limit), limit
    for limit in ("1", "200"):
        assert (await lists.get(path, params={"limit": limit})).status_code == 200


def cursor(*parts: Any) -> str:
    """These parts in the form of a cursor."""
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def ill_formed(path: str) -> dict[str, str]:
    """Cursors that the list at this path never gave out."""
    moment, row_id = "2026-11-16T02:30:00+00:00", str(uuid4())
    return {
        "empty": "",
        "text": "page2",
        "beyond ASCII": "页",
        "no JSON": base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        "a number": "Nw",
        "an object": "e30",
        "nothing in it": cursor(),
        "numbers": cursor(1, 2),
        "the list only": cursor(path),
        "no time": cursor(path, "yesterday", row_id),
        "no id": cursor(path, moment, "x"),
        "too many parts": cursor(path, moment, row_id, row_id),
        "before all time": cursor(path, "0001-01-01T00:00:00+14:00", row_id),
        "after all time": cursor(path, "9999-12-31T23:59:59-14:00", row_id),
        "without its list": cursor(moment, row_id),
        "too long": "x" * 513,
    }


@ON_SQLITE
@pytest.mark.parametrize("path", LISTS)
async def test_a_cursor_that_was_not_given_out_is_refused(lists: httpx.AsyncClient, path: str) -> None:
    taken = [name for name, given in ill_formed(path).items() if not await refused(lists, path, cursor=given)]
    assert taken == []


WORKERS, PRODUCTS = "/employment/v1/workers", "/consumption/v1/products"


@pytest.mark.parametrize(
    "key",
    [("a", "99999999999999999999"), ("a", "-1"), ("a", "٣"), ("a", "1.5"), ("a", ""), ("a",), ("a", "1", "2")],
    ids=repr,
)
async def test_a_number_in_a_cursor_lies_within_what_a_database_holds(
    open_house: OpenHouse, client_for: ClientFor, key: tuple[str, ...]
) -> None:
    """`audit.md` 19: twenty digits were a 500."""
    client = client_for(await open_house(EMPLOYMENT))
    assert await refused(client, WORKERS, cursor=cursor(WORKERS, *key))


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "a\nb"], ids=ascii)
async def test_a_cursor_holds_no_text_that_no_database_keeps(
    open_house: OpenHouse, client_for: ClientFor, text: str
) -> None:
    client = client_for(await open_house(EMPLOYMENT), await open_house(CONSUMPTION))
    assert await refused(client, WORKERS, cursor=cursor(WORKERS, text, "1"))
    assert await refused(client, PRODUCTS, cursor=cursor(PRODUCTS, text))


@ON_SQLITE
async def test_a_cursor_of_another_list_is_refused(open_house: OpenHouse, client_for: ClientFor) -> None:
    assistance = await open_house(ASSISTANCE)
    await deliver(assistance, *(risk_raised(household_code=code) for code in ("DJ-0001", "DJ-0002")))
    client = client_for(await open_house(MONITORING), assistance)
    tasks, risks, letters = LISTS
    given = (await client.get(tasks, params={"limit": 1})).json()["next_cursor"]
    assert (await client.get(tasks, params={"cursor": given})).status_code == 200
    for path in (risks, letters, "/monitoring/v1/dead-letters"):
        assert await refused(client, path, cursor=given), path
