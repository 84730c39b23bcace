"""Monthly statements to the fen, the payments in them, and who is shown which."""

import datetime as dt
from typing import Any

import httpx
import pytest

from shared.clock import SystemClock
from shared.house import House
from tests.conftest import ClientFor
from tests.houses.consumption.builders import API, READ, SUPPLY, act, dongguan, order, place, walk
from tests.problems import assert_problem

STATEMENTS, PAYMENTS = f"{API}/statements", f"{API}/payments"
pytestmark = pytest.mark.parametrize("databases", ["sqlite", "postgresql"], indirect=True)


def payment(amount: str, reference: str = "1", **changes: Any) -> dict[str, Any]:
    told = {"source": "finance", "source_ref": reference, "buyer_code": "DG-1", "paid_on": "2026-11-16"}
    return told | {"amount": amount} | changes


def turn_to(house: House, day: str) -> None:
    house.database.resources.clock = SystemClock(business_date=dt.date.fromisoformat(day))


async def statement(client: httpx.AsyncClient, month: str, buyer: str = "DG-1") -> dict[str, Any]:
    answer = await client.get(f"{STATEMENTS}/{buyer}/{month}")
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def sums(shown: dict[str, Any]) -> list[str]:
    return [shown[name] for name in ("opening", "settled", "restated", "paid", "closing")]


async def test_a_month_goes_from_one_balance_to_the_next(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    """20 kilograms are 250.00; 4 of them come back in the next month, when 200.00 are paid."""
    placed = (await place(buyer))["order_id"]
    await walk(officer, placed, "accept", "ship")
    turn_to(house, "2026-11-28")
    await walk(officer, placed, "receive", "settle")
    assert (await officer.post(PAYMENTS, json=payment("30.00", paid_on="2026-11-28"))).status_code == 201
    turn_to(house, "2026-12-02")
    back = {"return_no": "R", "lines": [{"line_no": 1, "quantity": "4.000", "reason": "grade"}]}
    assert (await act(buyer, placed, "return", **back)).status_code == 200
    assert (await act(officer, placed, "accept_return", return_no="R")).status_code == 200
    assert (await officer.post(PAYMENTS, json=payment("200.00", "2", paid_on="2026-12-01"))).status_code == 201
    november, december = [await statement(buyer, month) for month in ("2026-11", "2026-12")]
    assert sums(await statement(buyer, "2026-10")) == ["0.00"] * 5
    assert sums(november) == ["0.00", "250.00", "0.00", "30.00", "220.00"]
    assert sums(december) == ["220.00", "0.00", "-50.00", "200.00", "-30.00"]
    assert [(line["on"], line["kind"], line["delivery_no"], line["amount"]) for line in december["lines"]] == [
        ("2026-12-01", "paid", None, "200.00"),
        ("2026-12-02", "restated", "1", "-50.00"),
    ]
    assert sums(await statement(officer, "2026-12")) == sums(december)


async def test_a_statement_is_for_its_buyer_and_of_a_region_for_who_supplies_there(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    placed = (await place(buyer))["order_id"]
    await walk(officer, placed, "accept", "ship", "receive", "settle")
    other = dongguan(client_for, house, client_id="suzhou", buyers=("SZ-1",))
    assert_problem(await other.get(f"{STATEMENTS}/DG-1/2026-11"), 404, "buyer-not-found")
    reader = client_for(house, scopes=READ, region="520626", client_id="reader")
    assert_problem(await reader.get(f"{STATEMENTS}/DG-1/2026-11"), 404, "buyer-not-found")
    assert_problem(await officer.get(f"{STATEMENTS}/NONE/2026-11"), 404, "buyer-not-found")
    county = client_for(house, scopes=SUPPLY, region="520625", client_id="county")
    assert (await county.post(PAYMENTS, json=payment("10.00"))).status_code == 201
    assert sums(await statement(county, "2026-11")) == ["0.00", "0.00", "0.00", "10.00", "-10.00"]
    assert sums(await statement(officer, "2026-11")) == ["0.00", "250.00", "0.00", "0.00", "250.00"]
    assert sums(await statement(buyer, "2026-11")) == ["0.00", "250.00", "0.00", "10.00", "240.00"]
    assert (await buyer.get(f"{STATEMENTS}/DG-1/2026-13")).status_code == 422


async def test_a_payment_is_recorded_once_and_by_the_supply_side(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    await place(buyer, order())
    first = await officer.post(PAYMENTS, json=payment("10.00"))
    again = await officer.post(PAYMENTS, json=payment("10.00"))
    assert (first.status_code, again.status_code, again.json()) == (201, 200, first.json())
    assert_problem(await officer.post(PAYMENTS, json=payment("11.00")), 409, "payment-contradicts")
    for changes, code in (
        ({"paid_on": "2026-11-17"}, "payment-invalid"),
        ({"amount": "0.00"}, "invalid"),
        ({"amount": 10}, "invalid"),
        ({"source": "consumption"}, "payment-invalid"),
    ):
        assert_problem(await officer.post(PAYMENTS, json=payment("10.00", "2") | changes), 422, code)
    unknown = payment("10.00", "2", buyer_code="NONE")
    assert_problem(await officer.post(PAYMENTS, json=unknown), 404, "buyer-not-found")
    assert_problem(await buyer.post(PAYMENTS, json=payment("10.00", "2")), 403, "scope-missing")
    own = client_for(house, scopes=SUPPLY, region="520626", client_id="clerk", sources=None)
    assert_problem(await own.post(PAYMENTS, json=payment("10.00", "2")), 403, "source-not-yours")
    assert sums(await statement(officer, "2026-11"))[3] == "10.00"
