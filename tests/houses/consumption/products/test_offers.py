"""What is offered: stock that moves by itself, versions, one spelling; and that what was seen is what is ordered."""

import asyncio
from typing import Any

import httpx
import pytest

from shared.house import House
from tests.builders import audit_rows
from tests.conftest import ClientFor
from tests.houses.consumption.builders import (
    API,
    NEIGHBOUR,
    ORDERS,
    SUPPLY,
    WRITE,
    act,
    count_stock,
    link,
    order,
    order_id,
    place,
    producer,
    product,
    put,
    shown_links,
    stock,
    walk,
)
from tests.problems import assert_problem

COOP, TEA = f"{API}/producers/COOP", f"{API}/products/TEA"
STOCK = f"{TEA}/stock"
ORDER = str(order_id())
AT_ONCE = 5


def without_stock(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in product(**changes).items() if name != "stock"}


async def move(client: httpx.AsyncClient, **body: Any) -> httpx.Response:
    return await client.post(STOCK, json={"reason": "盘点"} | body)


async def test_a_price_is_corrected_without_bringing_back_what_was_sold(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    read = (await officer.get(TEA)).json()
    await place(buyer, order(("TEA", "300.000")))
    stale = assert_problem(
        await officer.put(TEA, json=product(price="10.50", stock=read["stock"])), 409, "stock-changed"
    )
    assert stale["stock"] == "0.000"
    assert (await put(officer, "product", "TEA", without_stock(price="10.50")))["stock"] == "0.000"
    assert (await put(officer, "product", "TEA", product(price="11.00", stock="0.000")))["price"] == "11.00"
    second = await buyer.post(ORDERS, json=order(("TEA", "300.000"), buyer_order_no="2"))
    assert_problem(second, 409, "not-enough-stock")
    assert await stock(house) == {"TEA": 0}


async def test_a_product_first_offered_without_stock_has_none(officer: httpx.AsyncClient) -> None:
    assert (await put(officer, "product", "RICE", without_stock()))["stock"] == "0.000"


async def test_a_stock_moves_by_what_was_counted_or_changed_and_says_why(
    house: House, officer: httpx.AsyncClient
) -> None:
    made = [
        await move(officer, change="-20.5", reason="受潮报损"),
        await move(officer, change="+1"),
        await move(officer, counted="250.000"),
    ]
    assert [answer.status_code for answer in made] == [201] * 3
    moved = [answer.json() for answer in made]
    assert [(one["before"], one["change"], one["stock"], one["counted"]) for one in moved] == [
        ("300.000", "-20.500", "279.500", False),
        ("279.500", "1.000", "280.500", False),
        ("280.500", "-30.500", "250.000", True),
    ]
    assert {one["by"] for one in moved} == {"officer"}
    assert (await officer.get(TEA)).json()["stock"] == "250.000"
    page = (await officer.get(STOCK, params={"limit": 2})).json()
    rest = (await officer.get(STOCK, params={"cursor": page["next_cursor"]})).json()
    assert [*page["items"], *rest["items"]] == moved[::-1]
    rows = [row for row in await audit_rows(house) if row["action"] == "product.stock"]
    assert [(row["actor"], row["before"]["available"], row["after"]["available"]) for row in rows] == [
        ("officer", "300.000", "279.500"),
        ("officer", "279.500", "280.500"),
        ("officer", "280.500", "250.000"),
    ]


async def test_a_change_sent_again_under_one_key_counts_once(house: House, officer: httpx.AsyncClient) -> None:
    body = {"change": "-1.000", "reason": "样品"}
    answers = [await officer.post(STOCK, json=body, headers={"Idempotency-Key": "k"}) for _ in range(3)]
    assert len({answer.text for answer in answers}) == 1
    assert await stock(house) == {"TEA": 299_000}


async def test_counting_leaves_alone_what_is_ordered(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    await place(buyer, order(("TEA", "100.000")))
    await count_stock(officer, "TEA", "50.000")
    await walk(buyer, ORDER, "cancel")
    assert await stock(house) == {"TEA": 150_000}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"reason": "x"}, "/"),
        ({"reason": "x", "counted": "1", "change": "1"}, "/"),
        ({"counted": "1"}, "/reason"),
        ({"counted": "1", "reason": " "}, "/reason"),
        ({"counted": "1", "reason": "a\u0000b"}, "/reason"),
        ({"counted": "-1", "reason": "x"}, "/counted"),
        ({"change": "0", "reason": "x"}, "/change"),
        ({"change": "--1", "reason": "x"}, "/change"),
        ({"change": "-", "reason": "x"}, "/change"),
        ({"change": 5, "reason": "x"}, "/change"),
    ],
)
async def test_what_a_movement_of_stock_cannot_be_is_pointed_at(
    house: House, officer: httpx.AsyncClient, body: dict[str, Any], pointer: str
) -> None:
    document = assert_problem(await officer.post(STOCK, json=body), 422, "invalid")
    assert [error["pointer"] for error in document["errors"]] == [pointer]
    assert await stock(house) == {"TEA": 300_000}


async def test_a_stock_is_neither_below_nothing_nor_beyond_what_can_be_written(
    house: House, officer: httpx.AsyncClient
) -> None:
    assert assert_problem(await move(officer, change="-300.001"), 409, "not-enough-stock")["available"] == "300.000"
    await count_stock(officer, "TEA", "999999999.999")
    assert_problem(await move(officer, change="0.001"), 422, "stock-invalid")
    assert await stock(house) == {"TEA": 999_999_999_999}


async def test_stocks_of_other_counties_are_neither_moved_nor_read(
    house: House, officer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    neighbour = client_for(house, scopes=SUPPLY, region="520625")
    assert_problem(await move(neighbour, counted="0"), 404, "product-not-found")
    assert_problem(await neighbour.get(STOCK), 404, "product-not-found")
    assert_problem(
        await officer.post(f"{API}/products/NONE/stock", json={"counted": "1", "reason": "x"}), 404, "product-not-found"
    )
    assert (await client_for(house, scopes=WRITE, region="520626").get(STOCK)).status_code == 200


async def test_changes_of_a_stock_at_once_all_count_beside_orders(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    moves = [move(officer, change="-1.000") for _ in range(AT_ONCE)]
    orders = [buyer.post(ORDERS, json=order(("TEA", "2"), buyer_order_no=str(number))) for number in range(AT_ONCE)]
    answers = await asyncio.gather(*moves, *orders)
    assert {answer.status_code for answer in answers} == {201}
    assert await stock(house) == {"TEA": 300_000 - AT_ONCE * 3_000}


async def test_a_price_corrected_while_others_order_loses_no_order(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    prices = [officer.put(TEA, json=without_stock(price=f"{number + 20}.00")) for number in range(AT_ONCE)]
    orders = [buyer.post(ORDERS, json=order(("TEA", "2"), buyer_order_no=str(number))) for number in range(AT_ONCE)]
    answers = await asyncio.gather(*prices, *orders)
    assert {answer.status_code for answer in answers} == {200, 201}
    assert await stock(house) == {"TEA": 300_000 - AT_ONCE * 2_000}


async def test_of_two_who_changed_one_version_the_second_is_told(officer: httpx.AsyncClient) -> None:
    for path, body in ((TEA, without_stock(price="13.00")), (COOP, producer(link("1", NEIGHBOUR)))):
        read = await officer.get(path)
        assert (read.headers["ETag"], read.json()["version"]) == ('"1"', 1)
        mine = await officer.put(path, json=body, headers={"If-Match": read.headers["ETag"]})
        assert (mine.status_code, mine.headers["ETag"]) == (200, '"2"')
        same = await officer.put(path, json=body, headers={"If-Match": '"2"'})
        assert (same.status_code, same.headers["ETag"]) == (200, '"2"'), "the same again is no new version"
        hers = await officer.put(path, json=body | {"name": "其他"}, headers={"If-Match": read.headers["ETag"]})
        assert assert_problem(hers, 412, "version-changed")["version"] == 2
        assert (await officer.get(path)).json() == mine.json()
    new = await officer.put(f"{API}/products/NEW", json=product(), headers={"If-Match": "*"})
    assert_problem(new, 412, "version-changed")


@pytest.mark.parametrize("kind", ["product", "producer"])
async def test_of_several_who_change_one_version_at_once_one_does(
    house: House, officer: httpx.AsyncClient, kind: str
) -> None:
    path = {"product": TEA, "producer": COOP}[kind]
    body = {"product": without_stock(), "producer": producer()}[kind]
    changes = [
        officer.put(path, json=body | {"name": f"名称 {number}"}, headers={"If-Match": '"1"'})
        for number in range(AT_ONCE)
    ]
    answers = await asyncio.gather(*changes)
    assert sorted(answer.status_code for answer in answers) == [200, *[412] * (AT_ONCE - 1)]
    assert (await officer.get(path)).json()["version"] == 2
    assert len([row for row in await audit_rows(house) if row["action"] == f"{kind}.put"]) == 2


@pytest.mark.parametrize("kind", ["product", "producer"])
async def test_changes_at_once_are_one_version_each(house: House, officer: httpx.AsyncClient, kind: str) -> None:
    path = {"product": TEA, "producer": COOP}[kind]
    body = {"product": without_stock(), "producer": producer()}[kind]
    await asyncio.gather(*(officer.put(path, json=body | {"name": f"名称 {number}"}) for number in range(AT_ONCE)))
    assert (await officer.get(path)).json()["version"] == 1 + AT_ONCE


async def test_links_changed_at_once_are_those_of_one_body(officer: httpx.AsyncClient) -> None:
    bodies = [producer(link("0.1")), producer(link("0.9", NEIGHBOUR)), producer(link("0.2"), link("0.3", NEIGHBOUR))]
    await asyncio.gather(*(officer.put(COOP, json=body) for body in bodies * 2))
    linked = (await officer.get(COOP)).json()["links"]
    sent = [shown_links(*body["links"]) for body in bodies]
    assert [{**each, "share": each["share"].rstrip("0")} for each in linked] in sent


async def test_a_register_holds_a_code_in_one_spelling(officer: httpx.AsyncClient) -> None:
    for path, body in ((f"{API}/products/tea", product()), (f"{API}/producers/Coop", producer())):
        assert_problem(await officer.put(path, json=body), 409, "code-in-other-spelling")
    at_once = [officer.put(f"{API}/products/{code}", json=product()) for code in ("RICE", "rice", "Rice")]
    assert sorted(answer.status_code for answer in await asyncio.gather(*at_once)) == [201, 409, 409]


@pytest.mark.parametrize("code", ["%2E", "%2E%2E", "..."])
async def test_a_code_is_no_path(officer: httpx.AsyncClient, code: str) -> None:
    for kind, body in (("products", product()), ("producers", producer()), ("buyers", {"client_id": "x"})):
        assert_problem(await officer.put(f"{API}/{kind}/{code}", json=body), 422, "invalid")


@pytest.mark.parametrize("blank", [" ", "\u3000", "\u200b", "a\u0000b", "a\nb"])
async def test_names_are_seen(officer: httpx.AsyncClient, blank: str) -> None:
    for path, body in (
        (TEA, without_stock(name=blank)),
        (TEA, without_stock(unit=blank)),
        (TEA, without_stock(specification=blank)),
        (COOP, producer(name=blank)),
        (f"{API}/buyers/DG-1", {"client_id": "x", "name": blank}),
    ):
        assert_problem(await officer.put(path, json=body), 422, "invalid")


async def test_what_was_seen_is_what_is_ordered(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    seen = (await buyer.get(TEA)).json()["price"]
    line = {"product_code": "TEA", "quantity": "2.000", "price": seen}
    await put(officer, "product", "TEA", without_stock(price="125.00"))
    refused = assert_problem(await buyer.post(ORDERS, json=order() | {"lines": [line]}), 409, "price-changed")
    assert (refused["line_no"], refused["product_code"]) == (1, "TEA")
    assert (refused["seen"], refused["price"]) == ("12.50", "125.00")
    assert await stock(house) == {"TEA": 300_000}
    placed = await place(buyer, order() | {"lines": [line | {"price": "125.00"}]})
    assert placed["total"] == "250.00"

    await put(officer, "product", "TEA", without_stock(price="99.00"))
    for said in ({"price": "125.00"}, {}):
        sent = {name: line[name] for name in ("product_code", "quantity")} | said
        assert (await buyer.post(ORDERS, json=order() | {"lines": [sent]})).json() == placed
    other = order() | {"lines": [line | {"price": "99.00"}]}
    assert_problem(await buyer.post(ORDERS, json=other), 409, "order-contradicts")


async def test_a_line_keeps_the_product_as_it_was(officer: httpx.AsyncClient, buyer: httpx.AsyncClient) -> None:
    await put(officer, "product", "TEA", without_stock(specification="特级 250 g"))
    placed = await place(buyer, order(("TEA", "300.000")))
    assert [placed["lines"][0][name] for name in ("name", "unit", "specification")] == ["绿茶", "kg", "特级 250 g"]
    await put(officer, "product", "TEA", without_stock(name="红茶", unit="吨", specification=None))
    assert (await buyer.get(f"{ORDERS}/{ORDER}")).json() == placed
    await walk(officer, ORDER, "accept", "ship")
    assert (await act(buyer, ORDER, "receive")).json()["lines"][0]["unit"] == "kg"


async def test_what_is_in_stock_keeps_its_unit_and_nothing_comes_back_in_another(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    await place(buyer, order(("TEA", "299.000")))
    refused = assert_problem(await officer.put(TEA, json=without_stock(unit="吨")), 409, "unit-in-use")
    assert (refused["unit"], refused["stock"]) == ("kg", "1.000")
    await count_stock(officer, "TEA", "0")
    assert (await put(officer, "product", "TEA", without_stock(unit="吨")))["unit"] == "吨"
    await walk(buyer, ORDER, "cancel")
    assert await stock(house) == {"TEA": 0}, "299 kg are not 299 tons"


@pytest.mark.parametrize(
    ("sold", "quantity", "taken"),
    [
        ({"minimum": "10.000"}, "9.999", False),
        ({"minimum": "10.000"}, "10.000", True),
        ({"minimum": "10.000"}, "10.001", True),
        ({"step": "2.500"}, "2.499", False),
        ({"step": "2.500"}, "5.000", True),
        ({"step": "2.500", "minimum": "5.000"}, "2.500", False),
        ({"step": "2.500", "minimum": "5.000"}, "7.500", True),
        ({"step": "2.500", "minimum": "5.000"}, "8.000", False),
        ({}, "0.001", True),
    ],
)
async def test_a_product_is_sold_from_its_minimum_on_in_its_steps(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient, sold: dict[str, str], quantity: str, taken: bool
) -> None:
    await put(officer, "product", "EGGS", product())
    shown = await put(officer, "product", "TEA", without_stock(**sold))
    assert {name: shown[name] for name in sold} == sold
    answer = await buyer.post(ORDERS, json=order(("EGGS", "1"), ("TEA", quantity)))
    if taken:
        assert answer.status_code == 201, answer.text
        return
    refused = assert_problem(answer, 409, "quantity-not-sold")
    assert (refused["line_no"], refused["product_code"]) == (2, "TEA")
    assert (refused["minimum"], refused["step"]) == (sold.get("minimum"), sold.get("step"))
    assert await stock(house) == {"EGGS": 300_000, "TEA": 300_000}


async def test_a_minimum_is_made_of_whole_steps(officer: httpx.AsyncClient) -> None:
    answer = await officer.put(TEA, json=without_stock(step="2.500", minimum="6.000"))
    assert [error["pointer"] for error in assert_problem(answer, 422, "invalid")["errors"]] == ["/minimum"]
