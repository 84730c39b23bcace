"""What a unit reserves of its canteen's purchases, by which ratio, and how far it got."""

import datetime as dt
from typing import Any

import httpx
import pytest

from services.consumption.app import CONSUMPTION
from shared.house import House
from tests.builders import OTHER_COUNTY_REGION, deliver
from tests.conftest import ClientFor, OpenHouse
from tests.houses.consumption.builders import (
    API,
    STEPS,
    SUPPLY,
    act,
    dongguan,
    known,
    order,
    place,
    supply,
    walk,
)
from tests.mechanism.probe import ON_SQLITE
from tests.problems import assert_problem

QUOTA = f"{API}/buyers/DG-1/quotas/2026"
OWN = {"canteen": "own", "canteen_total": "800000.00"}


async def bind(client: httpx.AsyncClient, code: str = "DG-1", **more: Any) -> None:
    body = {"name": "东莞市第一小学", "kind": "budget_unit", "city_code": "441900"} | more
    answer = await client.put(f"{API}/buyers/{code}", json=body)
    assert answer.is_success, answer.text


async def settle(officer: httpx.AsyncClient, buyer_code: str, quantity: str) -> None:
    """Tea at 12.50 for a buyer, from the order to the money."""
    placed = await place(officer, order(("TEA", quantity), buyer_code=buyer_code))
    await walk(officer, placed["order_id"], *STEPS)


async def test_what_unit_unions_and_persons_bought_fulfils_the_quota(house: House, officer: httpx.AsyncClient) -> None:
    await bind(officer)
    with_it = {"DG-UNION": "union", "DG-STAFF": "personal", "DG-CATERER": "firm", "DG-STRANGER": "union"}
    for code, kind in with_it.items():
        await bind(officer, code, kind=kind, unit_code=None if code == "DG-STRANGER" else "DG-1")
    for code in ("DG-1", *with_it):
        await settle(officer, code, "10.000")
    await place(officer, order(("TEA", "1.000"), buyer_order_no="open"))
    filled = await officer.put(QUOTA, json={"canteen": "outsourced", "canteen_total": "5000.00"})
    assert (filled.status_code, filled.headers["ETag"]) == (201, '"1"')
    shown = filled.json()
    assert shown == (await officer.get(QUOTA)).json()
    rule = shown.pop("ratio_rule")
    assert (rule["key"], rule["value"], rule["status"]) == ("consumption.reserve_ratio_min", "0.10", "assumed")
    assert shown.pop("updated_at")
    assert shown == {
        "buyer_code": "DG-1",
        "year": 2026,
        "canteen": "outsourced",
        "canteen_total": "5000.00",
        "reserve_ratio": None,
        "ratio": "0.1000",
        "reserved": "500.00",
        "purchased": "500.00",
        "of_unit": "250.00",
        "of_unions": "125.00",
        "of_persons": "125.00",
        "helped_to_sell": "0.00",
        "fulfilment": "1.0000",
        "version": 1,
    }
    before = (await officer.get(f"{API}/buyers/DG-1/quotas/2025")).status_code
    assert before == 404, "each year is filled in for itself"


@ON_SQLITE
async def test_what_was_helped_to_sell_and_what_came_back_fulfils_nothing(
    house: House, officer: httpx.AsyncClient
) -> None:
    await bind(officer)
    helped = await place(officer, order(("TEA", "4.000"), way="help_sell", buyer_order_no="helped"))
    await walk(officer, helped["order_id"], *STEPS)
    bought = await place(officer, order(("TEA", "10.000")))
    await walk(officer, bought["order_id"], *STEPS)
    back = {"return_no": "R-1", "lines": [{"line_no": 1, "quantity": "2.000", "reason": "rotten"}]}
    for action, more in (("return", back), ("accept_return", {"return_no": "R-1"})):
        answer = await act(officer, bought["order_id"], action, **more)
        assert answer.status_code == 200, answer.text
    shown = (await officer.put(QUOTA, json={"canteen": "own", "canteen_total": "1000.00"})).json()
    assert (shown["purchased"], shown["helped_to_sell"], shown["fulfilment"]) == ("100.00", "50.00", "1.0000")


@ON_SQLITE
@pytest.mark.parametrize(
    ("city", "year", "ratio", "answered"),
    [
        ("441900", 2023, None, "0.3000"),
        ("441900", 2023, "0.2999", None),
        ("441900", 2023, "0.3000", "0.3000"),
        ("441900", 2024, None, "0.1000"),
        ("320500", 2023, None, "0.1000"),
        (None, 2023, "0.1500", "0.1500"),
        ("441900", 2026, "0.0999", None),
    ],
)
async def test_the_ratio_is_that_of_the_city_and_year_at_least(
    house: House, officer: httpx.AsyncClient, city: str | None, year: int, ratio: str | None, answered: str | None
) -> None:
    await bind(officer, city_code=city)
    place_of = f"{API}/buyers/DG-1/quotas/{year}"
    answer = await officer.put(place_of, json=OWN | {"reserve_ratio": ratio})
    if answered is None:
        problem = assert_problem(answer, 422, "quota-invalid")
        assert [error["pointer"] for error in problem["errors"]] == ["/reserve_ratio"]
        assert_problem(await officer.get(place_of), 404, "quota-not-found")
    else:
        assert (answer.json()["ratio"], answer.json()["reserve_ratio"]) == (answered, ratio)


@ON_SQLITE
async def test_a_year_of_which_no_policy_speaks_stops_with_a_problem(house: House, officer: httpx.AsyncClient) -> None:
    await bind(officer)
    refused = await officer.put(f"{API}/buyers/DG-1/quotas/2019", json=OWN)
    assert assert_problem(refused, 409, "policy-value-missing")["keys"] == ["consumption.reserve_ratio_min"]


@ON_SQLITE
@pytest.mark.parametrize("canteen", ["none", "shared"])
async def test_without_a_canteen_of_its_own_a_unit_has_no_quota(
    house: House, officer: httpx.AsyncClient, canteen: str
) -> None:
    await bind(officer)
    await settle(officer, "DG-1", "10.000")
    shown = (await officer.put(QUOTA, json={"canteen": canteen})).json()
    assert (shown["reserved"], shown["fulfilment"], shown["purchased"]) == (None, None, "125.00")


@ON_SQLITE
@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"canteen": "own"}, "/"),
        ({"canteen": "none", "canteen_total": "1.00"}, "/"),
        ({"canteen": "field", "canteen_total": "1.00"}, "/canteen"),
        (OWN | {"canteen_total": 800000}, "/canteen_total"),
        (OWN | {"reserve_ratio": "1.0001"}, "/reserve_ratio"),
        (OWN | {"reserve_ratio": 0.1}, "/reserve_ratio"),
    ],
)
async def test_what_does_not_fit_a_canteen_is_refused(
    house: House, officer: httpx.AsyncClient, body: dict[str, Any], pointer: str
) -> None:
    await bind(officer)
    refused = await officer.put(QUOTA, json=body)
    assert (refused.status_code, [error["pointer"] for error in refused.json()["errors"]]) == (422, [pointer])


@ON_SQLITE
async def test_a_quota_is_for_the_clients_of_its_buyer_and_for_who_bound_it(
    house: House, officer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    await bind(officer, clients=["canteen"])
    own = dongguan(client_for, house)
    bound = dongguan(client_for, house, client_id="canteen", buyers=None)
    for client in (own, bound, officer):
        assert (await client.put(QUOTA, json=OWN)).is_success
        assert (await client.get(QUOTA)).status_code == 200
    other = dongguan(client_for, house, client_id="suzhou", buyers=("SZ-1",))
    assert_problem(await other.put(QUOTA, json=OWN), 403, "buyer-not-yours")
    assert_problem(await other.get(QUOTA), 404, "buyer-not-found")
    neighbour = client_for(house, scopes=SUPPLY, region=OTHER_COUNTY_REGION[:6], client_id="neighbour")
    for answer in (await neighbour.put(QUOTA, json=OWN), await neighbour.get(QUOTA)):
        assert_problem(answer, 404, "buyer-not-found")
    province = client_for(house, scopes=SUPPLY, region="52", client_id="province")
    assert (await province.get(QUOTA)).json()["version"] == 1


@ON_SQLITE
async def test_a_year_ends_with_its_last_day(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(CONSUMPTION, today=dt.date(2026, 12, 31))
    await deliver(house, known("DJ-0001"))
    officer = client_for(house, scopes=SUPPLY, region="520626", client_id="officer")
    await supply(officer)
    await bind(officer)
    await settle(officer, "DG-1", "10.000")
    purchased = []
    for year in (2025, 2026, 2027):
        answer = await officer.put(f"{API}/buyers/DG-1/quotas/{year}", json=OWN)
        purchased.append(answer.json()["purchased"])
    assert purchased == ["0.00", "125.00", "0.00"]


@ON_SQLITE
@pytest.mark.parametrize(
    ("code", "changes", "pointer"),
    [
        ("DG-2", {"kind": "union", "unit_code": "NOBODY"}, "/unit_code"),
        ("DG-1", {"unit_code": "DG-1"}, "/unit_code"),
        ("DG-3", {"kind": "union", "unit_code": "DG-2"}, "/unit_code"),
        ("DG-1", {"kind": "market"}, "/kind"),
        ("DG-2", {"kind": "union", "city_code": "999999"}, "/city_code"),
        ("DG-2", {"kind": "shop"}, "/kind"),
        ("DG-2", {"uscc": "91110000600037341X"}, "/uscc"),
        ("DG-2", {"clients": [""]}, "/clients/0"),
    ],
)
async def test_a_buyer_counts_with_a_budget_unit_and_with_no_other(
    house: House, officer: httpx.AsyncClient, code: str, changes: dict[str, Any], pointer: str
) -> None:
    await bind(officer)
    await bind(officer, "DG-2", kind="union", unit_code="DG-1")
    body = {"name": "东莞", "kind": "budget_unit"} | changes
    refused = await officer.put(f"{API}/buyers/{code}", json=body)
    assert refused.status_code == 422, refused.text
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
