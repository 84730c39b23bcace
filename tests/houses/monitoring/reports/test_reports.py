"""Registers as reports: a few households known in figures, read back from every form; books of income to the fen."""

from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, REGION, audit_rows, fact, household, income_fact, member
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import Monitoring, correction, open_monitoring, withdrawal
from tests.houses.monitoring.monitored import admit
from tests.houses.monitoring.printed import text_of
from tests.problems import IN_CHINESE, assert_problem
from tests.promises import Check, Promises, every

PROMISES = Promises(
    "monitoring",
    routes={
        "GET /reports/village-register": "monitoring:read",
        "GET /reports/county-file": "monitoring:read",
        "GET /reports/income-book": "monitoring:read",
    },
    fields={
        "VillageRegister": "report region_code households totals",
        "HouseholdLine": "household_code region_code head_name category relocated dibao member_count monitoring "
        "monitoring_class known_months net_income per_head schooling medical housing water risks",
        "CountyFile": "report region_code members totals",
        "MemberLine": "household_code region_code category dibao monitoring member_no name relation sex birth_date "
        "id_number labour health student risks",
        "TotalLine": "region_code name households members lifted relocated dibao monitored at_risk",
        "IncomeBook": "report household_code period months totals missing",
        "BookMonth": "month wage operating property transfer operating_cost net",
        "BookTotals": "wage operating property transfer operating_cost net",
    },
    filters={
        "/reports/village-register": "region_code format",
        "/reports/county-file": "region_code format",
        "/reports/income-book": "household_code period format",
    },
)
PATH = "/monitoring/v1/reports"


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    two = [member(1, name="安红"), member(2, name="安宁", relation="child")]
    await found.put(household(two, category="lifted", relocated=True))
    await found.put(household([member(1, name="田七")], category="ordinary", dibao=True), "DJ-0002")
    await found.put(household([member(1, name="冉八")], region_code=OTHER_COUNTY_REGION), "YJ-0001")
    await found.record(
        income_fact("2026-10", "3000.00"),
        fact("dwelling", "dwelling", {"grade": "D", "only_home": True, "checked_by": "住建局"}),
    )
    await admit(found.house, HOUSEHOLD, "2026-10-01")
    return found


async def sheets(content: bytes, tmp_path: Path) -> dict[str, list[Any]]:
    (tmp_path / "report.xlsx").write_bytes(content)
    book = CalamineWorkbook.from_path(tmp_path / "report.xlsx")
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


async def test_the_register_of_a_village_has_a_line_a_household_and_totals(
    monitoring: Monitoring, client_for: ClientFor, tmp_path: Path
) -> None:
    found = await monitoring.get("reports/village-register", region_code=REGION)
    first, second = found["households"]
    assert first == {
        "household_code": HOUSEHOLD,
        "region_code": REGION,
        "head_name": "安*",
        "category": "lifted",
        "relocated": True,
        "dibao": False,
        "member_count": 2,
        "monitoring": "monitored",
        "monitoring_class": "marginal",
        "known_months": 1,
        "net_income": "3000.00",
        "per_head": "1500.00",
        "schooling": "not_applicable",
        "medical": "unknown",
        "housing": "unmet",
        "water": "unknown",
        "risks": ["unsafe_housing"],
    }
    assert (second["household_code"], second["net_income"], second["monitoring"]) == ("DJ-0002", None, "none")
    [total] = found["totals"]
    counted = {
        name: total[name] for name in ("households", "members", "lifted", "relocated", "dibao", "monitored", "at_risk")
    }
    assert list(counted.values()) == [2, 3, 1, 1, 1, 1, 1]
    assert [line["region_code"] for line in (await monitoring.get("reports/village-register"))["totals"]] == [
        OTHER_COUNTY_REGION,
        REGION,
    ]
    county = client_for(monitoring.house, scopes=("monitoring:read",), client_id="statistics", region="520626")
    file = await county.get(f"{PATH}/village-register", params={"format": "xlsx"}, headers=IN_CHINESE)
    book = await sheets(file.content, tmp_path)
    assert list(book) == ["村级农户册", "分村汇总"]
    assert [row[0] for row in book["村级农户册"]] == ["户编号", HOUSEHOLD, "DJ-0002"]
    assert book["分村汇总"][1][2:] == ["2", "3", "1", "1", "1", "1", "1"]
    printed = await county.get(f"{PATH}/village-register", params={"format": "pdf"}, headers=IN_CHINESE)
    text = text_of(printed.content)
    assert "3000.00" in text
    assert "YJ-0001" not in text
    assert "安红" not in text
    assert (await county.get(f"{PATH}/village-register", params={"region_code": "13"})).status_code == 403
    looks = [row for row in await audit_rows(monitoring.house) if row["action"] == "person.read"]
    assert looks == []


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_the_file_of_a_county_has_a_line_a_member_masked_as_the_household_is(
    monitoring: Monitoring, client_for: ClientFor, tmp_path: Path
) -> None:
    county = client_for(monitoring.house, scopes=("monitoring:read",), client_id="statistics", region="520626")
    masked = (await county.get(f"{PATH}/county-file")).json()
    assert [(line["household_code"], line["member_no"], line["name"]) for line in masked["members"]] == [
        (HOUSEHOLD, 1, "安*"),
        (HOUSEHOLD, 2, "安*"),
        ("DJ-0002", 1, "田*"),
    ]
    assert {line["health"] for line in masked["members"]} == {None}
    assert [line["members"] for line in masked["totals"]] == [3]
    clear = await monitoring.get("reports/county-file", region_code="520626")
    assert [line["name"] for line in clear["members"]] == ["安红", "安宁", "田七"]
    looked = {row["subject"] for row in await audit_rows(monitoring.house) if row["action"] == "person.read"}
    assert looked == {HOUSEHOLD, "DJ-0002"}
    file = await county.get(f"{PATH}/county-file", params={"format": "xlsx"}, headers=IN_CHINESE)
    book = await sheets(file.content, tmp_path)
    assert (list(book), len(book["县级电子档案"])) == (["县级电子档案", "分村汇总"], 4)
    assert "田*" in text_of((await county.get(f"{PATH}/county-file", params={"format": "pdf"})).content)
    end = {"on": "2026-11-16", "reason": "other"}
    await monitoring.client.post("/monitoring/v1/households/DJ-0002/end", json=end)
    assert [line["households"] for line in (await county.get(f"{PATH}/county-file")).json()["totals"]] == [1]


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_the_book_of_income_is_the_ledger_to_the_fen(
    monitoring: Monitoring, client_for: ClientFor, tmp_path: Path
) -> None:
    harvest = income_fact("2026-03", "1000.10", branch="operating")
    harvest["payload"]["operating_cost"] = "1200.20"
    wrong, gift = income_fact("2026-04", "999.99"), income_fact("2026-05", "500.00", branch="transfer")
    await monitoring.record(
        harvest,
        income_fact("2026-03", "200.01", branch="property"),
        wrong,
        gift,
        income_fact("2026-06", "0.00", branch="transfer"),
        income_fact("2025-12", "700.00"),
    )
    await monitoring.record(correction(wrong, "right", amount="99.99") | {"confirmed": "核实"})
    await monitoring.record(withdrawal(gift, "back"))
    asked: dict[str, Any] = {"household_code": HOUSEHOLD, "period": 2026}
    book = await monitoring.get("reports/income-book", **asked)
    lines = {month["month"]: list(month.values())[1:] for month in book["months"]}
    assert lines == {
        "2026-03": ["0.00", "1000.10", "200.01", "0.00", "1200.20", "-0.09"],
        "2026-04": ["99.99", "0.00", "0.00", "0.00", "0.00", "99.99"],
        "2026-06": ["0.00", "0.00", "0.00", "0.00", "0.00", "0.00"],
        "2026-10": ["3000.00", "0.00", "0.00", "0.00", "0.00", "3000.00"],
    }
    assert list(book["totals"].values()) == ["3099.99", "1000.10", "200.01", "0.00", "1200.20", "3099.90"]
    assert book["missing"] == ["2026-01", "2026-02", "2026-05", "2026-07", "2026-08", "2026-09"]
    file = await monitoring.client.get(f"{PATH}/income-book", params=asked | {"format": "xlsx"}, headers=IN_CHINESE)
    sheets_read = await sheets(file.content, tmp_path)
    assert [row[0] for row in sheets_read["收入增长工作档案"]] == ["月份", *lines]
    assert sheets_read["全年合计"][1] == list(book["totals"].values())
    printed = await monitoring.client.get(f"{PATH}/income-book", params=asked | {"format": "pdf"})
    assert "3099.90" in text_of(printed.content)
    other = client_for(monitoring.house, region="520627", client_id="yanhe")
    assert_problem(await other.get(f"{PATH}/income-book", params=asked), 404, "household-not-found")
    for wrong_query in ({"period": "2026-05"}, {"period": 1999}, {"unknown": 1}):
        assert (await other.get(f"{PATH}/income-book", params=asked | wrong_query)).status_code == 422
