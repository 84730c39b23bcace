"""Reports of prices and supplies: each once, each by itself, corrected, refused, two at once."""

import datetime as dt
from typing import Any

import httpx
import pytest

from shared.house import House
from tests.builders import OTHER_COUNTY_REGION, TODAY
from tests.conftest import ClientFor, OpenHouse
from tests.houses.consumption.builders import WRITE
from tests.houses.consumption.slow_sales.builders import (
    PRICES,
    SUPPLIES,
    glut,
    lay_history,
    open_market,
    price,
    send,
    supply_of,
)
from tests.problems import assert_problem, problem

Market = tuple[House, httpx.AsyncClient]
YESTERDAY, TOMORROW = TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)
pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


@pytest.fixture
async def market(open_house: OpenHouse, client_for: ClientFor) -> Market:
    return await open_market(open_house, client_for)


async def test_a_report_counts_once_and_contradicts_no_other(market: Market) -> None:
    _, county = market
    first = await send(county, PRICES, [price(TODAY)])
    assert (first["accepted"], first["items"][0]["status"]) == (1, 201)
    again = await send(county, PRICES, [price(TODAY), price(TODAY, "11.00")])
    assert [item["status"] for item in again["items"]] == [200, 409]
    assert again["items"][1]["problem"]["type"] == "urn:problem:consumption:report-contradicts"
    assert again["items"][0]["report_id"] == first["items"][0]["report_id"]


async def test_each_report_of_a_batch_is_refused_for_its_own_fault(market: Market, client_for: ClientFor) -> None:
    house, _ = market
    reporter = client_for(house, scopes=WRITE, region="520626", client_id="reporter", sources=("county-agriculture",))
    wrong: list[Any] = [
        price(TOMORROW),
        price(TODAY, source_ref="1", low="9.00", mean="8.00", high="10.00"),
        price(TODAY, source_ref="2", mean="0.00"),
        price(TODAY, source_ref="3", commodity_code="NONE"),
        price(TODAY, source_ref="4", region_code=OTHER_COUNTY_REGION),
        price(TODAY, source_ref="5", source="somebody-else"),
        price(TODAY, source_ref="6", source="monitoring"),
        price(TODAY, source_ref="7", region_code="520000000000"),
        "no report",
        price(TODAY, source_ref="8"),
    ]
    answer = await send(reporter, PRICES, wrong)
    assert [item["status"] for item in answer["items"]] == [422, 422, 422, 404, 403, 403, 422, 403, 422, 201]
    codes = [item["problem"]["type"].rpartition(":")[2] for item in answer["items"] if item["problem"]]
    assert codes[0] == "report-invalid"
    assert codes[3] == "commodity-not-found"
    assert (answer["accepted"], answer["rejected"]) == (1, 9)


async def test_a_batch_has_a_limit_and_one_mode(market: Market) -> None:
    _, county = market
    many = [price(TODAY, source_ref=str(number)) for number in range(1001)]
    assert problem(await county.post(PRICES, json={"items": many})) == (422, "invalid", ["/items"])
    assert problem(await county.post(PRICES, json={"items": [], "mode": "later"}))[0] == 422
    answer = await county.get(PRICES)
    assert answer.json()["items"] == []


async def test_a_correction_takes_the_place_of_what_was_wrong(market: Market) -> None:
    _, county = market
    await lay_history(county)
    await glut(county)
    corrected = [
        price(TODAY, "10.00", source_ref="c-4", market="批发市场", supersedes=named("g-4")),
        price(TODAY, "10.00", source_ref="c-5", supersedes=named("g-4")),
        price(TODAY, "10.00", source_ref="c-6", supersedes=named("unknown")),
    ]
    answer = await send(county, PRICES, corrected)
    assert [item["status"] for item in answer["items"]] == [201, 409, 404]
    shown = (await county.get(PRICES, params={"status": "superseded"})).json()["items"]
    assert [one["source_ref"] for one in shown] == ["g-4"]
    line = (await county.get("/consumption/v1/price-bulletins")).json()["items"][0]
    assert (line["price"], line["drop"]) == ("10.00", "0.0000")


def named(reference: str) -> dict[str, str]:
    return {"source": "county-agriculture", "source_ref": reference}


async def test_a_supply_says_what_is_there(market: Market) -> None:
    _, county = market
    answer = await send(county, SUPPLIES, [supply_of(TODAY), supply_of(YESTERDAY, stock="-1")])
    assert [item["status"] for item in answer["items"]] == [201, 422]
    [shown] = (await county.get(SUPPLIES)).json()["items"]
    assert (shown["stock"], shown["covered"], shown["on"]) == ("1000.000", None, TODAY.isoformat())


async def test_a_buyer_reports_nothing(market: Market, client_for: ClientFor) -> None:
    house, _ = market
    buyer = client_for(house, scopes=("consumption:read", "consumption:order"), region="4419", client_id="buyer")
    assert_problem(await buyer.post(PRICES, json={"items": [price(TODAY)]}), 403, "scope-missing")
