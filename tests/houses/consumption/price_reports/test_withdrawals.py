"""Reports that were wrong are withdrawn: a series is judged as if they had never been, and the past still saw them."""

import asyncio
import datetime as dt
from typing import Any

import httpx
import pytest

from services.consumption.price_reports.commands import PRICE_REPORTS, record_price_reports
from services.consumption.price_reports.schemas import PRICE_REPORT
from services.consumption.series.commands import Reports
from shared.clock import SystemClock
from shared.codes.slow_sales import ReportMode
from shared.house import House
from shared.ids import derived_id
from tests.at_once import while_uncommitted
from tests.builders import OTHER_COUNTY_REGION, TODAY, audit_rows
from tests.conftest import ClientFor, OpenHouse
from tests.houses.consumption.builders import SUPPLY, WRITE, dongguan, told
from tests.houses.consumption.price_reports.test_at_once import COUNTY_OFFICER
from tests.houses.consumption.slow_sale_backtests.test_backtests import fallen, result_of
from tests.houses.consumption.slow_sales.builders import (
    PRICES,
    SUPPLIES,
    alerts,
    glut,
    lay_history,
    night_of,
    open_market,
    price,
    send,
    step,
    supply_of,
)
from tests.mechanism.probe import ON_POSTGRESQL, ON_SQLITE
from tests.problems import assert_problem

Market = tuple[House, httpx.AsyncClient]
GLUT = [f"g-{number}" for number in range(5)]


@pytest.fixture
async def market(open_house: OpenHouse, client_for: ClientFor) -> Market:
    return await open_market(open_house, client_for)


def withdrawal(reference: str = "w-1", reason: str = "wrong_amount") -> dict[str, str]:
    return {"source": "county-agriculture", "source_ref": reference, "reason": reason}


async def withdraw(
    client: httpx.AsyncClient, path: str, reference: str, body: dict[str, str] | None = None
) -> httpx.Response:
    thing = "price_report" if path == PRICES else "supply_report"
    report_id = derived_id(thing, "county-agriculture", reference)
    return await client.post(f"{path}/{report_id}/withdrawal", json=body or withdrawal(f"w-{reference}"))


async def all_withdrawn(client: httpx.AsyncClient, path: str, *references: str) -> None:
    for reference in references:
        answer = await withdraw(client, path, reference)
        assert answer.status_code == 201, answer.text


def turn_to(house: House, day: dt.date) -> None:
    house.database.resources.clock = SystemClock(business_date=day)


async def test_a_warning_that_rests_on_wrong_prices_ends_when_they_are_withdrawn(market: Market) -> None:
    house, county = market
    await lay_history(county)
    await glut(county)
    [alert] = await alerts(county)
    assert alert["level"] == "warning"
    await all_withdrawn(county, PRICES, *GLUT)
    [alert] = await alerts(county)
    assert (alert["status"], alert["closed_on"]) == ("closed", TODAY.isoformat())
    assert [name.type.split(".")[1] for name in await told(house, "slow-sale")].count("slow-sale-relieved") == 2
    line = (await county.get("/consumption/v1/price-bulletins")).json()["items"][0]
    assert (line["price"], line["drop"]) == (None, None), "nothing else was told of this week"
    rows = (await county.get(PRICES, params={"status": "withdrawn"})).json()["items"]
    assert sorted(one["source_ref"] for one in rows) == GLUT
    assert len([row for row in await audit_rows(house) if row["action"] == "price_report.withdrawn"]) == 5


@ON_SQLITE
async def test_a_supply_that_alone_told_of_a_glut_leaves_nothing_behind(market: Market) -> None:
    _, county = market
    await lay_history(county)
    await send(county, SUPPLIES, [supply_of(TODAY)])
    [alert] = await alerts(county)
    assert (alert["level"], alert["status"]) == ("notice", "open")
    await all_withdrawn(county, SUPPLIES, f"s-{TODAY}")
    [alert] = await alerts(county)
    assert (alert["status"], alert["closed_on"]) == ("closed", TODAY.isoformat())


@ON_SQLITE
async def test_an_old_report_that_is_withdrawn_ends_nothing_that_goes_on(market: Market) -> None:
    house, county = market
    await lay_history(county)
    await send(county, SUPPLIES, [supply_of(TODAY - dt.timedelta(days=30)), supply_of(TODAY)])
    assert [alert["level"] for alert in await alerts(county)] == ["notice"]
    later = TODAY + dt.timedelta(days=16)
    await night_of(house, later)
    await all_withdrawn(county, SUPPLIES, f"s-{TODAY - dt.timedelta(days=30)}")
    assert [alert["closed_on"] for alert in await alerts(county)] == [None], "nothing new is known, and it went on"


@ON_SQLITE
async def test_who_works_on_an_alert_is_asked_for_the_report_all_the_same(market: Market) -> None:
    _, county = market
    await lay_history(county)
    await glut(county)
    [alert] = await alerts(county)
    await step(county, alert["alert_id"], "respond")
    await all_withdrawn(county, PRICES, *GLUT)
    [eased] = await alerts(county)
    assert (eased["status"], eased["allowed_actions"]) == ("eased", ["close"])


@ON_SQLITE
async def test_a_wrong_price_that_hid_a_fall_is_withdrawn_and_the_warning_comes_at_once(market: Market) -> None:
    _, county = market
    await lay_history(county)
    await glut(county, days=4)
    wrong = [price(TODAY - dt.timedelta(days=number), "10.00", source_ref=f"x-{number}") for number in range(1, 5)]
    await send(county, PRICES, [price(TODAY, "6.00", source_ref="g-4"), *wrong])
    await send(county, SUPPLIES, [supply_of(TODAY)])
    assert [alert["level"] for alert in await alerts(county)] == ["notice"]
    await all_withdrawn(county, PRICES, *(one["source_ref"] for one in wrong))
    assert [alert["level"] for alert in await alerts(county)] == ["warning"]


@ON_SQLITE
async def test_the_past_saw_a_report_on_the_days_on_which_it_stood(market: Market) -> None:
    house, county = market
    await lay_history(county)
    first = TODAY - dt.timedelta(days=6)
    await send(county, SUPPLIES, [supply_of(first)], "backfill")
    await send(county, PRICES, fallen(first, 7))
    turn_to(house, TODAY + dt.timedelta(days=3))
    for one in fallen(first, 7):
        await all_withdrawn(county, PRICES, one["source_ref"])
    until = {"to": (TODAY + dt.timedelta(days=5)).isoformat()}
    turn_to(house, TODAY + dt.timedelta(days=5))
    [warned] = (await result_of(house, county, **until))["warnings"]
    stood = (TODAY.isoformat(), (TODAY + dt.timedelta(days=3)).isoformat())
    assert (warned["opened_on"], warned["closed_on"]) == stood


@ON_SQLITE
async def test_history_that_is_withdrawn_was_never_known_before_it_was_entered(market: Market) -> None:
    house, county = market
    await lay_history(county)
    first = TODAY - dt.timedelta(days=30)
    await send(county, PRICES, fallen(first, 10), "backfill")
    await send(county, SUPPLIES, [supply_of(first + dt.timedelta(days=2))], "backfill")
    assert len((await result_of(house, county))["warnings"]) == 1
    for one in fallen(first, 10):
        await all_withdrawn(county, PRICES, one["source_ref"])
    assert (await result_of(house, county))["warnings"] == []
    assert await told(house, "slow-sale") == [], "history shouts no more than before"


async def test_a_report_is_withdrawn_once_and_stays_withdrawn(market: Market) -> None:
    _, county = market
    await send(county, PRICES, [price(TODAY), price(TODAY, source_ref="2")])
    reference = f"p-{TODAY}"
    first, again = [await withdraw(county, PRICES, reference) for _ in range(2)]
    assert (first.status_code, again.status_code, again.json()) == (201, 200, first.json())
    for body in (withdrawal("other"), withdrawal(f"w-{reference}", "other")):
        assert_problem(await withdraw(county, PRICES, reference, body), 409, "withdrawal-contradicts")
    assert_problem(await withdraw(county, PRICES, "2", withdrawal(f"w-{reference}")), 409, "withdrawal-contradicts")
    corrects: dict[str, Any] = {"supersedes": {"source": "county-agriculture", "source_ref": reference}}
    answer = await send(county, PRICES, [price(TODAY), price(TODAY, source_ref="3", **corrects)])
    codes = [item["problem"]["type"].rpartition(":")[2] for item in answer["items"]]
    assert codes == ["report-already-withdrawn"] * 2
    corrects = {"supersedes": {"source": "county-agriculture", "source_ref": "2"}}
    await send(county, PRICES, [price(TODAY, source_ref="4", **corrects)])
    found = assert_problem(await withdraw(county, PRICES, "2"), 409, "report-already-superseded")
    assert "withdraw the correction" in found["detail"]
    gone = await asyncio.gather(*(withdraw(county, PRICES, "4", withdrawal(f"n-{number}")) for number in range(6)))
    assert sorted(answer.status_code for answer in gone) == [201] + [409] * 5


@ON_SQLITE
async def test_who_may_not_withdraw_changes_nothing(market: Market, client_for: ClientFor) -> None:
    house, county = market
    await send(county, PRICES, [price(TODAY)])
    reference = f"p-{TODAY}"
    elsewhere = client_for(house, scopes=SUPPLY, region=OTHER_COUNTY_REGION[:6], client_id="elsewhere")
    clerk = client_for(house, scopes=WRITE, region="520626", client_id="clerk", sources=None)
    own = withdrawal() | {"source": "clerk"}
    for client, body, status, code in (
        (elsewhere, withdrawal(), 404, "report-not-found"),
        (clerk, withdrawal(), 403, "source-not-yours"),
        (clerk, own, 403, "source-not-yours"),
        (dongguan(client_for, house), withdrawal(), 403, "scope-missing"),
        (county, withdrawal() | {"source": "monitoring"}, 422, "report-invalid"),
        (county, withdrawal(reason="because"), 422, "invalid"),
    ):
        assert_problem(await withdraw(client, PRICES, reference, body), status, code)
    assert_problem(await withdraw(county, PRICES, "unknown"), 404, "report-not-found")
    assert_problem(await withdraw(county, SUPPLIES, reference), 404, "report-not-found")
    assert [one["status"] for one in (await county.get(PRICES)).json()["items"]] == ["stands"]


@ON_POSTGRESQL
async def test_who_withdraws_while_a_correction_is_written_is_told_so(market: Market, database_url: str) -> None:
    house, county = market
    await send(county, PRICES, [price(TODAY)])
    corrects: dict[str, Any] = {"supersedes": {"source": "county-agriculture", "source_ref": f"p-{TODAY}"}}
    reports = Reports(
        PRICE_REPORTS, ReportMode.LIVE, [PRICE_REPORT.validate_python(price(TODAY, source_ref="2", **corrects))]
    )
    answer = await while_uncommitted(
        house,
        database_url,
        record_price_reports,
        reports,
        actor=COUNTY_OFFICER,
        then=lambda: withdraw(county, PRICES, f"p-{TODAY}"),
    )
    assert_problem(answer, 409, "report-already-superseded")
