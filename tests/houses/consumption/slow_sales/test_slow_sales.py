"""From a planted glut to the closing report: what is judged, who is exposed, what people do about it."""

import datetime as dt

import httpx
import pytest

from shared.house import House
from tests.builders import HOUSEHOLD, REGION, TODAY, audit_rows
from tests.conftest import ClientFor, OpenHouse
from tests.houses.consumption.builders import (
    API,
    NEIGHBOUR,
    ORDERS,
    SUPPLY,
    WRITE,
    dongguan,
    order,
    place,
    told,
    walk,
)
from tests.houses.consumption.slow_sales.builders import (
    CLOSING,
    COUNTY,
    PRICES,
    SLOW_SALES,
    SUPPLIES,
    alerts,
    days_before,
    glut,
    lay_history,
    night_of,
    open_market,
    price,
    send,
    step,
    supply_of,
)
from tests.problems import assert_problem

Market = tuple[House, httpx.AsyncClient]
pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


@pytest.fixture
async def market(open_house: OpenHouse, client_for: ClientFor) -> Market:
    return await open_market(open_house, client_for)


async def happened(house: House) -> list[tuple[str, str]]:
    """What was told of slow sale, in short."""
    return [
        (event.type.split(".")[1], getattr(event.data, "household_code", None) or event.data.level)
        for event in await told(house, "slow-sale")
    ]


async def test_a_planted_glut_comes_to_its_closing_report(market: Market) -> None:
    house, county = market
    await lay_history(county)
    await glut(county)
    [alert] = await alerts(county, level="warning")
    assert (alert["kind"], alert["status"], alert["episode"]) == ("judged", "open", 1)
    assert (alert["region_code"], alert["opened_on"], alert["closed_on"]) == (COUNTY, TODAY.isoformat(), None)
    prices, supplies = alert["reasons"]
    assert prices["inputs"] | {"drop": "0.4000", "expected": "10.00", "years": 2} == prices["inputs"]
    assert supplies["inputs"]["unsold"] == "0.8833"
    assert supplies["inputs"]["spoils_on"] == (TODAY + dt.timedelta(days=20)).isoformat()
    assert prices["parameters"][0]["status"] == "assumed"
    assert alert["incident"] | {"response_level": "iv", "acts": "township", "households": 2} == alert["incident"]
    assert sorted(await happened(house)) == [
        ("slow-sale-exposed", HOUSEHOLD),
        ("slow-sale-exposed", NEIGHBOUR),
        ("slow-sale-raised", "notice"),
        ("slow-sale-raised", "warning"),
    ]

    responding = await step(county, alert["alert_id"], "respond", response_level="iii")
    assert responding["incident"]["acts"] == "county"
    called = {"kind": "donation_by_purchase", "quantity": "500.000", "price": "8.00"}
    until = (TODAY + dt.timedelta(days=10)).isoformat()
    await step(county, alert["alert_id"], "call", call={**called, "until": until})
    closed = await step(county, alert["alert_id"], "close", closing_report=CLOSING)
    assert closed["status"] == "closed"
    assert closed["closed_on"] == TODAY.isoformat()
    assert closed["incident"]["closing_report"] == CLOSING
    assert [call["kind"] for call in closed["incident"]["calls"]] == ["donation_by_purchase"]
    assert [entry["action"] for entry in closed["history"]] == ["raise", "rise", "respond", "call", "close"]
    assert sorted(await happened(house))[3:] == [
        ("slow-sale-raised", "notice"),
        ("slow-sale-raised", "warning"),
        ("slow-sale-relieved", HOUSEHOLD),
        ("slow-sale-relieved", NEIGHBOUR),
    ]
    assert str(CLOSING["after_care"]) not in str(await audit_rows(house))


async def test_one_signal_is_a_notice_that_nobody_responds_to(market: Market) -> None:
    house, county = market
    await lay_history(county)
    await send(county, SUPPLIES, [supply_of(TODAY)])
    [alert] = await alerts(county)
    assert (alert["level"], alert["incident"]) == ("notice", None)
    assert await happened(house) == [("slow-sale-raised", "notice")]
    answer = await county.post(f"{SLOW_SALES}/{alert['alert_id']}/transitions", json={"action": "respond"})
    assert_problem(answer, 409, "not-a-warning")


async def test_orders_name_the_incident_and_cover_what_is_there(market: Market, client_for: ClientFor) -> None:
    house, county = market
    await lay_history(county)
    await glut(county)
    [alert] = await alerts(county)
    partner = dongguan(client_for, house)
    placed = await place(partner, order(("TEA", "100.000"), incident_id=alert["alert_id"]))
    assert placed["incident_id"] == alert["alert_id"]
    answer = await partner.post(ORDERS, json=order(buyer_order_no="2", incident_id=placed["order_id"]))
    assert_problem(answer, 404, "incident-not-found")
    shown = (await county.get(f"{SLOW_SALES}/{alert['alert_id']}")).json()
    assert shown["incident"]["orders"] == {"orders": 1, "value": "1250.00"}
    [line] = (await county.get(f"{API}/price-bulletins")).json()["items"]
    assert (line["unsold"], line["unsold_share"]) == ("960.000", "0.8000")
    officer = client_for(house, scopes=SUPPLY, region="52", client_id="officer")
    await walk(officer, placed["order_id"], "accept", "cancel")
    [line] = (await county.get(f"{API}/price-bulletins")).json()["items"]
    assert line["unsold"] == "1060.000"


async def test_what_is_ordered_is_not_unsold(market: Market) -> None:
    _, county = market
    await lay_history(county)
    await send(county, SUPPLIES, [supply_of(TODAY, covered="900.000")])
    assert await alerts(county) == []


async def test_an_alert_that_nobody_touched_ends_by_itself(market: Market) -> None:
    house, county = market
    await lay_history(county)
    await glut(county)
    await recover(house, county)
    [alert] = await alerts(county)
    assert (alert["status"], alert["closed_on"]) == ("closed", (TODAY + dt.timedelta(days=10)).isoformat())
    assert [entry["action"] for entry in alert["history"]][-1] == "ease"
    assert [name for name, _ in await happened(house)].count("slow-sale-relieved") == 2


async def test_an_alert_that_somebody_works_on_asks_for_its_report(market: Market) -> None:
    house, county = market
    await lay_history(county)
    await glut(county)
    [alert] = await alerts(county)
    await step(county, alert["alert_id"], "respond")
    await recover(house, county)
    [eased] = await alerts(county)
    assert (eased["status"], eased["allowed_actions"]) == ("eased", ["close"])
    closed = await step(county, alert["alert_id"], "close", closing_report=CLOSING)
    assert closed["closed_on"] == eased["closed_on"]
    assert [name for name, _ in await happened(house)].count("slow-sale-closed") == 1


async def recover(house: House, county: httpx.AsyncClient) -> None:
    """Eleven days on which prices are usual and the stores get empty."""
    for number in range(1, 12):
        day = TODAY + dt.timedelta(days=number)
        await night_of(house, day)
        await send(county, PRICES, [price(day)])
        await send(county, SUPPLIES, [supply_of(day, "100.000", "700.000")])


async def test_a_glut_after_a_closed_one_is_another_episode(market: Market) -> None:
    house, county = market
    await lay_history(county)
    await glut(county)
    [alert] = await alerts(county)
    await step(county, alert["alert_id"], "respond")
    await step(county, alert["alert_id"], "close", closing_report=CLOSING)
    await night_of(house, TODAY + dt.timedelta(days=1))
    assert len(await alerts(county)) == 1
    house_day = TODAY + dt.timedelta(days=5)
    await night_of(house, house_day)
    fallen = [price(TODAY + dt.timedelta(days=number), "6.00") for number in range(1, 6)]
    await send(county, PRICES, fallen)
    await send(county, SUPPLIES, [supply_of(house_day)])
    assert [one["episode"] for one in await alerts(county, level="warning")] == [2, 1]


async def test_too_few_earlier_years_tell_nothing_of_a_price(market: Market) -> None:
    _, county = market
    await lay_history(county, years=1)
    await glut(county)
    [alert] = await alerts(county)
    assert (alert["level"], alert["reasons"][0]["inputs"]["years"]) == ("notice", 1)
    assert "too few" in alert["reasons"][0]["text"]


async def test_a_backfill_raises_nothing_until_the_next_night(market: Market) -> None:
    house, county = market
    await lay_history(county)
    fallen = [price(day, "6.00", source_ref=f"g-{day}", market="批发") for day in days_before(TODAY, 6)]
    await send(county, PRICES, fallen, "backfill")
    await send(county, SUPPLIES, [supply_of(TODAY)], "backfill")
    await night_of(house, TODAY)
    assert await alerts(county) == []
    await night_of(house, TODAY + dt.timedelta(days=1))
    assert [one["level"] for one in await alerts(county)] == ["warning"]


async def test_links_that_change_change_who_is_exposed(market: Market, client_for: ClientFor) -> None:
    house, county = market
    await lay_history(county)
    await glut(county)
    producer = (await county.get(f"{API}/producers/COOP")).json()
    fewer = [link for link in producer["links"] if link.get("household_code") == HOUSEHOLD]
    kept = {name: producer[name] for name in ("name", "kind", "uscc", "region_code")}
    answer = await county.put(f"{API}/producers/COOP", json={**kept, "links": fewer})
    assert answer.status_code == 200, answer.text
    await night_of(house, TODAY + dt.timedelta(days=1))
    assert ("slow-sale-relieved", NEIGHBOUR) in await happened(house)
    [alert] = await alerts(county)
    assert alert["incident"]["households"] == 1


REPORTED = {
    "commodity_code": "TEA",
    "region_code": REGION,
    "quantity": "300.000",
    "ripe_on": TODAY.isoformat(),
    "lowest_price": "6.00",
}


async def test_what_a_village_reports_is_confirmed_by_township_and_county(
    market: Market, client_for: ClientFor
) -> None:
    house, county = market
    village = client_for(house, scopes=WRITE, region=REGION, client_id="village")
    township = client_for(house, scopes=WRITE, region=REGION[:9], client_id="township")
    answer = await village.post(SLOW_SALES, json=REPORTED)
    assert answer.status_code == 201, answer.text
    alert = answer.json()
    assert (alert["kind"], alert["status"], alert["allowed_actions"]) == ("reported", "reported", [])
    assert (alert["region_code"], alert["place_code"], alert["opened_on"]) == (COUNTY, REGION, None)
    path = f"{SLOW_SALES}/{alert['alert_id']}/transitions"
    assert_problem(await village.post(path, json={"action": "check"}), 403, "level-too-low")
    assert (await step(township, alert["alert_id"], "check"))["status"] == "checked"
    assert await happened(house) == []
    confirmed = await step(county, alert["alert_id"], "confirm")
    assert (confirmed["status"], confirmed["level"], confirmed["opened_on"]) == ("open", "warning", TODAY.isoformat())
    assert await happened(house) == [
        ("slow-sale-exposed", HOUSEHOLD),
        ("slow-sale-exposed", NEIGHBOUR),
        ("slow-sale-raised", "warning"),
    ]
    await step(county, alert["alert_id"], "respond")
    await step(county, alert["alert_id"], "close", closing_report=CLOSING)
    assert [name for name, _ in await happened(house)].count("slow-sale-relieved") == 2


async def test_a_county_does_not_see_the_alerts_of_another(market: Market, client_for: ClientFor) -> None:
    house, county = market
    await send(county, SUPPLIES, [supply_of(TODAY)])
    [alert] = await alerts(county)
    other = client_for(house, scopes=SUPPLY, region="520602", client_id="other")
    assert await alerts(other) == []
    answer = await other.get(f"{SLOW_SALES}/{alert['alert_id']}")
    assert_problem(answer, 404, "slow-sale-not-found")


async def test_the_bulletin_says_what_prices_and_supplies_say(market: Market, client_for: ClientFor) -> None:
    house, county = market
    await lay_history(county)
    await glut(county)
    outside = client_for(house, scopes=("consumption:read",), region="4419", client_id="dongguan")
    [line] = (await outside.get(f"{API}/price-bulletins")).json()["items"]
    assert line["week"] == "2026-W47"
    assert line | {"price": "6.00", "expected": "10.00", "drop": "0.4000", "level": "warning"} == line
    assert (line["week_before"], line["year_before"]) == ("7.71", "10.00")
    assert (line["unsold"], line["unsold_share"]) == ("1060.000", "0.8833")
    answer = await outside.get(f"{API}/price-bulletins", params={"week": "2026-W60"})
    assert_problem(answer, 422, "invalid")
