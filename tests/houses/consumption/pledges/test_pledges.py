"""What was pledged to counties, ordered from them and settled, month by month."""

import datetime as dt
from typing import Any

import httpx

from services.consumption.agreements.errors import AgreementNotFound, AgreementOfSomethingElse
from services.consumption.agreements.store import demand_agreement
from shared.clock import BUSINESS_ZONE
from shared.codes.consumption import PurchaseWay
from shared.house import House
from tests.builders import OTHER_COUNTY_REGION, REGION
from tests.conftest import ClientFor
from tests.houses.consumption.builders import API, STEPS, SUPPLY, dongguan, order, place, walk
from tests.mechanism.probe import ON_SQLITE
from tests.problems import assert_problem


async def agree(client: httpx.AsyncClient, number: str, **changes: Any) -> httpx.Response:
    body = {"buyer_code": "DG-1", "year": 2026, "region_code": "520626000000", "way": "purchase", "pledged": "900.00"}
    return await client.put(f"{API}/agreements/{number}", json=body | changes)


async def test_the_pledges_of_a_year_stand_beside_what_came_of_them(
    house: House, officer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    now = dt.datetime.now(BUSINESS_ZONE)
    first = await place(officer)
    await walk(officer, first["order_id"], *STEPS)
    dropped = await place(officer, order(buyer_order_no="dropped"))
    await walk(officer, dropped["order_id"], "cancel")
    await place(officer, order(("TEA", "2.000"), buyer_code="DG-2", buyer_order_no="open"))
    for number, changes in (
        ("A-1", {}),
        ("A-2", {"region_code": REGION, "pledged": "100.00"}),
        ("A-3", {"way": "help_sell", "buyer_code": "DG-2", "pledged": "50.00"}),
        ("A-4", {"year": 2025}),
    ):
        assert (await agree(officer, number, **changes)).status_code == 201
    [purchase, help_sell] = (await officer.get(f"{API}/pledges", params={"year": 2026})).json()["items"]
    [purchase, help_sell] = sorted([purchase, help_sell], key=lambda item: item["way"], reverse=True)
    months = {month.pop("month"): month for month in purchase.pop("months")}
    assert purchase == {
        "region_code": "520626000000",
        "way": "purchase",
        "pledged": "1000.00",
        "ordered": "275.00",
        "settled": "250.00",
    }
    assert len(months) == 12
    assert months["2026-11"]["settled"] == "250.00"
    assert months[f"{now:%Y-%m}"]["ordered"] == "275.00"
    assert (help_sell["way"], help_sell["pledged"], help_sell["ordered"]) == ("help_sell", "50.00", "0.00")
    mine = (await dongguan(client_for, house, buyers=("DG-2",)).get(f"{API}/pledges")).json()["items"]
    assert {(item["way"], item["pledged"], item["ordered"]) for item in mine} == {
        ("purchase", "0.00", "25.00"),
        ("help_sell", "50.00", "0.00"),
    }
    neighbour = client_for(house, scopes=SUPPLY, region=OTHER_COUNTY_REGION[:6], client_id="neighbour")
    assert (await neighbour.get(f"{API}/pledges")).json() == {"year": 2026, "items": []}
    outside = await neighbour.get(f"{API}/pledges", params={"region_code": "520626"})
    assert_problem(outside, 403, "region-not-allowed")


@ON_SQLITE
async def test_an_agreement_is_for_its_buyer_and_for_its_region(
    house: House, officer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    await place(officer)
    await agree(officer, "A-1")
    own, other = dongguan(client_for, house), dongguan(client_for, house, client_id="suzhou", buyers=("SZ-1",))
    assert (await own.get(f"{API}/agreements/A-1")).status_code == 200
    assert [item["agreement_no"] for item in (await own.get(f"{API}/agreements")).json()["items"]] == ["A-1"]
    assert_problem(await other.get(f"{API}/agreements/A-1"), 404, "agreement-not-found")
    assert (await other.get(f"{API}/agreements")).json()["items"] == []
    foreign = await other.get(f"{API}/agreements", params={"buyer_code": "DG-1"})
    assert_problem(foreign, 403, "buyer-not-yours")
    assert_problem(await agree(own, "A-1"), 403, "scope-missing")


@ON_SQLITE
async def test_an_order_belongs_to_an_agreement_of_its_buyer_way_year_and_region(
    house: House, officer: httpx.AsyncClient
) -> None:
    await place(officer)
    await agree(officer, "A-1")
    fits = {
        "number": "A-1",
        "buyer_code": "DG-1",
        "way": PurchaseWay.PURCHASE,
        "region_code": REGION,
        "on": dt.date(2026, 12, 31),
    }

    async def refused(**changes: Any) -> str:
        asked: dict[str, Any] = fits | changes
        number = asked.pop("number")
        try:
            await house.database.read(lambda reading: demand_agreement(reading, number, **asked))
        except (AgreementNotFound, AgreementOfSomethingElse) as error:
            return error.code
        return ""

    assert await refused() == ""
    for changes, code in (
        ({"number": "A-2"}, "agreement-not-found"),
        ({"buyer_code": "DG-2"}, "agreement-not-found"),
        ({"way": PurchaseWay.HELP_SELL}, "agreement-of-something-else"),
        ({"on": dt.date(2027, 1, 1)}, "agreement-of-something-else"),
        ({"region_code": OTHER_COUNTY_REGION}, "agreement-of-something-else"),
    ):
        assert await refused(**changes) == code, changes
