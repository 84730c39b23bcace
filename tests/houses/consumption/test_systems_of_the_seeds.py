"""The systems that the seed documents name, each by its number in `domain.md` 9: what an officer notices of it."""

import datetime as dt
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from services.consumption.app import CONSUMPTION
from shared.house import House
from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, TODAY, waiting_events
from tests.conftest import ClientFor, OpenHouse
from tests.houses.consumption.builders import (
    API,
    NEIGHBOUR,
    STEPS,
    SUPPLY,
    dongguan,
    link,
    order,
    place,
    producer,
    product,
    put,
    walk,
)
from tests.houses.consumption.slow_sales.builders import CLOSING, COUNTY, alerts, glut, lay_history, open_market, step
from tests.mechanism.probe import ON_SQLITE, until
from tests.problems import IN_CHINESE, assert_problem
from tests.sheets import counts, imported, result, table_of, xlsx_file

pytestmark = ON_SQLITE
NAMED: Final = {"region_code": COUNTY, "name": "东莞铜仁馆"}
DUE: Final = (TODAY + dt.timedelta(days=7)).isoformat()


async def kept(client: httpx.AsyncClient, **bodies: dict[str, Any]) -> None:
    """Put entries of registers, each under its place: `channels__A`."""
    for place_of, body in bodies.items():
        answer = await client.put(f"{API}/{place_of.replace('__', '/')}", json=body)
        assert answer.is_success, answer.text


async def shown(client: httpx.AsyncClient, path: str, **asked: Any) -> Any:
    """What is answered."""
    answer = await client.get(f"{API}/{path}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def indicators(client: httpx.AsyncClient, **asked: Any) -> dict[str, dict[str, Any]]:
    found = await shown(client, "indicators", **{"region_code": "520626", **asked})
    return {item["code"]: item for item in found["items"]}


@pytest.fixture
async def market(open_house: OpenHouse, client_for: ClientFor) -> httpx.AsyncClient:
    """A county with two earlier years of prices of tea, from which two households live."""
    _, county = await open_market(open_house, client_for)
    await lay_history(county)
    return county


async def test_30_a_glut_is_seen_while_there_is_time_to_sell(market: httpx.AsyncClient) -> None:
    """滞销监测预警: prices and stocks are collected, what to expect is forecast, the bulletin is free."""
    await glut(market)
    [alert] = await alerts(market, level="warning", status="open")
    prices, supplies = alert["reasons"]
    assert (prices["inputs"]["expected"], prices["inputs"]["drop"]) == ("10.00", "0.4000")
    assert supplies["inputs"]["spoils_on"] == (TODAY + dt.timedelta(days=20)).isoformat()
    [line] = (await shown(market, "price-bulletins"))["items"]
    assert (line["commodity_code"], line["price"], line["expected"]) == ("TEA", "6.00", "10.00")


async def test_31_and_54_an_incident_is_answered_by_many_and_closed_with_a_report(
    market: httpx.AsyncClient, open_house: OpenHouse, client_for: ClientFor
) -> None:
    """滞销应急处置、多方联动: a level of response says who acts, buyers are called for, orders name the incident."""
    await glut(market)
    [alert] = await alerts(market, level="warning")
    assert (alert["incident"]["response_level"], alert["incident"]["acts"]) == ("iv", "township")
    raised = await step(market, alert["alert_id"], "respond", response_level="iii")
    assert raised["incident"]["acts"] == "county"
    wanted = {"kind": "donation_by_purchase", "quantity": "500.000", "price": "8.00", "until": DUE}
    await step(market, alert["alert_id"], "call", call=wanted)
    partner = dongguan(client_for, await open_house(CONSUMPTION))
    await place(partner, order(("TEA", "100.000"), incident_id=alert["alert_id"]))
    closed = await step(market, alert["alert_id"], "close", closing_report=CLOSING)
    assert closed["incident"]["orders"] == {"orders": 1, "value": "1250.00"}
    assert closed["incident"]["closing_report"] == CLOSING
    assert [entry["action"] for entry in closed["history"]] == ["raise", "rise", "respond", "call", "close"]


async def test_32_demands_offers_and_bulletins_are_shared(
    officer: httpx.AsyncClient, house: House, client_for: ClientFor
) -> None:
    """信息共享平台: what cities need and what counties offer is found by whoever asks what changed since."""
    house.start(background=True)
    await kept(officer, commodities__LEAF={"name": "绿茶", "unit": "kg"})
    since = (await shown(officer, "commodities/LEAF"))["updated_at"]
    await put(officer, "product", "TEA", product(commodity_code="LEAF", price="11.00"))
    partner = dongguan(client_for, house)
    said = {"buyer_code": "DG-1", "demand_no": "N-1", "commodity_code": "LEAF", "quantity": "40.000", "deliver_by": DUE}
    assert (await partner.post(f"{API}/demands", json=said)).status_code == 201
    elsewhere = client_for(house, scopes=SUPPLY, region=OTHER_COUNTY_REGION[:6], client_id="neighbour")
    [needed] = (await shown(elsewhere, "demands", updated_after=since))["items"]
    assert (needed["demand_no"], needed["quantity"]) == ("N-1", "40.000"), "a demand may be met by any county"
    [offered] = (await shown(partner, "products", updated_after=since))["items"]
    assert (offered["product_code"], offered["price"]) == ("TEA", "11.00")
    assert (await shown(partner, "price-bulletins"))["items"] == [], "free for everybody, also where nothing is known"

    async def is_told() -> bool:
        told = (await shown(officer, "changes", types="consumption.product-changed.v1"))["items"]
        return await waiting_events(house) == [] and len(told) == 2

    await until(is_told)


async def test_33_the_channels_that_go_on_are_counted_for_each_county(officer: httpx.AsyncClient) -> None:
    """渠道库: five steady channels a county is what the plan asks for."""
    bodies = {f"channels__C-{n}": NAMED | {"kind": "wholesale", "from": "2026-01-01"} for n in range(5)}
    ended = NAMED | {"kind": "retail", "from": "2025-01-01", "to": "2026-10-31"}
    await kept(officer, **bodies, channels__OLD=ended)
    listed = (await shown(officer, "channels", live=True))["items"]
    assert [one["channel_code"] for one in listed] == [f"C-{n}" for n in range(5)]
    found = (await indicators(officer))["channels"]
    assert (found["value"], found["target"]) == (5, "5")
    assert (await indicators(officer, period="2026-10"))["channels"]["value"] == 6


async def test_34_products_are_recognised_and_have_counters_halls_and_zones(
    officer: httpx.AsyncClient, open_house: OpenHouse, client_for: ClientFor
) -> None:
    """三专与重点产品认定: people decide, after what is public long enough; the recognition is seen in the catalogue."""
    opened = NAMED | {"place_code": "441900", "opened_on": "2026-01-01"}
    await kept(officer, outlets__H=opened | {"kind": "hall"}, outlets__Z=opened | {"kind": "zone"})
    assert (await indicators(officer))["outlets"]["value"] == 2
    applied = await officer.post(f"{API}/recognitions", json={"product_code": "TEA", "evidence": "检测报告"})
    way = f"{API}/recognitions/{applied.json()['recognition_id']}/transitions"
    for action in ("review", "endorse", "decide", "publish"):
        assert (await officer.post(way, json={"action": action})).status_code == 200
    early = await officer.post(way, json={"action": "recognise"})
    assert_problem(early, 409, "recognition-publicity-not-over")
    later = client_for(
        await open_house(CONSUMPTION, today=TODAY + dt.timedelta(days=6)),
        scopes=SUPPLY,
        region="520626",
        client_id="officer",
    )
    assert (await later.post(way, json={"action": "recognise"})).json()["status"] == "recognised"
    assert [one["product_code"] for one in (await shown(later, "products", recognised=True))["items"]] == ["TEA"]


async def test_35_a_base_is_certified_for_its_years_and_its_goods_are_traced(
    officer: httpx.AsyncClient, house: House, client_for: ClientFor
) -> None:
    """菜篮子基地、认证、溯源: certificates end, and a label leads from the goods to the base."""
    certified = NAMED | {"producer_code": "COOP", "certificate_no": "CLZ-1", "certified_on": "2024-05-10"}
    ended = NAMED | {"certificate_no": "CLZ-2", "certified_on": "2022-05-10"}
    await kept(officer, bases__B=certified, bases__OLD=ended)
    valid = (await shown(officer, "bases", valid=True))["items"]
    assert [(one["base_code"], one["valid_to"]) for one in valid] == [("B", "2027-05-09")]
    assert (await indicators(officer))["basket_bases"]["value"] == 1
    tested = [{"kind": "农药残留", "on": "2026-11-02", "result": "pass"}]
    harvest = {"product_code": "TEA", "harvested_on": "2026-11-01", "quantity": "9.000", "base_code": "B"}
    answer = await officer.put(f"{API}/batches/TEA-1", json=harvest | {"inspections": tested})
    anybody = client_for(house)
    anybody.headers.pop("authorization")
    label = (await anybody.get(f"{API}/trace/{answer.json()['trace_code']}")).json()
    assert (label["base"], label["inspections"]) == ("B", tested)


async def test_36_the_city_and_its_counties_share_who_is_black_listed(
    officer: httpx.AsyncClient, buyer: httpx.AsyncClient, house: House, client_for: ClientFor
) -> None:
    """技术服务单位黑白名单: an entry says why and until when, can be appealed, and is seen by every county."""
    unit = {"region_code": COUNTY, "subject": "service_unit", "subject_code": "JS-7", "colour": "white"}
    barred = {"region_code": COUNTY, "subject": "producer", "subject_code": "COOP", "colour": "black"}
    why = {"reason": "拖欠货款", "from": "2026-11-01", "until": "2026-12-31"}
    await kept(officer, listings__W=unit | why, listings__B=barred | why)
    neighbour = client_for(house, scopes=SUPPLY, region=OTHER_COUNTY_REGION[:6], client_id="neighbour")
    seen = (await shown(neighbour, "listings"))["items"]
    assert [(one["listing_code"], one["until"]) for one in seen] == [("B", "2026-12-31"), ("W", "2026-12-31")]
    assert_problem(await buyer.post(f"{API}/orders", json=order()), 409, "producer-barred")
    appeal = {"on": "2026-11-10", "note": "已付清", "outcome": "upheld"}
    await kept(officer, listings__B=barred | why | {"appeal": appeal})
    assert (await buyer.post(f"{API}/orders", json=order())).status_code == 201


async def test_53_households_are_bound_to_cooperatives_and_these_to_firms(officer: httpx.AsyncClient) -> None:
    """“双绑”利益联结: both rates are counted, and what a firm sells reaches the households of its cooperatives."""
    await put(officer, "producer", "FIRM", producer(kind="firm", links=[]))
    before = await indicators(officer)
    assert (before["join_rate"]["value"], before["firm_bind_rate"]["value"]) == ("0.5000", "0.0000")
    await put(officer, "producer", "COOP", producer(link("0.3000"), link("0.3000", NEIGHBOUR)))
    await put(officer, "producer", "FIRM", producer(kind="firm", links=[{"producer_code": "COOP", "share": "0.6000"}]))
    after = await indicators(officer)
    assert (after["join_rate"]["value"], after["firm_bind_rate"]["value"]) == ("1.0000", "1.0000")
    assert (after["join_rate"]["target"], after["firm_bind_rate"]["target"]) == ("1.0000", "1.0000")
    await put(officer, "product", "CAKE", product(producer_code="FIRM", price="100.00"))
    placed = await place(officer, order(("CAKE", "1.000")))
    settled = await walk(officer, placed["order_id"], *STEPS)
    earned = {one["household_code"]: one["amount"] for one in settled["lines"][0]["credits"]}
    assert earned == {HOUSEHOLD: "18.00", NEIGHBOUR: "18.00"}


async def test_3_goods_and_sales_go_to_the_platform_of_the_province_and_come_from_it(
    officer: httpx.AsyncClient, house: House, tmp_path: Path
) -> None:
    """贵州省乡村振兴云: xlsx in and out under its own headings; what was given to it says nothing new here."""
    cloud = {"mapping": "guizhou-rural-cloud"}
    file = await officer.get(f"{API}/products", params={"format": "xlsx", **cloud}, headers=IN_CHINESE)
    headings, line = table_of(file.content, tmp_path / "goods.xlsx")
    assert dict(zip(headings, line, strict=True))["供货单价"] == "12.50"
    assert counts(await imported(house, officer, file.content, "products", **cloud)) == result(1, duplicate=1)
    sold = ("采购单位编码", "台账编号", "销售渠道", "产品编码", "销售数量", "销售单价", "帮扶方式", "销售金额")
    row = ("DG-1", "2026-0001", "832", "TEA", "20", "12.50", "帮销", "250.00")
    assert counts(await imported(house, officer, xlsx_file(sold, row), "channel-sales", **cloud))["accepted"] == 1
    assert (await indicators(officer))["helped_to_sell"]["value"] == "250.00"


@pytest.mark.parametrize("number", [57, 68])
async def test_57_68_reports_are_made_out_of_the_ledgers_by_their_days(
    officer: httpx.AsyncClient, buyer: httpx.AsyncClient, house: House, client_for: ClientFor, number: int
) -> None:
    """月报、季报 (57) by the 25th and three days of the year, 周报、月报、随时报 (68): nobody types in a total."""
    sold = await place(buyer)
    await walk(officer, sold["order_id"], *STEPS)
    region, report, period = {57: ("520626", "monthly-sales", "2026-11"), 68: ("520626", "weekly-sales", "2026-W47")}[
        number
    ]
    told = await shown(officer, f"reports/{report}", region_code=region, period=period)
    assert {item["code"]: item["value"] for item in told["items"]}["purchased_in_period"] == "250.00"
    said = {"report": report, "region_code": region, "period": period}
    frozen = await officer.post(f"{API}/report-submissions", json=said)
    assert frozen.json()["items"] == told["items"]
    owing = {57: "532323", 68: "610824"}[number]
    there = client_for(house, scopes=SUPPLY, region=owing, client_id="there")
    late = (await shown(there, "report-calendar", region_code=owing, year=2026, overdue=True))["items"]
    assert {item["report"] for item in late} == {
        57: {"monthly-sales", "quarterly-sales"},
        68: {"weekly-sales", "monthly-sales"},
    }[number]
    assert ("monthly-sales", "2026-10", "2026-10-25") in {(one["report"], one["period"], one["due_on"]) for one in late}


async def test_indicator_23_purchases_help_in_selling_and_what_was_reserved(officer: httpx.AsyncClient) -> None:
    """消费协作额与预留份额完成率: 采购 and 帮助销售 are counted apart; a union counts with its unit."""
    await kept(
        officer,
        **{
            "buyers__DG-1": {"kind": "budget_unit", "city_code": "441900"},
            "buyers__DG-2": {"kind": "union", "unit_code": "DG-1"},
            "buyers__DG-1__quotas__2026": {"canteen": "own", "canteen_total": "10000.00"},
        },
    )
    for number, way in (("1", "purchase"), ("2", "help_sell")):
        for code in ("DG-1", "DG-2"):
            sold = await place(officer, order(buyer_code=code, buyer_order_no=number, way=way))
            await walk(officer, sold["order_id"], *STEPS)
    found = await indicators(officer)
    assert (found["purchased"]["value"], found["helped_to_sell"]["value"]) == ("500.00", "500.00")
    assert found["reserve_fulfilment"]["value"] == "0.5000", "a tenth of 10,000 is reserved"


async def test_indicator_24_certified_bases_of_the_city_against_ten(
    officer: httpx.AsyncClient, house: House, client_for: ClientFor
) -> None:
    """菜篮子认定基地."""
    await kept(officer, bases__B=NAMED | {"certificate_no": "CLZ-1", "certified_on": "2026-01-01"})
    city = client_for(house, scopes=SUPPLY, region="5206", client_id="city")
    found = (await indicators(city, region_code="5206"))["basket_bases"]
    assert (found["value"], found["target"]) == (1, "10")


async def test_indicator_25_how_many_warnings_were_handled_and_how_soon(
    market: httpx.AsyncClient, open_house: OpenHouse, client_for: ClientFor
) -> None:
    """滞销预警处置率与时长."""
    await glut(market)
    [alert] = await alerts(market, level="warning")
    assert (await indicators(market))["slow_sales_handled"]["value"] == "0.0000"
    week = await open_house(CONSUMPTION, today=TODAY + dt.timedelta(days=7))
    later = client_for(week, scopes=SUPPLY, region="520626", client_id="county")
    await step(later, alert["alert_id"], "respond")
    await step(later, alert["alert_id"], "close", closing_report=CLOSING)
    found = await indicators(later)
    assert (found["slow_sales_handled"]["value"], found["slow_sale_days"]["value"]) == ("1.0000", 7)
