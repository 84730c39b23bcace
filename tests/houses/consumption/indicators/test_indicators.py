"""The indicators of consumption, counted out of the ledgers."""

import datetime as dt
from typing import Any

import httpx

from services.consumption.app import CONSUMPTION
from shared.house import House
from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, REGION, TODAY
from tests.conftest import ClientFor, OpenHouse
from tests.houses.consumption.builders import API, READ, STEPS, SUPPLY, link, order, place, producer, put, walk
from tests.houses.consumption.slow_sales.builders import CLOSING, alerts, glut, lay_history, open_market, step
from tests.mechanism.probe import ON_SQLITE
from tests.problems import assert_problem

COUNTY = {"region_code": "520626000000", "name": "x"}


async def counted(client: httpx.AsyncClient, **asked: Any) -> dict[str, dict[str, Any]]:
    answer = await client.get(f"{API}/indicators", params=asked)
    assert answer.status_code == 200, answer.text
    return {item["code"]: item for item in answer.json()["items"]}


async def laid(officer: httpx.AsyncClient) -> None:
    """A county with a firm, a quota, a sale, and something in each register."""
    await put(officer, "producer", "FIRM", producer(kind="firm", links=[{"producer_code": "COOP", "share": "0.5"}]))
    await put(officer, "producer", "LONELY", producer(kind="firm", links=[]))
    bodies: dict[str, dict[str, Any]] = {
        "buyers/DG-1": {"kind": "budget_unit", "city_code": "441900"},
        "buyers/DG-UNION": {"kind": "union", "unit_code": "DG-1"},
        "buyers/DG-1/quotas/2026": {"canteen": "own", "canteen_total": "10000.00"},
        "bases/LIVE": COUNTY | {"certificate_no": "1", "certified_on": "2026-01-01"},
        "bases/OVER": COUNTY | {"certificate_no": "2", "certified_on": "2020-01-01"},
        "channels/LIVE": COUNTY | {"kind": "retail", "from": "2026-01-01"},
        "channels/OVER": COUNTY | {"kind": "retail", "from": "2026-01-01", "to": "2026-10-31"},
        "outlets/LIVE": COUNTY | {"kind": "hall", "place_code": "441900", "opened_on": "2026-11-01"},
        "fairs/THIS": COUNTY | {"place_code": "441900", "from": "2026-05-01", "to": "2026-05-03"},
        "fairs/LAST": COUNTY | {"place_code": "441900", "from": "2025-05-01", "to": "2025-05-03"},
    }
    for place_of, body in bodies.items():
        answer = await officer.put(f"{API}/{place_of}", json=body)
        assert answer.is_success, answer.text
    for buyer in ("DG-1", "DG-UNION", "SZ-1"):
        sold = await place(officer, order(("TEA", "20.000"), buyer_code=buyer))
        await walk(officer, sold["order_id"], *STEPS)


async def test_what_was_sold_and_stands_is_counted_for_a_county(house: House, officer: httpx.AsyncClient) -> None:
    await laid(officer)
    found = await counted(officer, region_code="520626")
    assert {code: (item["value"], item["numerator"], item["denominator"]) for code, item in found.items()} == {
        "purchased": ("750.00", None, None),
        "helped_to_sell": ("0.00", None, None),
        "reserve_fulfilment": ("0.5000", 50_000, 100_000),
        "basket_bases": (1, None, None),
        "channels": (1, None, None),
        "outlets": (1, None, None),
        "fairs": (1, None, None),
        "recognised": (0, None, None),
        "slow_sales_handled": (None, 0, 0),
        "slow_sale_days": (0, None, None),
        "join_rate": ("0.5000", 1, 2),
        "firm_bind_rate": ("0.5000", 1, 2),
    }
    targets = {code: item["target"] for code, item in found.items() if item["target"] is not None}
    assert targets == {
        "channels": "5",
        "outlets": "1",
        "fairs": "1",
        "join_rate": "1.0000",
        "firm_bind_rate": "1.0000",
    }
    october = await counted(officer, region_code="520626", period="2026-10")
    assert [october[code]["value"] for code in ("purchased", "channels", "outlets")] == ["0.00", 2, 0]


@ON_SQLITE
async def test_a_target_is_told_at_its_level_and_all_is_limited_to_the_caller(
    house: House, officer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    await laid(officer)
    city = client_for(house, scopes=SUPPLY, region="5206", client_id="city")
    found = await counted(city, region_code="5206")
    assert (found["basket_bases"]["target"], found["channels"]["target"]) == ("10", None)
    neighbour = client_for(house, scopes=SUPPLY, region=OTHER_COUNTY_REGION[:6], client_id="neighbour")
    elsewhere = await counted(neighbour)
    assert [elsewhere[code]["value"] for code in ("purchased", "basket_bases", "firm_bind_rate")] == ["0.00", 0, None]
    assert_problem(await neighbour.get(f"{API}/indicators?region_code=520626"), 403, "region-not-allowed")
    buyer = client_for(house, scopes=READ, buyers=("DG-1",), client_id="dongguan")
    assert_problem(await buyer.get(f"{API}/indicators"), 403, "scope-missing")
    assert_problem(await officer.get(f"{API}/indicators?period=2026-12"), 422, "invalid")


@ON_SQLITE
async def test_a_warning_counts_as_handled_once_it_is_closed(open_house: OpenHouse, client_for: ClientFor) -> None:
    _, county = await open_market(open_house, client_for)
    await lay_history(county)
    await glut(county)
    opened = await counted(county, region_code="520626")
    assert (opened["slow_sales_handled"]["value"], opened["slow_sale_days"]["value"]) == ("0.0000", 0)
    [alert] = await alerts(county, level="warning")
    then = await open_house(CONSUMPTION, today=TODAY + dt.timedelta(days=8))
    later = client_for(then, scopes=SUPPLY, region="520626", client_id="county")
    await step(later, alert["alert_id"], "respond", response_level="iii")
    await step(later, alert["alert_id"], "close", closing_report=CLOSING)
    closed = await counted(later, region_code="520626")
    assert (closed["slow_sales_handled"]["value"], closed["slow_sale_days"]["value"]) == ("1.0000", 8)


@ON_SQLITE
async def test_a_household_joins_by_a_link_to_a_cooperative_alone(house: House, officer: httpx.AsyncClient) -> None:
    await put(officer, "producer", "COOP", producer(links=[]))
    await put(officer, "producer", "FIRM", producer(link("0.1", HOUSEHOLD), kind="firm"))
    assert (await counted(officer, region_code=REGION))["join_rate"]["numerator"] == 0
    await put(officer, "producer", "COOP", producer(link("0.1", HOUSEHOLD) | {"to": "2026-10-31"}))
    assert (await counted(officer, region_code=REGION))["join_rate"]["numerator"] == 0
    assert (await counted(officer, region_code=REGION, period="2026-10"))["join_rate"]["numerator"] == 1
