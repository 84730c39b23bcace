"""Orders: one for each number of a buyer, stock taken once and never below nothing, seen by whoever deals in them."""

import asyncio
from functools import partial
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.consumption.orders.commands.place import place_order
from services.consumption.orders.commands.transition import transition_order
from services.consumption.orders.schemas import OrderIn, OrderOut, TransitionIn
from services.consumption.products.errors import NotEnoughStock
from services.consumption.products.rules import format_quantity
from shared.codes.consumption import OrderAction, OrderStatus, PurchaseWay
from shared.contracts.consumption import OrderPlaced
from shared.db.unit_of_work import UnitOfWork
from shared.house import House
from shared.procedures.errors import TransitionNotAllowed
from shared.security.actor import Actor
from tests.at_once import until_answered
from tests.builders import OTHER_COUNTY_REGION, REGION, audit_rows
from tests.conftest import ClientFor
from tests.houses.consumption.builders import (
    ELSEWHERE,
    OFFICER,
    ORDERS,
    READ,
    SUPPLY,
    WRITE,
    act,
    count_stock,
    dongguan,
    link,
    numbered,
    order,
    order_id,
    place,
    producer,
    product,
    put,
    read_stock,
    stock,
    told,
    walk,
)
from tests.problems import assert_problem

BUYERS = 100


async def numbers(client: httpx.AsyncClient, **wanted: Any) -> list[str]:
    answer = await client.get(ORDERS, params=wanted)
    assert answer.status_code == 200, answer.text
    return [item["buyer_order_no"] for item in answer.json()["items"]]


async def test_an_order_has_the_published_fields(house: House, buyer: httpx.AsyncClient) -> None:
    placed = await place(buyer)
    assert placed == (await buyer.get(f"{ORDERS}/{placed['order_id']}")).json()
    (step,) = placed["history"]
    assert placed.pop("placed_at") == placed.pop("updated_at") == step.pop("at")
    assert placed == {
        "order_id": str(order_id()),
        "buyer_code": "DG-1",
        "buyer_order_no": "1",
        "region_code": REGION,
        "request_id": None,
        "status": "placed",
        "mode": "direct",
        "way": "purchase",
        "agreement_no": None,
        "incident_id": None,
        "channel": None,
        "confirm_by": None,
        "due_on": "2026-11-18",
        "due_provisional": False,
        "overdue": False,
        "closes_on": None,
        "deliveries": [],
        "adjustment": None,
        "returns": [],
        "settled_on": None,
        "deliver_by": None,
        "deliver_to": None,
        "contact": None,
        "invoice_title": None,
        "total": "250.00",
        "history": [
            {
                "action": "place",
                "by": "dongguan",
                "side": "buyer",
                "for_buyer": False,
                "status": "placed",
                "note": None,
            }
        ],
        "lines": [
            {
                "line_no": 1,
                "product_code": "TEA",
                "producer_code": "COOP",
                "name": "绿茶",
                "unit": "kg",
                "specification": None,
                "quantity": "20.000",
                "price": "12.50",
                "shipped": "0.000",
                "received": None,
                "rejected": "0.000",
                "returned": "0.000",
                "value": "250.00",
                "credits": None,
                "kept": None,
                "producer_amount": None,
            }
        ],
        "allowed_actions": ["cancel"],
    }
    assert await stock(house) == {"TEA": 280_000}
    (event,) = [event.data for event in await told(house)]
    assert event == OrderPlaced(order_id=order_id(), buyer_code="DG-1", lines=1, total=25000, way=PurchaseWay.PURCHASE)
    row = (await audit_rows(house))[-1]
    assert (row["action"], row["actor"], row["subject"]) == ("order.placed", "dongguan", str(order_id()))


async def test_the_same_order_again_is_the_same_order(house: House, buyer: httpx.AsyncClient) -> None:
    first = await place(buyer)
    again = await buyer.post(ORDERS, json=order())
    assert (again.status_code, again.json()) == (200, first)
    assert await stock(house) == {"TEA": 280_000}


@pytest.mark.parametrize(
    "changes",
    [
        {"lines": [{"product_code": "TEA", "quantity": "20.001"}]},
        {"lines": [{"product_code": "EGGS", "quantity": "20.000"}]},
        {"request_id": str(order_id())},
    ],
)
async def test_a_number_stands_for_one_content(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient, changes: dict[str, Any]
) -> None:
    await put(officer, "product", "EGGS", product())
    await place(buyer)
    assert_problem(await buyer.post(ORDERS, json=order() | changes), 409, "order-contradicts")
    assert await stock(house) == {"TEA": 280_000, "EGGS": 300_000}
    other_buyer = await place(buyer, order(buyer_code="DG-2"))
    assert other_buyer["order_id"] != str(order_id())


async def answered(buyer: httpx.AsyncClient, body: dict[str, Any]) -> httpx.Response:
    """The answer to an order; who waited too long for another request is told to ask again, and does."""
    while (answer := await buyer.post(ORDERS, json=body)).status_code == 503:
        assert answer.headers["retry-after"]
    return answer


@pytest.mark.parametrize("known", [False, True], ids=["of a new buyer", "of a known buyer"])
async def test_an_order_sent_at_once_several_times_is_one_order(
    house: House, buyer: httpx.AsyncClient, known: bool
) -> None:
    """All but a little of the stock is asked for, so that an order taken twice would find too little."""
    if known:
        await walk(buyer, (await place(buyer, order(buyer_order_no="0")))["order_id"], "cancel")
    answers = await asyncio.gather(*(answered(buyer, order(("TEA", "299.000"))) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.text for answer in answers}) == 1
    assert await stock(house) == {"TEA": 1_000}


async def test_a_key_replays_the_first_answer(house: House, buyer: httpx.AsyncClient) -> None:
    answers = [await buyer.post(ORDERS, json=order(), headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].text == answers[1].text
    assert await stock(house) == {"TEA": 280_000}


async def test_prices_are_frozen_with_the_order(officer: httpx.AsyncClient, buyer: httpx.AsyncClient) -> None:
    placed = await place(buyer)
    await put(officer, "product", "TEA", product(price="99.00", stock="280.000"))
    assert (await buyer.get(f"{ORDERS}/{placed['order_id']}")).json() == placed


async def test_a_line_that_falls_short_is_named_and_nothing_is_reserved(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    await put(officer, "product", "EGGS", product(stock="500.000"))
    answer = await buyer.post(ORDERS, json=order(("EGGS", "1"), ("TEA", "300.001")))
    document = assert_problem(answer, 409, "not-enough-stock")
    assert (document["line_no"], document["product_code"], document["available"]) == (2, "TEA", "300.000")
    assert await stock(house) == {"EGGS": 500_000, "TEA": 300_000}
    assert_problem(await buyer.get(f"{ORDERS}/{order_id()}"), 404, "order-not-found")
    assert await place(buyer, order(("TEA", "300.000"))), "the number was not used up"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"lines": []}, "/lines"),
        ({"lines": [{"product_code": "TEA", "quantity": "1"}] * 2}, "/lines"),
        ({"lines": [{"product_code": "TEA", "quantity": "0.000"}]}, "/lines/0/quantity"),
        ({"lines": [{"product_code": "TEA", "quantity": "-1.000"}]}, "/lines/0/quantity"),
        ({"lines": [{"product_code": "TEA", "quantity": 1}]}, "/lines/0/quantity"),
        ({"buyer_order_no": ""}, "/buyer_order_no"),
        ({"request_id": "x"}, "/request_id"),
        ({"paid": True}, "/paid"),
    ],
)
async def test_what_an_order_cannot_be_is_pointed_at(
    house: House, buyer: httpx.AsyncClient, changes: dict[str, Any], pointer: str
) -> None:
    document = assert_problem(await buyer.post(ORDERS, json=order() | changes), 422, "invalid")
    assert [error["pointer"] for error in document["errors"]] == [pointer]
    assert await stock(house) == {"TEA": 300_000}


async def test_an_order_worth_more_than_an_amount_can_be_is_refused(
    officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    await put(officer, "product", "GOLD", product(price="999999999999.99", stock="999999999.999"))
    answer = await buyer.post(ORDERS, json=order(("GOLD", "1.001")))
    assert assert_problem(answer, 422, "order-invalid")["errors"][0]["pointer"] == "/lines"
    assert (await place(buyer, order(("GOLD", "1"))))["total"] == "999999999999.99"


async def test_a_buyer_orders_wherever_something_is_offered_and_the_supply_side_in_its_region(
    house: House, client_for: ClientFor, buyer: httpx.AsyncClient
) -> None:
    everywhere = client_for(house)
    await put(everywhere, "producer", "YJ", producer(link("1", ELSEWHERE), region_code=OTHER_COUNTY_REGION))
    await put(everywhere, "product", "PEARS", product(producer_code="YJ"))
    for client in (buyer, everywhere):
        answer = await client.post(ORDERS, json=order(("TEA", "1"), ("NONE", "1")))
        assert assert_problem(answer, 404, "product-not-found")["line_no"] == 2
    county = client_for(house, scopes=SUPPLY, region="520626", client_id="county")
    assert_problem(await county.post(ORDERS, json=order(("PEARS", "1"))), 403, "region-not-allowed")
    both = await buyer.post(ORDERS, json=order(("TEA", "1"), ("PEARS", "1")))
    assert assert_problem(both, 422, "order-invalid")["errors"][0]["pointer"] == "/lines/1/product_code"
    assert await stock(house) == {"PEARS": 300_000, "TEA": 300_000}
    assert (await place(buyer, order(("PEARS", "1"))))["region_code"] == OTHER_COUNTY_REGION


async def test_a_buyer_code_belongs_to_the_clients_whose_tokens_name_it(
    house: House, buyer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    placed = await place(buyer)
    other = dongguan(client_for, house, client_id="shenzhen", buyers=("SZ-1",))
    for number in ("1", "2"):
        answer = await other.post(ORDERS, json=order(buyer_order_no=number))
        assert_problem(answer, 403, "buyer-not-yours")
    assert_problem(await other.get(f"{ORDERS}/{placed['order_id']}"), 404, "order-not-found")
    for action in OrderAction:
        assert_problem(await act(other, placed["order_id"], action), 404, "order-not-found")
    assert await numbers(other) == []
    assert await numbers(buyer) == ["1"]


async def test_the_supply_side_sees_the_orders_of_its_region(
    house: House, buyer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    place_of = f"{ORDERS}/{(await place(buyer))['order_id']}"
    for region, sees in (("520626", True), ("52", True), ("520625", False)):
        approver = client_for(house, scopes=SUPPLY, region=region, client_id="approver")
        assert (await approver.get(place_of)).status_code == (200 if sees else 404)
        assert await numbers(approver) == (["1"] if sees else [])
    writer = client_for(house, scopes=WRITE, region="520626", client_id="writer")
    assert await numbers(writer) == []
    assert_problem(await writer.get(place_of), 404, "order-not-found")


async def test_orders_are_listed_the_newest_first_by_what_is_asked(
    officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    placed = [await place(buyer, order(buyer_order_no=number)) for number in numbered(3)]
    await place(buyer, order(buyer_code="DG-2", buyer_order_no="X"))
    await walk(officer, placed[0]["order_id"], "accept")
    assert await numbers(buyer) == ["X", "003", "002", "001"]
    assert await numbers(buyer, buyer_code="DG-1", status="placed") == ["003", "002"]
    assert await numbers(buyer, updated_after=placed[1]["placed_at"]) == ["003", "X", "001"]
    first = (await buyer.get(ORDERS, params={"limit": 3})).json()
    rest = (await buyer.get(ORDERS, params={"limit": 3, "cursor": first["next_cursor"]})).json()
    shown = [item["buyer_order_no"] for page in (first, rest) for item in page["items"]]
    assert (shown, rest["next_cursor"]) == (["X", "003", "002", "001"], None)


@pytest.mark.parametrize("moment", ["2026-11-16", "2026-11-16T00:00:00", "1763000000", "soon"])
async def test_a_moment_is_asked_for_with_its_time_zone(buyer: httpx.AsyncClient, moment: str) -> None:
    document = assert_problem(await buyer.get(ORDERS, params={"updated_after": moment}), 422, "invalid")
    assert document["errors"][0]["pointer"] == "/updated_after"


async def test_reading_is_not_ordering(house: House, client_for: ClientFor, buyer: httpx.AsyncClient) -> None:
    reader = client_for(house, scopes=READ)
    assert_problem(await reader.post(ORDERS, json=order()), 403, "scope-missing")


async def test_a_hundred_buyers_at_once_never_get_more_than_there_is(
    house: House, officer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    """Each wants 7.001 of 300: there is enough for 42."""
    clients = [dongguan(client_for, house, buyers=(f"B-{number}",)) for number in numbered(BUYERS)]
    orders = [order(("TEA", "7.001"), buyer_code=f"B-{number}") for number in numbered(BUYERS)]
    sent = (partial(client.post, ORDERS, json=body) for client, body in zip(clients, orders, strict=True))
    answers = await asyncio.gather(*map(until_answered, sent))
    refused = [answer for answer in answers if answer.status_code != 201]
    assert len(refused) == BUYERS - 42
    for answer in refused:
        assert_problem(answer, 409, "not-enough-stock")
    assert await stock(house) == {"TEA": 300_000 - 42 * 7_001}
    assert len(await numbers(officer, limit=200)) == 42


async def test_orders_that_name_the_same_products_in_opposite_order_do_not_wait_for_each_other(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    await put(officer, "product", "EGGS", product(price="1.00", stock="10.000"))
    await count_stock(officer, "TEA", "10.000")
    forth, back = (("TEA", "0.1"), ("EGGS", "0.1")), (("EGGS", "0.1"), ("TEA", "0.1"))
    bodies = [order(*(forth if int(no) % 2 else back), buyer_order_no=no) for no in numbered(40)]
    placed = await asyncio.gather(*(buyer.post(ORDERS, json=body) for body in bodies))
    assert {answer.status_code for answer in placed} == {201}
    cancelled = [act(buyer, answer.json()["order_id"], "cancel") for answer in placed[:20]]
    more = [buyer.post(ORDERS, json=body | {"buyer_code": "DG-2"}) for body in bodies[:20]]
    answers = await asyncio.gather(*cancelled, *more)
    assert {answer.status_code for answer in answers} == {200, 201}
    assert await stock(house) == {"TEA": 6_000, "EGGS": 6_000}


async def test_an_order_cancelled_at_once_several_times_gives_back_once(house: House, buyer: httpx.AsyncClient) -> None:
    placed = await place(buyer)
    answers = await asyncio.gather(*(act(buyer, placed["order_id"], "cancel") for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 5]
    assert await stock(house) == {"TEA": 300_000}


class _Undone(Exception):
    """What a tried sequence did is taken back."""


_sequences = st.lists(
    st.one_of(
        st.tuples(st.just("place"), st.permutations(["EGGS", "TEA"]), st.integers(1, 7_000), st.integers(1, 7_000)),
        st.tuples(st.sampled_from(["cancel", "accept", "ship"]), st.integers(0, 6)),
    ),
    max_size=14,
)


async def test_no_sequence_of_orders_and_cancels_makes_stock_from_nothing(
    house: House, officer: httpx.AsyncClient
) -> None:
    await put(officer, "product", "EGGS", product(price="1.00", stock="10.000"))
    await count_stock(officer, "TEA", "10.000")
    actor = Actor(id="both-sides", scopes=OFFICER.scopes, regions=("52",))

    def walk_through(uow: UnitOfWork, steps: list[tuple[Any, ...]]) -> None:
        had = read_stock(uow)
        placed: list[OrderOut] = []
        for step in steps:
            try:
                with uow.savepoint():
                    if step[0] == "place":
                        placed.append(_placed(uow, str(len(placed)), step[1], step[2:]))
                    elif placed:
                        action = TransitionIn(action=step[0])
                        index = step[1] % len(placed)
                        placed[index] = transition_order(uow, placed[index].order_id, action)
            except (NotEnoughStock, TransitionNotAllowed):
                pass
            left = read_stock(uow)
            for code in had:
                assert left[code] >= 0
                assert left[code] == had[code] - _held(placed, code)
        raise _Undone

    def run(uow: UnitOfWork) -> None:
        @settings(max_examples=40, deadline=None)
        @given(steps=_sequences)
        def holds(steps: list[tuple[Any, ...]]) -> None:
            with pytest.raises(_Undone), uow.savepoint():
                walk_through(uow, steps)

        holds()

    await house.database.write(run, actor=actor)
    assert await stock(house) == {"EGGS": 10_000, "TEA": 10_000}


def _placed(uow: UnitOfWork, number: str, codes: list[str], quantities: tuple[int, ...]) -> OrderOut:
    lines = [(code, format_quantity(quantity)) for code, quantity in zip(codes, quantities, strict=True)]
    body = order(*lines, buyer_order_no=number)
    return place_order(uow, OrderIn.model_validate(body)).order


def _held(placed: list[OrderOut], code: str) -> int:
    """What the orders hold of a product that are not cancelled."""
    lines = [line for one in placed if one.status is not OrderStatus.CANCELLED for line in one.lines]
    return sum(line.quantity for line in lines if line.product_code == code)


async def test_each_side_is_offered_its_own_steps(officer: httpx.AsyncClient, buyer: httpx.AsyncClient) -> None:
    async def offered(client: httpx.AsyncClient) -> list[str]:
        (listed,) = (await client.get(ORDERS)).json()["items"]
        single = (await client.get(f"{ORDERS}/{listed['order_id']}")).json()
        assert single == listed
        allowed: list[str] = single["allowed_actions"]
        return allowed

    order_number = (await place(buyer))["order_id"]
    assert (await offered(buyer), await offered(officer)) == (["cancel"], ["accept", "cancel"])
    await walk(officer, order_number, "accept")
    assert (await offered(buyer), await offered(officer)) == (["cancel"], ["cancel", "ship", "adjust"])
    await walk(officer, order_number, "ship", "receive")
    both = (await offered(buyer), await offered(officer))
    assert both == (["dispute", "return"], ["settle", "dispute", "adjust", "return"])
