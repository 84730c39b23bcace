"""Deliveries, prices and returns step by step: what is refused, what is said twice, and what time does."""

import datetime as dt
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from services.consumption.models import Order
from services.consumption.orders.commands.deadlines import close_orders, lapse_pre_orders, tell_overdue
from shared.db.base import table_of
from shared.house import House
from tests.builders import TODAY
from tests.conftest import ClientFor
from tests.houses.consumption.builders import (
    API,
    BUY,
    ORDERS,
    SUPPLY,
    act,
    dongguan,
    order,
    order_id,
    place,
    product,
    put,
    stock,
    told,
    turn_to,
    walk,
)
from tests.problems import assert_problem
from tests.sheets import counts, csv_file, imported, result

ORDER = str(order_id())
pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


def lines(**fields: Any) -> list[dict[str, Any]]:
    """What a step does with the first line."""
    return [{"line_no": 1, **fields}]


async def delivered(buyer: httpx.AsyncClient, officer: httpx.AsyncClient, *quantities: str) -> None:
    """An order of 20 kilograms that is accepted, and shipped in so many parts."""
    await place(buyer)
    await walk(officer, ORDER, "accept")
    for quantity in quantities:
        answer = await act(officer, ORDER, "ship", lines=lines(quantity=quantity))
        assert answer.status_code == 200, answer.text


async def test_what_is_pre_ordered_is_reserved_and_lapses_where_nobody_confirms_it(
    house: House, buyer: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    placed = await place(buyer, order(mode="pre"))
    assert (placed["status"], placed["due_on"], placed["allowed_actions"]) == (
        "pre_ordered",
        None,
        ["confirm", "cancel"],
    )
    assert placed["confirm_by"] > placed["placed_at"]
    assert (await stock(house), await told(house)) == ({"TEA": 280_000}, [])
    assert not await house.database.write(lapse_pre_orders)
    assert (await buyer.get(f"{ORDERS}/{ORDER}")).json() == placed
    await let_lapse(house)
    assert_problem(await act(buyer, ORDER, "confirm"), 409, "step-lapsed")
    for _ in range(2):
        await house.database.write(lapse_pre_orders)
    lapsed = (await buyer.get(f"{ORDERS}/{ORDER}")).json()
    assert (lapsed["status"], lapsed["history"][-1]["action"], lapsed["history"][-1]["side"]) == (
        "cancelled",
        "lapse",
        None,
    )
    assert [event.data.reason for event in await told(house)] == ["lapsed"]
    assert await stock(house) == {"TEA": 300_000}


async def let_lapse(house: House) -> None:
    orders = table_of(Order)
    past = sa.update(orders).values(confirm_by=orders.c.placed_at)
    await house.database.write(lambda uow: uow.connection.execute(past))


async def test_what_is_confirmed_waits_for_the_supply_side(house: House, buyer: httpx.AsyncClient) -> None:
    await place(buyer, order(mode="pre", way="help_sell"))
    confirmed = await walk(buyer, ORDER, "confirm")
    assert (confirmed["status"], confirmed["due_on"], confirmed["confirm_by"]) == ("placed", "2026-11-18", None)
    [event] = await told(house)
    assert (event.type, event.data.way) == ("consumption.order-placed.v1", "help_sell")
    again = await buyer.post(ORDERS, json=order(mode="pre", way="help_sell"))
    assert (again.status_code, again.json()["status"]) == (200, "placed")
    assert_problem(await buyer.post(ORDERS, json=order(mode="pre")), 409, "order-contradicts")


async def test_deliveries_are_numbered_and_a_number_stands_for_one_content(
    house: House, buyer: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    await delivered(buyer, officer, "5.000")
    named = {"delivery_no": "SF-77", "lines": lines(quantity="4.000")}
    shipped = (await act(officer, ORDER, "ship", **named)).json()
    again = await act(officer, ORDER, "ship", **named)
    assert (again.status_code, again.json()) == (200, shipped)
    assert_problem(
        await act(officer, ORDER, "ship", delivery_no="SF-77", lines=lines(quantity="3.000")),
        409,
        "delivery-contradicts",
    )
    whole = await walk(officer, ORDER, "ship")
    assert [each["delivery_no"] for each in whole["deliveries"]] == ["1", "SF-77", "3"]
    assert (whole["status"], whole["lines"][0]["shipped"]) == ("shipped", "20.000")
    shipped_values = [event.data.value for event in await told(house, "delivery-shipped")]
    assert shipped_values == [6250, 5000, 13750]


async def test_of_several_deliveries_one_is_named(buyer: httpx.AsyncClient, officer: httpx.AsyncClient) -> None:
    await delivered(buyer, officer, "5.000", "5.000")
    unclear = assert_problem(await act(buyer, ORDER, "receive"), 409, "delivery-unclear")
    assert unclear["delivery_nos"] == ["1", "2"]
    for number in ("2", "1"):
        answer = await act(buyer, ORDER, "receive", delivery_no=number)
        assert answer.status_code == 200, answer.text
    assert [each["status"] for each in answer.json()["deliveries"]] == ["received", "received"]
    asked = {"return_no": "R", "lines": lines(quantity="6.000", reason="grade")}
    assert_problem(await act(buyer, ORDER, "return", **asked), 409, "delivery-unclear")
    refused = assert_problem(await act(buyer, ORDER, "return", delivery_no="1", **asked), 422, "order-invalid")
    assert refused["errors"][0]["pointer"] == "/lines/0/quantity"


@pytest.mark.parametrize(
    ("action", "sent", "pointer"),
    [
        ("ship", {"lines": lines(quantity="15.001")}, "/lines/0/quantity"),
        ("ship", {"lines": lines()}, "/lines/0/quantity"),
        ("ship", {"lines": [{"line_no": 2, "quantity": "1"}]}, "/lines/0/line_no"),
        ("receive", {"lines": lines(received="5.001")}, "/lines/0/received"),
        ("receive", {"lines": lines(received="1", rejected="1.001", reason="grade")}, "/lines/0/rejected"),
        ("receive", {"lines": lines(received="1", rejected="1")}, "/lines/0/reason"),
        ("receive", {"lines": lines(received="1", rejected="1", reason="bad luck")}, "/lines/0/reason"),
        ("receive", {"delivery_no": "9"}, "/delivery_no"),
        ("adjust", {}, "/lines"),
        ("adjust", {"lines": lines(price="0.00", reason="x")}, "/lines/0/price"),
        ("adjust", {"lines": lines(price="1.00")}, "/lines/0/reason"),
        ("adjust", {"lines": lines(price="999999999999.99", reason="x")}, "/lines"),
    ],
)
async def test_a_step_that_cannot_be_is_pointed_at_and_nothing_is_written(
    buyer: httpx.AsyncClient, officer: httpx.AsyncClient, action: str, sent: dict[str, Any], pointer: str
) -> None:
    await delivered(buyer, officer, "5.000")
    before = (await officer.get(f"{ORDERS}/{ORDER}")).json()
    answer = await act(officer, ORDER, action, **sent)
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert (await officer.get(f"{ORDERS}/{ORDER}")).json() == before


async def test_nothing_settles_while_a_price_waits_and_nobody_answers_their_own(
    house: House, buyer: httpx.AsyncClient, officer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    await delivered(buyer, officer, "20.000")
    await walk(buyer, ORDER, "receive")
    proposal = {"lines": lines(price="12.00", reason="受潮")}
    open_ = (await act(officer, ORDER, "adjust", **proposal)).json()
    assert (open_["adjustment"]["status"], open_["allowed_actions"]) == (
        "open",
        ["dispute", "agree", "decline", "return"],
    )
    assert_problem(await act(officer, ORDER, "settle"), 409, "adjustment-open")
    assert_problem(await act(officer, ORDER, "adjust", **proposal), 409, "adjustment-open")
    assert_problem(await act(officer, ORDER, "agree"), 403, "own-proposal")
    both = client_for(house, scopes=(*SUPPLY, *BUY), region="520626", client_id="officer", buyers=("DG-1",))
    assert_problem(await act(both, ORDER, "agree"), 403, "own-proposal")
    agreed = await walk(buyer, ORDER, "agree")
    assert (agreed["adjustment"]["status"], agreed["total"]) == ("agreed", "240.00")
    assert (await walk(officer, ORDER, "settle"))["total"] == "240.00"
    answers = [event.data.answer for event in await told(house, "adjustment-answered")]
    assert answers == ["agreed"]
    again = await buyer.post(ORDERS, json=order())
    assert again.status_code == 200, "the order is still the one that was sent"


async def test_disputed_lines_wait_while_the_others_are_settled(
    house: House, buyer: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    await put(officer, "product", "EGGS", product())
    await place(buyer, order(("TEA", "20"), ("EGGS", "10")))
    await walk(officer, ORDER, "accept", "ship", "receive")
    held = (await act(buyer, ORDER, "dispute", lines=[{"line_no": 2}], note="碎了")).json()
    assert held["status"] == "received"
    assert [line["held"] for line in held["deliveries"][0]["lines"]] == [False, True]
    settled = await walk(officer, ORDER, "settle")
    assert (settled["status"], settled["due_on"], settled["settled_on"]) == ("received", None, None)
    assert_problem(await act(officer, ORDER, "settle"), 409, "transition-not-allowed")
    refused = await act(buyer, ORDER, "receive", lines=lines(received="1"))
    assert assert_problem(refused, 422, "order-invalid")["errors"][0]["pointer"] == "/lines/0/line_no"
    corrected = {"lines": [{"line_no": 2, "received": "10", "rejected": "4", "reason": "damaged"}]}
    assert (await act(buyer, ORDER, "receive", **corrected)).status_code == 200
    done = await walk(officer, ORDER, "settle")
    assert (done["status"], done["total"], done["settled_on"]) == ("settled", "325.00", "2026-11-16")
    assert [event.data.total for event in await told(house, "order-settled")] == [25000, 7500]


async def test_a_return_is_asked_for_once_within_its_days_and_the_order_closes_after_them(
    house: House, buyer: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    await delivered(buyer, officer, "20.000")
    await walk(officer, ORDER, "receive", "settle")
    asked = {"return_no": "R-1", "lines": lines(quantity="2.000", reason="rotten")}
    first = (await act(buyer, ORDER, "return", **asked)).json()
    assert (await act(buyer, ORDER, "return", **asked)).json() == first
    other = {"return_no": "R-1", "lines": lines(quantity="3.000", reason="rotten")}
    assert_problem(await act(buyer, ORDER, "return", **other), 409, "return-contradicts")
    turn_to(house, TODAY + dt.timedelta(days=8))
    late = await act(buyer, ORDER, "return", return_no="R-2", lines=lines(quantity="1", reason="grade"))
    assert assert_problem(late, 409, "step-lapsed")["not_after"] == "2026-11-23"
    await house.database.write(close_orders)
    assert (await buyer.get(f"{ORDERS}/{ORDER}")).json()["status"] == "settled", "a return waits for its answer"
    assert (await act(officer, ORDER, "refuse_return", return_no="R-1")).status_code == 200
    for _ in range(2):
        await house.database.write(close_orders)
    closed = (await buyer.get(f"{ORDERS}/{ORDER}")).json()
    assert (closed["status"], closed["allowed_actions"]) == ("closed", [])
    assert [event.type for event in await told(house)][-2:] == [
        "consumption.return-answered.v1",
        "consumption.order-closed.v1",
    ]


async def test_what_is_owed_too_long_is_told_once(
    house: House, buyer: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    await place(buyer)
    turn_to(house, TODAY + dt.timedelta(days=3))
    assert (await officer.get(f"{ORDERS}/{ORDER}")).json()["overdue"]
    for _ in range(2):
        await house.database.write(tell_overdue)
    late = (await officer.get(f"{ORDERS}/{ORDER}")).json()
    assert [step["action"] for step in late["history"]] == ["place", "overdue"]
    accepted = await walk(officer, ORDER, "accept")
    assert (accepted["due_on"], accepted["overdue"]) == (None, False)
    assert (await walk(officer, ORDER, "ship", "receive"))["due_on"] == "2026-12-03"


async def test_who_is_barred_sells_nothing(house: House, buyer: httpx.AsyncClient, client_for: ClientFor) -> None:
    city = client_for(house, region="5206")
    listing = {"subject": "producer", "subject_code": "COOP", "colour": "black", "reason": "掺假"}
    answer = await city.put(f"{API}/listings/B-1", json=listing | {"region_code": "520600000000", "from": "2026-11-01"})
    assert answer.status_code == 201, answer.text
    refused = assert_problem(await buyer.post(ORDERS, json=order()), 409, "producer-barred")
    assert refused["producer_codes"] == ["COOP"]
    assert await stock(house) == {"TEA": 300_000}


async def test_what_the_832_platform_settled_comes_by_file_and_once(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    content = csv_file(
        ["采购单位编号", "渠道订单号", "销售渠道", "产品编号", "订购数量", "单价（元）", "协作方式"],
        ["DG-1", "832-9", "832", "TEA", "4", "11.00", "purchase"],
        ["DG-1", "832-10", "832", "TEA", "400", "11.00", ""],
    )
    job = await imported(house, officer, content, "channel-sales")
    assert counts(job) == result(2, accepted=1, rejected=1, stored=1)
    again = await imported(house, officer, content, "channel-sales")
    assert counts(again) == result(2, duplicate=1, rejected=1)
    [sold] = (await buyer.get(ORDERS)).json()["items"]
    assert (sold["channel"], sold["buyer_order_no"], sold["status"]) == ("832", "832-9", "settled")
    assert (sold["total"], sold["lines"][0]["price"]) == ("44.00", "11.00")
    assert [event.data.amount for event in await told(house, "income-credited")] == [1100]
    assert await stock(house) == {"TEA": 296_000}


async def test_two_buyers_keep_apart(house: House, officer: httpx.AsyncClient, client_for: ClientFor) -> None:
    mine = dongguan(client_for, house)
    await place(mine)
    other = dongguan(client_for, house, client_id="suzhou", buyers=("SZ-1",))
    for action in ("agree", "return", "confirm", "receive"):
        assert_problem(await act(other, ORDER, action), 404, "order-not-found")
