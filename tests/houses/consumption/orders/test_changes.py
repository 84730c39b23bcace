"""Whoever asks for the orders that changed after the latest moment it saw misses none, whatever writes at once."""

import asyncio
from typing import Any

import httpx
import pytest

from shared.house import House
from tests.conftest import ClientFor
from tests.houses.consumption.builders import (
    ORDERS,
    SUPPLY,
    act,
    dongguan,
    numbered,
    order,
    place,
    product,
    supply,
    walk,
)
from tests.problems import assert_problem

PRODUCTS = [f"P{number:02d}" for number in range(12)]
BUYERS, ORDERS_EACH = 6, 8
LONG_AGO = "2026-01-01T00:00:00Z"


@pytest.fixture
async def officer(house: House, client_for: ClientFor) -> httpx.AsyncClient:
    client = client_for(house, scopes=SUPPLY, region="520626", client_id="officer")
    await supply(client, **{code: product(stock="100000.000") for code in PRODUCTS})
    return client


@pytest.fixture
async def buyer(house: House, officer: httpx.AsyncClient, client_for: ClientFor) -> httpx.AsyncClient:
    return dongguan(client_for, house, buyers=tuple(f"B-{number}" for number in range(BUYERS)))


async def changed_after(client: httpx.AsyncClient, moment: str, **more: Any) -> list[dict[str, Any]]:
    answer = await client.get(ORDERS, params={"limit": 200, "updated_after": moment, **more})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_poller_misses_no_order_of_buyers_that_overlap(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    """Half of them order twelve products and half the last of them, so that the first to begin are the last to end."""
    made: list[tuple[str, str]] = []
    seen: list[tuple[str, str]] = []

    async def buy(number: int) -> None:
        codes = PRODUCTS if number % 2 else PRODUCTS[-1:]
        for order_no in numbered(ORDERS_EACH):
            body = order(*((code, "1.000") for code in codes), buyer_code=f"B-{number}", buyer_order_no=order_no)
            placed = await place(buyer, body)
            made.append((placed["order_id"], placed["updated_at"]))
            if number % 3 == 0:
                accepted = await walk(officer, placed["order_id"], "accept")
                made.append((accepted["order_id"], accepted["updated_at"]))

    buying = asyncio.gather(*(buy(number) for number in range(BUYERS)))
    last = LONG_AGO
    while True:
        ended = buying.done()
        found = [(item["order_id"], item["updated_at"]) for item in await changed_after(buyer, last)]
        moments = [moment for _, moment in found]
        assert moments == sorted(set(moments))
        seen += found
        last = max([last, *moments])
        if ended:
            break
    await buying
    latest = dict(sorted(made, key=lambda change: change[1]))
    assert {order_id for order_id, _ in seen} == set(latest), "no order was never seen"
    assert set(latest.items()) <= set(seen), "and each was seen as it stands now"


async def test_what_changed_comes_in_the_order_in_which_it_changed_page_by_page(
    officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    made = [
        await place(buyer, order((PRODUCTS[0], "1"), buyer_code="B-0", buyer_order_no=number)) for number in numbered(5)
    ]
    first = made[0]["order_id"]
    await walk(officer, first, "accept")
    await walk(officer, made[2]["order_id"], "accept")
    expected = [made[index]["buyer_order_no"] for index in (1, 3, 4, 0, 2)]
    assert [item["buyer_order_no"] for item in await changed_after(buyer, LONG_AGO)] == expected

    pages: list[list[str]] = []
    cursor: dict[str, str] = {}
    while not pages or cursor:
        page = (await buyer.get(ORDERS, params={"limit": 2, "updated_after": LONG_AGO, **cursor})).json()
        pages.append([item["buyer_order_no"] for item in page["items"]])
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else {}
    assert pages == [expected[:2], expected[2:4], expected[4:]]

    seen = (await changed_after(buyer, LONG_AGO))[-1]["updated_at"]
    assert await changed_after(buyer, seen) == []
    await act(buyer, made[1]["order_id"], "cancel")
    assert [item["buyer_order_no"] for item in await changed_after(buyer, seen)] == ["002"]
    assert await changed_after(buyer, seen, status="placed") == []


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
async def test_no_calendar_reaches_beyond_the_edges_of_time(buyer: httpx.AsyncClient, moment: str) -> None:
    document = assert_problem(await buyer.get(ORDERS, params={"updated_after": moment}), 422, "invalid")
    assert [error["pointer"] for error in document["errors"]] == ["/updated_after"]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2026-11-16T10:00:00+08:00"])
async def test_every_moment_of_the_calendar_can_be_asked_for(buyer: httpx.AsyncClient, moment: str) -> None:
    assert await changed_after(buyer, moment) == []
