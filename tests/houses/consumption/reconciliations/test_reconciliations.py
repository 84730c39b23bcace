"""The file of a day: the same whenever it is asked for, with its checksum, and of nobody else's orders."""

import datetime as dt
import hashlib

import httpx
import pytest

from shared.clock import SystemClock
from shared.house import House
from tests.conftest import ClientFor
from tests.houses.consumption.builders import API, SUPPLY, act, dongguan, order, place, walk
from tests.problems import assert_problem
from tests.sheets import rows_of_csv

FILES = f"{API}/reconciliations"
pytestmark = pytest.mark.parametrize("databases", ["sqlite", "postgresql"], indirect=True)


async def rows(client: httpx.AsyncClient, day: str, **asked: str) -> list[list[str]]:
    """The rows of a file without the order's id and region, below the headings."""
    answer = await client.get(f"{FILES}/{day}", params=asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["x-content-sha256"] == hashlib.sha256(answer.content).hexdigest()
    return [[*row[1:3], *row[4:]] for row in rows_of_csv(answer.content)[1:]]


async def test_a_day_that_is_over_has_one_file(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    placed = (await place(buyer))["order_id"]
    await place(buyer, order(("TEA", "4"), buyer_code="DG-2"))
    await walk(officer, placed, "accept", "ship", "receive", "settle")
    day = [
        ["DG-1", "1", "settled", "250.00", "250.00", "0.00"],
        ["DG-2", "1", "placed", "50.00", "0.00", "0.00"],
    ]
    assert await rows(buyer, "2026-11-16") == day
    house.database.resources.clock = SystemClock(business_date=dt.date(2026, 11, 17))
    back = {"return_no": "R", "lines": [{"line_no": 1, "quantity": "1.000", "reason": "grade"}]}
    await act(buyer, placed, "return", **back)
    await act(officer, placed, "accept_return", return_no="R")
    assert await rows(buyer, "2026-11-16") == day
    assert await rows(officer, "2026-11-17") == [["DG-1", "1", "settled", "250.00", "0.00", "-12.50"]]
    assert await rows(buyer, "2026-11-16", buyer_code="DG-2") == day[1:]
    assert await rows(client_for(house, scopes=SUPPLY, region="520625", client_id="county"), "2026-11-16") == []
    other = dongguan(client_for, house, client_id="suzhou", buyers=("SZ-1",))
    assert await rows(other, "2026-11-16") == []
    refused = await other.get(f"{FILES}/2026-11-16", params={"buyer_code": "DG-1"})
    assert_problem(refused, 403, "buyer-not-yours")
    assert_problem(await buyer.get(f"{FILES}/2026-11-18"), 404, "reconciliation-not-found")
    assert (await buyer.get(f"{FILES}/yesterday")).status_code == 422
