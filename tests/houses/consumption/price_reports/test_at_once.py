"""Two report of one series at once: one alert, and one report of one reference."""

import asyncio

import sqlalchemy as sa

from services.consumption.models import PriceReport, SlowSale
from services.consumption.price_reports.commands import PRICE_REPORTS, record_price_reports
from services.consumption.price_reports.schemas import PRICE_REPORT
from services.consumption.series.commands import Reports
from shared.codes.slow_sales import ReportMode
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.security.actor import Actor
from tests.at_once import while_uncommitted
from tests.builders import TODAY
from tests.conftest import ClientFor, OpenHouse
from tests.houses.consumption.builders import SUPPLY
from tests.houses.consumption.slow_sales.builders import (
    PRICES,
    SUPPLIES,
    alerts,
    lay_history,
    open_market,
    price,
    send,
    supply_of,
)

COUNTY_OFFICER = Actor(id="county", scopes=frozenset(SUPPLY), regions=("520626",), sources=frozenset({"*"}))


async def test_of_two_at_once_one_raises_the_alert(
    open_house: OpenHouse, client_for: ClientFor, database_url: str
) -> None:
    house, county = await open_market(open_house, client_for)
    await lay_history(county)
    supplies = [supply_of(TODAY, source_ref=f"s-{number}") for number in range(8)]
    answers = await asyncio.gather(*(send(county, SUPPLIES, [one]) for one in supplies))
    assert [answer["accepted"] for answer in answers] == [1] * 8
    assert [one["episode"] for one in await alerts(county)] == [1]
    if database_url.startswith("postgresql"):
        reports = Reports(PRICE_REPORTS, ReportMode.LIVE, [PRICE_REPORT.validate_python(price(TODAY))])
        answer = await while_uncommitted(
            house,
            database_url,
            record_price_reports,
            reports,
            actor=COUNTY_OFFICER,
            then=lambda: send(county, PRICES, [price(TODAY)]),
        )
        assert [item["status"] for item in answer["items"]] == [200]
    assert await house.database.read(count_rows) == (1, 541 if database_url.startswith("postgresql") else 540)


def count_rows(reading: Reading) -> tuple[int, ...]:
    counted = (sa.select(sa.func.count()).select_from(table_of(model)) for model in (SlowSale, PriceReport))
    return tuple(reading.connection.scalar(one) or 0 for one in counted)
