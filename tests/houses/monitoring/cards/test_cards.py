"""Cards 户有卡: a household known in figures, read back; and the code that leads to it 一户一码."""

import asyncio
import hashlib
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import sqlalchemy as sa

from services.monitoring.models.cards import HouseholdCard
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from tests.builders import HOUSEHOLD, REGION, audit_rows, expense_fact, fact, household, income_fact, member
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import Monitoring, correction, open_monitoring
from tests.houses.monitoring.monitored import admit
from tests.houses.monitoring.printed import text_of
from tests.problems import IN_CHINESE, assert_problem
from tests.promises import Check, Promises, every

PROMISES = Promises(
    "monitoring",
    routes={
        "GET /reports/household-card": "monitoring:read",
        "POST /households/{household_code}/card": "monitoring:write",
        "GET /cards/{token}": "monitoring:read",
    },
    fields={
        "CardIssued": "household_code token url qr_svg version issued_at",
        "HouseholdCardOut": "report household_code as_of household members means dwelling income expense loans "
        "protections risks contacts",
    },
    filters={"/reports/household-card": "household_code format"},
)
MEANS = {"arable_mu": "3.5", "forest_mu": "10.0", "road_km": "0.8", "tools": ["旋耕机"]}
DWELLING = {"grade": "D", "only_home": True, "checked_by": "住建局"}
LOAN = {"kind": "microcredit", "balance": "30000.00", "due_on": "2027-06-30", "overdue": False}


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.put(household([member(1, name="安红"), member(2, name="安宁", relation="child")]))
    bill = expense_fact("2026-04", "900.00", self_paid="300.00")
    await found.record(
        income_fact("2026-10", "3000.00"),
        income_fact("2026-09", "500.01", branch="property"),
        income_fact("2024-01", "770.00"),
        bill,
        expense_fact("2026-05", "50.00", self_paid="10.00"),
        expense_fact("2026-05", "80.00", self_paid="0.00", kind="work_cost"),
        fact("means", "means", MEANS),
        fact("dwelling", "dwelling", DWELLING),
        fact("loan", "loan", LOAN),
    )
    await found.record(correction(bill, "bill-2", amount="1000.00"))
    contact = {"role": "monitor_contact", "region_code": REGION, "area": "三组", "household_codes": []}
    assert (await found.client.put("/monitoring/v1/contacts/C-1", json=contact)).status_code == 201
    await admit(found.house, HOUSEHOLD, "2026-10-01")
    return found


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_the_card_is_what_the_ledgers_say(monitoring: Monitoring) -> None:
    card = await monitoring.get("reports/household-card", household_code=HOUSEHOLD)
    assert card["household"]["monitoring"] == "monitored"
    assert card["household"]["region"].startswith("贵州省 铜仁市 德江县")
    assert [one["name"] for one in card["members"]] == ["安红", "安宁"]
    assert card["means"] == MEANS | {"observed_on": "2026-11-02"}
    assert card["dwelling"] == DWELLING | {"observed_on": "2026-11-02"}
    assert card["loans"] == [LOAN | {"observed_on": "2026-11-02"}]
    income = {name: card["income"][name] for name in ("wage", "property", "net_income", "per_head", "civil_per_head")}
    assert income == {
        "wage": "3000.00",
        "property": "500.01",
        "net_income": "3500.01",
        "per_head": "1750.01",
        "civil_per_head": "1555.01",
    }
    assert card["income"]["known_months"] == 2
    assert card["expense"] == [
        {"kind": "medical", "amount": "1050.00", "self_paid_compliant": "310.00", "reimbursed": "0.00"},
        {"kind": "work_cost", "amount": "80.00", "self_paid_compliant": "0.00", "reimbursed": "0.00"},
    ], "what was corrected counts once"
    assert {one["code"]: one["status"] for one in card["protections"]}["housing"] == "unmet"
    assert [one["kind"] for one in card["risks"]] == ["unsafe_housing"]
    assert card["contacts"] == [{"contact_code": "C-1", "role": "monitor_contact", "area": "三组"}]


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_the_card_is_printed_and_masked_as_the_household_is(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    path, asked = "/monitoring/v1/reports/household-card", {"household_code": HOUSEHOLD, "format": "pdf"}
    printed = await monitoring.client.get(path, params=asked, headers=IN_CHINESE)
    assert printed.headers["content-type"] == "application/pdf"
    text = text_of(printed.content)
    for said in ("帮扶卡", "安红", "3500.01", "30000.00", "旋耕机", "住房安全无保障", "C-1"):
        assert said in text
    masked = client_for(monitoring.house, scopes=("monitoring:read",), client_id="statistics", region="520626")
    assert "安红" not in text_of((await masked.get(path, params=asked)).content)
    shown = (await masked.get(path, params={"household_code": HOUSEHOLD})).json()
    assert [(one["name"], one["birth_date"], one["health"]) for one in shown["members"]] == [("安*", None, None)] * 2
    looked = [
        (row["actor"], row["subject"]) for row in await audit_rows(monitoring.house) if row["action"] == "person.read"
    ]
    assert len(looked) == 1
    assert (await masked.get(path, params=asked | {"format": "csv"})).status_code == 422
    other = client_for(monitoring.house, region="520627", client_id="yanhe")
    assert_problem(await other.get(path, params=asked), 404, "household-not-found")


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_a_code_leads_to_the_card_until_another_one_is_issued(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    path = f"/monitoring/v1/households/{HOUSEHOLD}/card"
    first = (await monitoring.client.post(path)).json()
    assert len(first["token"]) >= 22, "128 bits at least"
    assert first["url"].endswith(f"/monitoring/v1/cards/{first['token']}")
    assert ET.fromstring(first["qr_svg"]).tag.endswith("svg")
    where = f"/monitoring/v1/cards/{first['token']}"
    card = (await monitoring.client.get(where)).json()
    assert card == await monitoring.get("reports/household-card", household_code=HOUSEHOLD)
    other = client_for(monitoring.house, region="520627", client_id="yanhe")
    no_card = assert_problem(await other.get(where), 404, "card-not-found")
    assert HOUSEHOLD not in str(no_card)
    assert (await other.post(path)).status_code == 404
    second = (await monitoring.client.post(path)).json()
    assert (second["version"], second["token"] != first["token"]) == (2, True)
    assert_problem(await monitoring.client.get(where), 404, "card-not-found")
    assert_problem(await monitoring.client.get("/monitoring/v1/cards/guessed"), 404, "card-not-found")
    assert (await monitoring.client.get(f"/monitoring/v1/cards/{second['token']}")).status_code == 200
    kept = await monitoring.house.database.read(lambda reading: [dict(row) for row in rows(reading)])
    assert [row["token_hash"] for row in kept] == [hashlib.sha256(second["token"].encode()).hexdigest()]
    told = str([await audit_rows(monitoring.house), kept])
    assert second["token"] not in told, "the code itself is kept nowhere"


async def test_of_several_codes_at_once_one_is_good(monitoring: Monitoring) -> None:
    path = f"/monitoring/v1/households/{HOUSEHOLD}/card"
    issued = await asyncio.gather(*(monitoring.client.post(path) for _ in range(4)))
    assert sorted(one.json()["version"] for one in issued) == [1, 2, 3, 4]
    answers = [await monitoring.client.get(f"/monitoring/v1/cards/{one.json()['token']}") for one in issued]
    assert sorted(answer.status_code for answer in answers) == [200, 404, 404, 404]


def rows(reading: Reading) -> Any:
    return reading.connection.execute(sa.select(table_of(HouseholdCard))).mappings()
