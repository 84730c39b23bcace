"""What every plain register keeps to: bases, outlets, channels, fairs, listings, agreements, commodities."""

import asyncio
from typing import Any

import httpx
import pytest

from shared.house import House
from tests.builders import OTHER_COUNTY_REGION, REGION, audit_rows
from tests.conftest import ClientFor
from tests.houses.consumption.builders import API, READ, SUPPLY
from tests.mechanism.probe import ON_SQLITE
from tests.problems import assert_problem

COUNTY = "520626000000"
NAMED: dict[str, Any] = {"name": "东莞馆", "region_code": COUNTY}
BODIES: dict[str, dict[str, Any]] = {
    "bases": NAMED | {"certificate_no": "CLZ-1", "certified_on": "2024-05-10"},
    "outlets": NAMED | {"kind": "hall", "place_code": "441900", "opened_on": "2026-01-01"},
    "channels": NAMED | {"kind": "wholesale", "from": "2026-01-01"},
    "fairs": NAMED | {"place_code": "441900", "from": "2026-05-01", "to": "2026-05-03", "sales": "1200.00"},
    "listings": {
        "region_code": COUNTY,
        "subject": "producer",
        "subject_code": "COOP",
        "colour": "white",
        "reason": "按时足额兑现",
        "from": "2026-01-01",
    },
    "agreements": {
        "region_code": COUNTY,
        "buyer_code": "DG-1",
        "year": 2026,
        "way": "purchase",
        "pledged": "1000.00",
    },
    "commodities": {"name": "绿茶", "unit": "kg", "shelf_life_days": 360},
}
UNSAID: dict[str, dict[str, Any]] = {
    "bases": {"base_code": "ONE", "producer_code": None, "valid_to": "2027-05-09"},
    "outlets": {"outlet_code": "ONE", "closed_on": None},
    "channels": {"channel_code": "ONE", "to": None},
    "fairs": {"fair_code": "ONE", "producers": 0},
    "listings": {"listing_code": "ONE", "until": None, "appeal": None},
    "agreements": {"agreement_no": "ONE"},
    "commodities": {"commodity_code": "ONE"},
}
every_register = pytest.mark.parametrize("segment", BODIES)


@pytest.fixture
async def keeper(officer: httpx.AsyncClient) -> httpx.AsyncClient:
    """The county, which knows a producer and a buyer."""
    bound = await officer.put(f"{API}/buyers/DG-1", json={"clients": ["canteen"]})
    assert bound.is_success, bound.text
    return officer


@ON_SQLITE
@every_register
async def test_what_is_put_is_kept_listed_and_versioned(keeper: httpx.AsyncClient, house: House, segment: str) -> None:
    place, body = f"{API}/{segment}/ONE", BODIES[segment]
    first, again = [await keeper.put(place, json=body) for _ in range(2)]
    assert (first.status_code, again.status_code, first.headers["ETag"]) == (201, 200, '"1"'), first.text
    assert again.json() == first.json()
    moment = first.json()["updated_at"]
    assert first.json() == body | UNSAID[segment] | {"version": 1, "updated_at": moment}
    assert (await keeper.get(place)).json() == first.json()
    other = body | ({"name": "另一个"} if "name" in body else {"region_code": REGION})
    stale = await keeper.put(place, json=other, headers={"If-Match": '"7"'})
    assert_problem(stale, 412, "version-changed")
    changed = await keeper.put(place, json=other, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert (await keeper.get(f"{API}/{segment}")).json() == {"items": [changed.json()], "next_cursor": None}
    later = await keeper.get(f"{API}/{segment}", params={"updated_after": moment})
    assert [item["version"] for item in later.json()["items"]] == [2]
    rows = [row for row in await audit_rows(house) if row["subject"] == "ONE"]
    assert [row["action"].partition(".")[2] for row in rows] == ["put", "put"]
    assert "东莞馆" not in str(rows)
    assert "按时足额兑现" not in str(rows), "a reason may name people"


@ON_SQLITE
@every_register
async def test_another_county_neither_changes_nor_takes_what_one_keeps(
    keeper: httpx.AsyncClient, house: House, client_for: ClientFor, segment: str
) -> None:
    place, body = f"{API}/{segment}/ONE", BODIES[segment]
    assert (await keeper.put(place, json=body)).status_code == 201
    neighbour = client_for(house, scopes=SUPPLY, region=OTHER_COUNTY_REGION[:6], client_id="neighbour")
    for sent in (body, body | ({"region_code": OTHER_COUNTY_REGION} if "region_code" in body else {"unit": "t"})):
        refused = await neighbour.put(place, json=sent)
        assert refused.status_code in {403, 404}, refused.text
    far = client_for(house, scopes=SUPPLY, region="4419", client_id="far")
    if segment != "commodities":
        assert (await far.get(f"{API}/{segment}")).json()["items"] == []
        assert (await far.get(place)).status_code == 404
    assert (await keeper.get(place)).json()["version"] == 1
    looker = client_for(house, scopes=READ, region="520626", client_id="looker")
    assert_problem(await looker.put(place, json=body), 403, "scope-missing")


@every_register
async def test_two_at_once_make_one(keeper: httpx.AsyncClient, segment: str) -> None:
    body = BODIES[segment]
    answers = await asyncio.gather(*(keeper.put(f"{API}/{segment}/{code}", json=body) for code in ("ONE",) * 4))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    other = await keeper.put(f"{API}/{segment}/one", json=body)
    assert_problem(other, 409, "code-in-other-spelling")


@ON_SQLITE
@pytest.mark.parametrize(
    ("segment", "changes", "pointer"),
    [
        ("bases", {"certified_on": "2026-11-17"}, "/certified_on"),
        ("bases", {"valid_to": "2027-05-10"}, "/valid_to"),
        ("bases", {"valid_to": "2024-05-09"}, "/valid_to"),
        ("bases", {"producer_code": "NOBODY"}, "/producer_code"),
        ("outlets", {"kind": "kiosk"}, "/kind"),
        ("outlets", {"place_code": "999999"}, "/place_code"),
        ("outlets", {"closed_on": "2025-12-31"}, "/"),
        ("channels", {"to": "2025-12-31"}, "/"),
        ("channels", {"from": 20260101}, "/from"),
        ("fairs", {"to": "2026-04-30"}, "/"),
        ("fairs", {"sales": 1200}, "/sales"),
        ("fairs", {"producers": -1}, "/producers"),
        ("listings", {"subject_code": "NOBODY"}, "/subject_code"),
        ("listings", {"until": "2025-12-31"}, "/"),
        ("listings", {"reason": " "}, "/reason"),
        ("listings", {"appeal": {"on": "2025-12-31", "note": "不实"}}, "/appeal/on"),
        ("agreements", {"buyer_code": "NOBODY"}, "/buyer_code"),
        ("agreements", {"pledged": "0.00"}, "/pledged"),
        ("agreements", {"year": "2026"}, "/year"),
        ("commodities", {"shelf_life_days": 0}, "/shelf_life_days"),
        ("commodities", {"more": 1}, "/more"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_place(
    keeper: httpx.AsyncClient, segment: str, changes: dict[str, Any], pointer: str
) -> None:
    refused = await keeper.put(f"{API}/{segment}/ONE", json=BODIES[segment] | changes)
    assert refused.status_code == 422, refused.text
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert (await keeper.get(f"{API}/{segment}/ONE")).status_code == 404


@ON_SQLITE
@pytest.mark.parametrize(
    ("segment", "wanted", "ended"),
    [
        ("bases", {"valid": True}, {"certified_on": "2023-11-16"}),
        ("outlets", {"open": True}, {"closed_on": "2026-11-15"}),
        ("channels", {"live": True}, {"to": "2026-11-15"}),
        ("fairs", {"year": 2026}, {"from": "2025-12-31"}),
        ("listings", {"live": True}, {"until": "2026-11-15"}),
        ("agreements", {"year": 2026}, {"year": 2025}),
    ],
)
async def test_what_is_over_is_told_apart(
    keeper: httpx.AsyncClient, segment: str, wanted: dict[str, Any], ended: dict[str, Any]
) -> None:
    for code, body in (("LIVE", BODIES[segment]), ("OVER", BODIES[segment] | ended)):
        assert (await keeper.put(f"{API}/{segment}/{code}", json=body)).status_code == 201
    answer = await keeper.get(f"{API}/{segment}", params=wanted)
    codes = [item[next(iter(UNSAID[segment]))] for item in answer.json()["items"]]
    assert codes == ["LIVE"], "a last day counts: today is the sixteenth of November"


@ON_SQLITE
async def test_a_register_is_a_file_too(keeper: httpx.AsyncClient) -> None:
    assert (await keeper.put(f"{API}/channels/ONE", json=BODIES["channels"])).status_code == 201
    answer = await keeper.get(f"{API}/channels", params={"format": "csv"}, headers={"Accept-Language": "zh"})
    assert "渠道编号,渠道名称,渠道类型" in answer.text
    assert "ONE,东莞馆,批发市场" in answer.text
