"""A backtest goes through the past, each day on what was known then."""

import datetime as dt
from typing import Any

import httpx
import pytest

from services.consumption.jobs import LONG_WORK
from shared.house import House
from shared.jobs.running import run_next_part
from tests.builders import TODAY
from tests.conftest import ClientFor, OpenHouse
from tests.houses.consumption.builders import API, told
from tests.houses.consumption.slow_sales.builders import (
    COUNTY,
    PRICES,
    SUPPLIES,
    lay_history,
    night_of,
    open_market,
    price,
    send,
    supply_of,
)
from tests.problems import problem

BACKTESTS = f"{API}/slow-sale-backtests"
ASKED = {
    "region_code": "520626",
    "commodity_codes": ["TEA"],
    "from": (TODAY - dt.timedelta(days=60)).isoformat(),
    "to": TODAY.isoformat(),
}
pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


@pytest.fixture
async def market(open_house: OpenHouse, client_for: ClientFor) -> tuple[House, httpx.AsyncClient]:
    return await open_market(open_house, client_for)


async def result_of(house: House, client: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    answer = await client.post(BACKTESTS, json=ASKED | changes)
    assert answer.status_code == 202, answer.text
    while await run_next_part(house.database, LONG_WORK):
        pass
    job = (await client.get(answer.json()["location"])).json()
    assert job["status"] == "done", job
    found: dict[str, Any] = job["result"]
    return found


def fallen(first: dt.date, count: int) -> list[dict[str, Any]]:
    days = [first + dt.timedelta(days=number) for number in range(count)]
    return [price(day, "6.00", source_ref=f"g-{day}", market="批发") for day in days]


async def test_a_glut_of_the_past_is_found_on_its_fifth_day(market: tuple[House, httpx.AsyncClient]) -> None:
    house, county = market
    await lay_history(county)
    first = TODAY - dt.timedelta(days=30)
    await send(county, PRICES, fallen(first, 10), "backfill")
    await send(county, SUPPLIES, [supply_of(first + dt.timedelta(days=2))], "backfill")
    emptied = supply_of(first + dt.timedelta(days=9), "100.000", "700.000")
    await send(county, SUPPLIES, [emptied], "backfill")
    result = await result_of(house, county)
    opened, closed = (first + dt.timedelta(days=number) for number in (4, 18))
    warned = {"opened_on": opened.isoformat(), "closed_on": closed.isoformat()}
    assert result == {"warnings": [{"commodity_code": "TEA", "region_code": COUNTY, **warned}], "insufficient": []}
    assert await told(house, "slow-sale") == []


async def test_what_came_in_later_is_not_known_before(market: tuple[House, httpx.AsyncClient]) -> None:
    house, county = market
    await lay_history(county)
    first = TODAY - dt.timedelta(days=6)
    await send(county, SUPPLIES, [supply_of(first)], "backfill")
    await send(county, PRICES, fallen(first, 7))
    [warned] = (await result_of(house, county))["warnings"]
    assert warned["opened_on"] == TODAY.isoformat()
    await night_of(house, TODAY + dt.timedelta(days=1))
    right = [
        price(first + dt.timedelta(days=6), source_ref="right", market="批发", supersedes=named(f"g-{TODAY}")),
    ]
    await send(county, PRICES, right)
    assert (await result_of(house, county))["warnings"] == [warned]


def named(reference: str) -> dict[str, str]:
    return {"source": "county-agriculture", "source_ref": reference}


async def test_too_little_history_is_named(market: tuple[House, httpx.AsyncClient]) -> None:
    house, county = market
    await lay_history(county, years=1)
    result = await result_of(house, county)
    assert result == {"warnings": [], "insufficient": [{"commodity_code": "TEA", "region_code": COUNTY, "days": 61}]}


async def test_days_to_come_and_spans_without_end_are_refused(market: tuple[House, httpx.AsyncClient]) -> None:
    _, county = market
    late = (TODAY + dt.timedelta(days=1)).isoformat()
    assert problem(await county.post(BACKTESTS, json=ASKED | {"to": late})) == (422, "backtest-invalid", ["/to"])
    assert problem(await county.post(BACKTESTS, json=ASKED | {"from": "2000-01-01"}))[:2] == (422, "invalid")
    assert problem(await county.post(BACKTESTS, json=ASKED | {"region_code": "44"}))[:2] == (403, "region-not-allowed")
