"""From acceptance to the money that reaches the households: steps, short delivery, the split, and what is told."""

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest

from shared.codes.consumption import OrderAction
from shared.codes.monitoring import IncomeBranch
from shared.contracts.consumption import (
    DeliveryReceived,
    DeliveryShipped,
    OrderConfirmed,
    OrderPlaced,
    OrderSettled,
    SaleCredited,
)
from shared.house import House
from shared.ids import derived_id
from shared.months import parse_month
from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, REGION, TODAY, audit_rows, deliver
from tests.conftest import ClientFor
from tests.houses.consumption.builders import (
    ELSEWHERE,
    NEIGHBOUR,
    ORDERS,
    STEPS,
    SUPPLY,
    act,
    dongguan,
    known,
    link,
    order,
    order_id,
    place,
    producer,
    product,
    put,
    received,
    stock,
    supply,
    told,
    walk,
)
from tests.problems import assert_problem

ORDER = str(order_id())
AFTER = {
    "placed": {"accept", "cancel"},
    "accepted": {"ship", "cancel", "adjust"},
    "shipped": {"receive", "adjust"},
    "received": {"settle", "dispute", "adjust", "return"},
    "disputed": {"receive", "adjust", "return"},
    "settled": {"dispute", "adjust", "return"},
    "cancelled": set[str](),
}
WAYS = {
    "placed": (),
    "accepted": ("accept",),
    "shipped": ("accept", "ship"),
    "received": ("accept", "ship", "receive"),
    "disputed": ("accept", "ship", "receive", "dispute"),
    "settled": STEPS,
    "cancelled": ("cancel",),
}


@pytest.fixture
async def officer(house: House, client_for: ClientFor) -> httpx.AsyncClient:
    """The supply side; a quarter and two fifths of the tea are two households'."""
    client = client_for(house, scopes=SUPPLY, region="520626", client_id="officer")
    await supply(client, link("0.2500"), link("0.4", NEIGHBOUR, "wage"))
    return client


@pytest.mark.parametrize("status", WAYS)
async def test_an_order_takes_no_step_but_the_next(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient, status: str
) -> None:
    await place(buyer)
    for action in WAYS[status]:
        await walk(officer, ORDER, action)
    before = (await officer.get(f"{ORDERS}/{ORDER}")).json()
    published = len(await told(house))
    assert before["status"] == status
    for action in set(OrderAction) - AFTER[status]:
        document = assert_problem(await act(officer, ORDER, action), 409, "transition-not-allowed")
        assert set(document["allowed_actions"]) == AFTER[status]
    assert (await officer.get(f"{ORDERS}/{ORDER}")).json() == before
    assert len(await told(house)) == published


async def test_accepting_is_told_in_counts_and_amounts(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    await place(buyer)
    await walk(officer, ORDER, "accept")
    (event,) = await told(house, "order-confirmed")
    assert event.data == OrderConfirmed(
        order_id=order_id(), buyer_code="DG-1", lines=1, total=25000, confirmed_on=TODAY
    )


async def test_what_arrived_is_split_to_the_fen_and_told_once(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    """19.5 of 20 kilograms at 12.50 are 243.75: 60.9375, 97.50 and 85.3125."""
    await place(buyer)
    await walk(officer, ORDER, "accept", "ship")
    await act(buyer, ORDER, "receive", lines=received("19.500"))
    settled = await walk(officer, ORDER, "settle")
    (line,) = settled["lines"]
    assert (settled["status"], settled["settled_on"], settled["total"]) == ("settled", "2026-11-16", "243.75")
    assert (line["received"], line["value"], line["producer_amount"]) == ("19.500", "243.75", "85.31")
    assert line["credits"] == [
        {"household_code": HOUSEHOLD, "branch": "operating", "amount": "60.94"},
        {"household_code": NEIGHBOUR, "branch": "wage", "amount": "97.50"},
    ]
    first, second, summed = [event.data for event in (await told(house))[-3:]]
    assert first == SaleCredited(
        credit_id=derived_id("credit", ORDER, "1", 1, HOUSEHOLD, "operating", 0),
        household_code=HOUSEHOLD,
        region_code=REGION,
        branch=IncomeBranch.OPERATING,
        month=parse_month("2026-11"),
        amount=6094,
        credited_on=TODAY,
        measure_id=None,
    )
    assert (second.household_code, second.branch, second.amount) == (NEIGHBOUR, IncomeBranch.WAGE, 9750)
    assert summed == OrderSettled(
        order_id=order_id(),
        buyer_code="DG-1",
        lines=1,
        total=24375,
        to_households=15844,
        to_producers=8531,
        households=2,
        settled_on=TODAY,
        delivery_nos=["1"],
    )


async def test_every_event_of_an_order_belongs_to_the_chain_that_placed_it(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    await buyer.post(ORDERS, json=order(), headers={"X-Correlation-ID": "chain-of-the-order"})
    await walk(officer, ORDER, *STEPS)
    assert {event.context.correlation_id for event in await told(house)} == {"chain-of-the-order"}


async def test_what_is_missing_is_neither_paid_nor_given_back(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    await place(buyer)
    await walk(officer, ORDER, "accept", "ship")
    await act(buyer, ORDER, "receive", lines=received("0.000"))
    settled = await walk(officer, ORDER, "settle")
    assert (settled["total"], settled["lines"][0]["producer_amount"]) == ("0.00", "0.00")
    assert await told(house, "income-credited") == []
    (event,) = await told(house, "order-settled")
    assert (event.data.total, event.data.households) == (0, 0)
    assert await stock(house) == {"TEA": 280_000}


async def test_a_dispute_corrects_what_it_names(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    await put(officer, "product", "EGGS", product())
    await place(buyer, order(("TEA", "20"), ("EGGS", "10")))
    await walk(officer, ORDER, "accept", "ship")
    lines = (await act(buyer, ORDER, "receive", lines=received("19"))).json()["lines"]
    assert [line["received"] for line in lines] == ["19.000", "10.000"]
    await walk(buyer, ORDER, "dispute")
    answer = await act(buyer, ORDER, "receive", lines=[{"line_no": 2, "received": "8"}])
    assert [line["received"] for line in answer.json()["lines"]] == ["19.000", "8.000"]
    assert (await walk(officer, ORDER, "settle"))["total"] == "337.50"


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"action": "receive", "lines": received("20.001")}, "order-invalid", "/lines/0/received"),
        ({"action": "receive", "lines": received("1", "1")}, "order-invalid", "/lines/1/line_no"),
        ({"action": "receive", "lines": received("1") * 2}, "invalid", "/lines"),
        ({"action": "receive", "lines": received("-1")}, "invalid", "/lines/0/received"),
        ({"action": "settle", "lines": received("1")}, "invalid", "/lines"),
        ({"action": "pay"}, "invalid", "/action"),
    ],
)
async def test_what_cannot_have_arrived_is_pointed_at(
    officer: httpx.AsyncClient, buyer: httpx.AsyncClient, body: dict[str, Any], code: str, pointer: str
) -> None:
    await place(buyer)
    shipped = await walk(officer, ORDER, "accept", "ship")
    document = assert_problem(await officer.post(f"{ORDERS}/{ORDER}/transitions", json=body), 422, code)
    assert [error["pointer"] for error in document["errors"]] == [pointer]
    assert (await officer.get(f"{ORDERS}/{ORDER}")).json() == shipped


async def test_cancelling_gives_back_what_was_reserved(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    await place(buyer)
    await walk(buyer, ORDER, "cancel")
    assert await stock(house) == {"TEA": 300_000}
    second = (await place(buyer, order(buyer_order_no="2")))["order_id"]
    await walk(officer, second, "accept")
    await walk(officer, second, "cancel")
    third = (await place(buyer, order(buyer_order_no="3")))["order_id"]
    await walk(officer, third, "accept")
    await walk(buyer, third, "cancel")
    assert await stock(house) == {"TEA": 300_000}
    cancelled = [event.data.reason for event in await told(house, "order-cancelled")]
    assert cancelled == ["buyer", "supplier", "buyer"]
    fourth = (await place(buyer, order(buyer_order_no="4")))["order_id"]
    await walk(officer, fourth, "accept", "ship")
    refused = assert_problem(await act(buyer, fourth, "cancel"), 409, "transition-not-allowed")
    assert refused["allowed_actions"] == ["receive"], "what was shipped is not taken back"


async def test_a_buyer_neither_confirms_nor_pays_out_its_own_order(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    await place(buyer)
    for action in ("accept", "ship", "settle"):
        assert_problem(await act(buyer, ORDER, action), 403, "scope-missing")
    elsewhere = dongguan(client_for, house, scopes=SUPPLY, region="520625")
    assert_problem(await act(elsewhere, ORDER, "accept"), 403, "region-not-allowed")
    assert (await officer.get(f"{ORDERS}/{ORDER}")).json()["status"] == "placed"


async def test_buyers_are_not_told_whom_an_order_is_good_for(
    officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    await place(buyer)
    await walk(officer, ORDER, *STEPS)
    (line,) = (await buyer.get(f"{ORDERS}/{ORDER}")).json()["lines"]
    assert (line["credits"], line["producer_amount"]) == (None, None)
    assert HOUSEHOLD not in (await buyer.get(ORDERS)).text
    assert HOUSEHOLD in (await officer.get(ORDERS)).text


async def test_an_order_pays_by_the_shares_it_was_placed_with(
    officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    await place(buyer)
    await put(officer, "producer", "COOP", producer(link("1", NEIGHBOUR)))
    (line,) = (await walk(officer, ORDER, *STEPS))["lines"]
    assert [(credit["household_code"], credit["amount"]) for credit in line["credits"]] == [
        (HOUSEHOLD, "62.50"),
        (NEIGHBOUR, "100.00"),
    ]


async def test_one_household_is_credited_for_each_line_and_kind(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    await put(officer, "producer", "COOP", producer(link("0.1"), link("0.2", kind="property")))
    await put(officer, "product", "EGGS", product(price="0.33"))
    await place(buyer, order(("TEA", "20"), ("EGGS", "10")))
    await walk(officer, ORDER, *STEPS)
    paid = [event.data for event in await told(house, "income-credited")]
    assert [(credit.branch, credit.amount) for credit in paid] == [
        ("operating", 2500),
        ("property", 5000),
        ("operating", 33),
        ("property", 66),
    ]
    assert len({credit.credit_id for credit in paid}) == 4
    (settled,) = [event.data for event in await told(house, "order-settled")]
    assert (settled.households, settled.to_households, settled.total) == (1, 7599, 25330)


async def test_credits_carry_the_region_where_the_household_lives_now(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    """Whoever settles need not see where the household went."""
    await place(buyer)
    await deliver(house, known(HOUSEHOLD, OTHER_COUNTY_REGION, version=2))
    await walk(officer, ORDER, *STEPS)
    regions = {event.data.household_code: event.data.region_code for event in await told(house, "income-credited")}
    assert regions == {HOUSEHOLD: OTHER_COUNTY_REGION, NEIGHBOUR: REGION}


async def test_a_producer_without_households_keeps_everything(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    await put(officer, "producer", "COOP", producer() | {"links": [], "kind": "household", "uscc": None})
    await place(buyer)
    (line,) = (await walk(officer, ORDER, *STEPS))["lines"]
    assert (line["credits"], line["producer_amount"]) == ([], "250.00")
    assert await told(house, "income-credited") == []


async def test_settling_at_once_several_times_pays_once(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    await place(buyer)
    await walk(officer, ORDER, *STEPS[:-1])
    answers = await asyncio.gather(*(act(officer, ORDER, "settle") for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 5]
    assert Counter(event.type for event in await told(house)) == {
        OrderPlaced.event_type: 1,
        OrderConfirmed.event_type: 1,
        DeliveryShipped.event_type: 1,
        DeliveryReceived.event_type: 1,
        SaleCredited.event_type: 2,
        OrderSettled.event_type: 1,
    }


async def test_every_step_is_audited_under_who_took_it(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    await place(buyer)
    await walk(officer, ORDER, "accept", "ship")
    await walk(buyer, ORDER, "receive", "dispute", "receive")
    await walk(officer, ORDER, "settle")
    rows = [row for row in await audit_rows(house) if row["subject"] == ORDER]
    assert [(row["action"], row["actor"]) for row in rows] == [
        ("order.placed", "dongguan"),
        ("order.accept", "officer"),
        ("order.ship", "officer"),
        ("order.receive", "dongguan"),
        ("order.dispute", "dongguan"),
        ("order.receive", "dongguan"),
        ("order.settle", "officer"),
    ]
    assert rows[-1]["before"] == {"status": "received"}
    assert rows[-1]["after"] == {"status": "settled", "to_households": "162.50", "to_producers": "87.50"}


async def test_households_of_other_counties_are_paid_too(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    await put(client_for(house), "producer", "COOP", producer(link("0.5", ELSEWHERE)))
    await place(buyer)
    await walk(officer, ORDER, *STEPS)
    (event,) = await told(house, "income-credited")
    assert (event.data.household_code, event.data.region_code, event.data.amount) == (
        ELSEWHERE,
        OTHER_COUNTY_REGION,
        12500,
    )
