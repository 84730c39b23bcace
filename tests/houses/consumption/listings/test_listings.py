"""Who is on a list, who sees it, and who sells nothing any more."""

import datetime as dt
from typing import Any

import httpx
import pytest

from services.consumption.listings.store import barred_on
from shared.house import House
from tests.builders import OTHER_COUNTY_REGION, TODAY
from tests.conftest import ClientFor
from tests.houses.consumption.builders import API, SUPPLY
from tests.mechanism.probe import ON_SQLITE


def black(**changes: Any) -> dict[str, Any]:
    """A producer that is black-listed from the first of November on."""
    return {
        "region_code": "520626000000",
        "subject": "producer",
        "subject_code": "COOP",
        "colour": "black",
        "reason": "拖欠农户货款",
        "from": "2026-11-01",
    } | changes


@pytest.mark.parametrize(
    ("changes", "on", "is_barred"),
    [
        ({}, TODAY, True),
        ({}, dt.date(2026, 10, 31), False),
        ({"until": "2026-11-16"}, TODAY, True),
        ({"until": "2026-11-15"}, TODAY, False),
        ({"colour": "white"}, TODAY, False),
        ({"appeal": {"on": "2026-11-10", "note": "已付清"}}, TODAY, True),
        ({"appeal": {"on": "2026-11-10", "note": "已付清", "outcome": "dismissed"}}, TODAY, True),
        ({"appeal": {"on": "2026-11-10", "note": "已付清", "outcome": "upheld"}}, TODAY, False),
        ({"subject": "service_unit"}, TODAY, False),
    ],
)
async def test_who_is_black_listed_is_barred_while_it_holds(
    house: House, officer: httpx.AsyncClient, changes: dict[str, Any], on: dt.date, is_barred: bool
) -> None:
    answer = await officer.put(f"{API}/listings/L-1", json=black(**changes))
    assert answer.status_code == 201, answer.text
    barred = await house.database.read(barred_on, ["COOP", "ANOTHER"], on)
    assert barred == (frozenset({"COOP"}) if is_barred else frozenset())


@ON_SQLITE
async def test_the_city_and_its_counties_share_their_lists(
    house: House, officer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    await officer.put(f"{API}/listings/L-1", json=black())
    for region, sees in ((OTHER_COUNTY_REGION[:6], True), ("5206", True), ("520300", False), ("4419", False)):
        client = client_for(house, scopes=SUPPLY, region=region, client_id="another")
        listed = (await client.get(f"{API}/listings", params={"colour": "black"})).json()["items"]
        assert [item["listing_code"] for item in listed] == (["L-1"] if sees else []), region
        assert (await client.get(f"{API}/listings/L-1")).status_code == (200 if sees else 404)
