"""Facts from a file: what an officer sends, sees refused, puts right and sends again."""

import datetime as dt
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from services.monitoring.evidence.table import EVIDENCE
from services.monitoring.facts.sheets import FACT_SHEETS
from shared.jobs.running import run_next_part
from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, household, member, resident_id
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import Monitoring, open_monitoring
from tests.problems import IN_CHINESE, problem_document
from tests.sheets import counts, csv_file, imported, result, rows_of, send, table_of, xlsx_file

HEADINGS = ("户编号", "收入类型", "月份", "金额（元）", "发现日期")
TITLE = ("德江县2026年农户收入表", "", "", "", "")


def income(month: str = "2026年10月", amount: str = "3,200", code: str = HOUSEHOLD) -> list[str]:
    return [code, "工资性收入", month, amount, "2026/11/3"]


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    assert (await found.put()).status_code == 201
    return found


async def take(monitoring: Monitoring, content: bytes, kind: str = "income", **fields: str) -> dict[str, Any]:
    return await imported(monitoring.house, monitoring.client, content, kind, source="township-office", **fields)


async def facts(monitoring: Monitoring) -> list[tuple[str, str, str, str]]:
    found = (await monitoring.get("facts", household_code=HOUSEHOLD))["items"]
    return sorted((one["type"], one["payload"]["month"], one["payload"]["amount"], one["source"]) for one in found)


async def test_an_officer_s_file_is_taken_and_the_wrong_rows_come_back_to_be_put_right(
    monitoring: Monitoring, tmp_path: Path
) -> None:
    content = csv_file(
        TITLE,
        HEADINGS,
        income("2026年9月"),
        income("2026年10月", amount="很多"),
        ["", "", "", "", ""],
        income("2026-10", code="DJ-9999"),
        [HOUSEHOLD, "工资", "2027-01", "10", "2026-11-03"],
        encoding="gb18030",
    )
    job = await take(monitoring, content)
    assert (job["status"], job["done"], job["total"]) == ("done", 4, 4)
    assert counts(job) == result(4, accepted=1, rejected=3, stored=1)
    assert await facts(monitoring) == [("income", "2026-09", "3200.00", "township-office")]
    monitoring.client.headers.update(IN_CHINESE)
    rows = await rows_of(monitoring.client, job, status="rejected")
    assert [(row["row"], [(why["column"], why["code"]) for why in row["reasons"]]) for row in rows] == [
        (4, [("金额（元）", "amount-ill-formed")]),
        (6, [("户编号", "household-not-found")]),
        (7, [("收入类型", "not-in-list")]),
    ]
    assert rows[1]["reasons"][0]["detail"] == "管辖区域（52）内没有农户 DJ-9999"
    assert rows[2]["reasons"][0]["detail"] == (
        "不在可选项之内，应为："
        "工资性收入 (wage)、生产经营性收入 (operating)、财产性收入 (property)、转移性收入 (transfer)"
    )
    assert rows[0]["cells"] == {
        "household_code": HOUSEHOLD,
        "payload/branch": "工资性收入",
        "payload/month": "2026年10月",
        "payload/amount": "很多",
        "observed_on": "2026/11/3",
    }
    listed = await monitoring.client.get(f"/monitoring/v1/imports/{job['job_id']}/rows", params={"format": "csv"})
    first, _, third, _ = listed.content.decode("utf-8-sig").splitlines()
    assert (first, third.startswith("6,退回,")) == ("原行号,处理结果,原内容,所在列,原因代码,原因", True)
    back = await monitoring.client.get(f"/monitoring/v1/imports/{job['job_id']}/rejected.xlsx")
    headings, *refused = table_of(back.content, tmp_path / "back.xlsx")
    assert headings[-2:] == ["原行号", "退回原因"]
    assert [row[-2] for row in refused] == ["4", "6", "7"]
    assert refused[1][-1] == "户编号：管辖区域（52）内没有农户 DJ-9999"
    refused[0][headings.index("金额（元）")] = "3300"
    again = await take(monitoring, xlsx_file(headings, *refused))
    assert counts(again) == result(3, accepted=1, rejected=2, stored=1)
    assert ("income", "2026-10", "3300.00", "township-office") in await facts(monitoring)


async def test_the_same_file_again_is_all_duplicates(monitoring: Monitoring) -> None:
    content = xlsx_file(HEADINGS, income("2026-09"), income("2026-10", amount="0"))
    assert counts(await take(monitoring, content)) == result(2, accepted=2, stored=2)
    before = await monitoring.counts()
    assert counts(await take(monitoring, content)) == result(2, duplicate=2)
    after = await monitoring.counts()
    assert after["fact"] == before["fact"] == 2
    assert after["import_part"] == 0, "the file is not kept behind its job"
    recoded = csv_file(HEADINGS[::-1], *[row[::-1] for row in (income("2026-09"), income("2026-10", amount="0"))])
    assert counts(await take(monitoring, recoded)) == result(2, duplicate=2), "written otherwise it is the same"


async def test_days_months_amounts_and_flags_are_read_however_they_are_written(monitoring: Monitoring) -> None:
    day = dt.date(2026, 10, 5)
    content = xlsx_file(
        HEADINGS,
        [HOUSEHOLD, "wage", "202601", 1000, day],
        [HOUSEHOLD, "WAGE", "2026/2", 1000.5, "20261005"],
        [HOUSEHOLD, "wage income", day, "1，000", "2026年10月5日"],
        [HOUSEHOLD, "工资性收入", "2026.04", "1,000.00", "2026.10.5"],
    )
    assert counts(await take(monitoring, content)) == result(4, accepted=4, stored=4)
    amounts = {month: amount for _, month, amount, _ in await facts(monitoring)}
    assert amounts == {"2026-01": "1000.00", "2026-02": "1000.50", "2026-10": "1000.00", "2026-04": "1000.00"}
    observed = {fact["observed_on"] for fact in (await monitoring.get("facts"))["items"]}
    assert observed == {"2026-10-05"}


async def test_a_preview_tells_everything_and_keeps_nothing(monitoring: Monitoring) -> None:
    before, events = await monitoring.counts(), len(await monitoring.events())
    job = await take(monitoring, csv_file(HEADINGS, income(), income(code="DJ-2")), mode="preview")
    assert counts(job) == result(2, accepted=1, rejected=1)
    after = await monitoring.counts()
    assert {name for name in after if after[name] != before[name]} <= {"job", "audit", "import_file", "import_row"}
    assert [row["row"] for row in await rows_of(monitoring.client, job)] == [3]
    assert len(await monitoring.events()) == events


async def test_a_file_that_stands_or_falls_as_a_whole_is_stored_whole_or_not_at_all(monitoring: Monitoring) -> None:
    good, bad = income("2026-09"), income("2026-10", code="DJ-2")
    job = await take(monitoring, csv_file(HEADINGS, good, bad), accept="all")
    assert (job["status"], counts(job)) == ("done", result(2, accepted=1, rejected=1))
    assert await facts(monitoring) == []
    job = await take(monitoring, csv_file(HEADINGS, good), accept="all")
    assert (counts(job), job["done"], job["total"]) == (result(1, accepted=1, stored=1), 2, 2)
    assert len(await facts(monitoring)) == 1


async def test_medical_bills_and_diagnoses_raise_what_requests_would_raise(monitoring: Monitoring) -> None:
    bills = csv_file(
        ("household_code", "kind", "month", "amount", "self_paid_compliant", "reimbursed", "observed_on"),
        (HOUSEHOLD, "医疗支出", "2026-10", "60000", "50000", "10000", "2026-11-03"),
        (HOUSEHOLD, "医疗支出", "2026-10", "1", "2", "", "2026-11-03"),
    )
    job = await take(monitoring, bills, "expense")
    assert counts(job) == result(2, accepted=1, rejected=1, stored=1)
    assert [why["code"] for why in (await rows_of(monitoring.client, job))[0]["reasons"]] == ["part-above-the-bill"]
    illness = csv_file(
        ("Household code", "Member number", "Diagnosis code", "Diagnosis", "Serious", "Observed on"),
        (HOUSEHOLD, "1", "c34.9", "肺恶性肿瘤", "是", "2026-11-03"),
        (HOUSEHOLD, "7", "c34.9", "肺恶性肿瘤", "也许", "2026-11-03"),
    )
    job = await take(monitoring, illness, "illness")
    assert counts(job) == result(2, accepted=1, rejected=1, stored=1)
    assert {risk["kind"] for risk in await monitoring.risks()} >= {"new_illness"}
    whys = [(row["row"], [why["code"] for why in row["reasons"]]) for row in await rows_of(monitoring.client, job)]
    assert whys == [(3, ["not-a-flag"])]


async def test_a_correction_names_the_reference_that_it_corrects(monitoring: Monitoring) -> None:
    headings = (*HEADINGS, "来源编号", "更正的来源编号")
    assert (await take(monitoring, csv_file(headings, [*income(), "A-1", ""])))["result"]["stored"] == 1
    job = await take(monitoring, csv_file(headings, [*income(amount="3100"), "A-2", "A-1"], [*income(), "A-2", ""]))
    assert counts(job) == result(2, accepted=1, rejected=1, stored=1)
    assert (await rows_of(monitoring.client, job))[0]["reasons"][0]["code"] == "fact-contradicts"
    statuses = {one["source_ref"]: one["status"] for one in (await monitoring.get("facts"))["items"]}
    assert statuses == {"A-1": "superseded", "A-2": "stands"}


async def test_households_of_another_county_are_refused_row_by_row(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    await monitoring.put(household() | {"region_code": OTHER_COUNTY_REGION}, "YJ-0001")
    county = client_for(monitoring.house, region="520626", client_id="dejiang", sources=None)
    job = await imported(monitoring.house, county, csv_file(HEADINGS, income(), income(code="YJ-0001")), "income")
    assert counts(job) == result(2, accepted=1, rejected=1, stored=1)
    assert [row["reasons"][0]["code"] for row in await rows_of(county, job)] == ["household-not-found"]
    assert [fact[3] for fact in await facts(monitoring)] == ["dejiang"], "who speaks for nobody else says it itself"
    other = await monitoring.client.get(f"/monitoring/v1/imports/{job['job_id']}/rows")
    assert other.status_code == 200, "operations see all"
    stranger = client_for(monitoring.house, scopes=["monitoring:write"], client_id="somebody-else")
    for path in ("rows", "rejected.xlsx"):
        refused = await stranger.get(f"/monitoring/v1/imports/{job['job_id']}/{path}")
        assert problem_document(refused)["type"] == "urn:problem:monitoring:job-not-found"


async def test_whoever_speaks_for_several_says_for_which_one(monitoring: Monitoring, client_for: ClientFor) -> None:
    content = csv_file(HEADINGS, income())
    answers = [
        await send(monitoring.client, content, "income"),
        await send(monitoring.client, content, "income", source="employment"),
        await send(client_for(monitoring.house, sources=("payroll",)), content, "income", source="tax-office"),
    ]
    found = [(answer.status_code, problem_document(answer)["type"].rpartition(":")[2]) for answer in answers]
    assert found == [(422, "invalid"), (422, "invalid"), (403, "source-not-yours")]
    assert (await monitoring.counts())["job"] == 0


async def test_a_file_that_is_cancelled_leaves_what_was_taken_and_says_how_much(monitoring: Monitoring) -> None:
    rows = [income("2026-10", amount=f"{number}.00") for number in range(1001, 3102)]
    started = (await send(monitoring.client, csv_file(HEADINGS, *rows), "income", source="office")).json()
    await run_next_part(monitoring.house.database, monitoring.house.definition.long_work)
    running = (await monitoring.client.get(started["location"])).json()
    assert (running["status"], running["done"], running["total"]) == ("running", 2000, 2101)
    assert running["per_second"] > 0
    cancelled = (await monitoring.client.post(f"{started['location']}/cancel")).json()
    assert (cancelled["status"], counts(cancelled)) == ("cancelled", result(2000, accepted=2000, stored=2000))
    assert not await run_next_part(monitoring.house.database, monitoring.house.definition.long_work)
    assert (await monitoring.counts())["fact"] == 2000
    again = await take(monitoring, csv_file(HEADINGS, *rows))
    assert counts(again) == result(2101, accepted=2101, stored=2101), "under another source they are other facts"


async def test_a_request_that_is_repeated_under_its_key_is_one_job(monitoring: Monitoring) -> None:
    content, source = csv_file(HEADINGS, income()), {"source": "office"}
    first, again = [await send(monitoring.client, content, "income", key="k-1", **source) for _ in range(2)]
    assert (first.status_code, first.json()) == (202, again.json())
    other = await send(monitoring.client, csv_file(HEADINGS, income("2026-09")), "income", key="k-1", **source)
    assert problem_document(other)["type"] == "urn:problem:monitoring:idempotency-key-reused"
    assert (await monitoring.counts())["job"] == 1


async def test_a_template_can_be_filled_in_and_sent(monitoring: Monitoring, tmp_path: Path) -> None:
    for kind in ("income", "households"):
        answer: httpx.Response = await monitoring.client.get(f"/monitoring/v1/imports/templates/{kind}.xlsx")
        assert answer.status_code == 200
        headings, example = table_of(answer.content, tmp_path / f"{kind}.xlsx")
        assert len(headings) == len(example)
        job = await take(monitoring, answer.content, kind)
        assert (job["result"]["rows"], job["result"]["rejected"]) == (1, 0), kind
    unknown = await monitoring.client.get("/monitoring/v1/imports/templates/weather.xlsx", headers=IN_CHINESE)
    document = problem_document(unknown)
    assert (unknown.status_code, document["title"]) == (404, "没有这种导入类别")


NUMBER, NOBODY_S = resident_id(dt.date(1980, 5, 1)), resident_id(dt.date(1970, 1, 1))
BY_NUMBER = ("公民身份号码", "来源编号", *HEADINGS[1:])


def of(number: Any, reference: str, month: str = "2026-10") -> list[Any]:
    return [number, reference, *income(month)[1:]]


async def test_a_row_may_name_a_person_in_place_of_the_household(monitoring: Monitoring) -> None:
    head = member(1, id_number=NUMBER)
    await monitoring.put(household([head]))
    content = xlsx_file(
        BY_NUMBER,
        of(NUMBER.lower(), "a"),
        of(NOBODY_S, "b"),
        of(522226198005010011, "c"),
        of(NUMBER, "", "2026-09"),
        of("", "d"),
    )
    job = await take(monitoring, content)
    again = await take(monitoring, content)

    assert counts(job) == result(5, accepted=2, rejected=3, stored=2)
    assert counts(again) == result(5, duplicate=2, rejected=3)
    assert [month for _, month, *_ in await facts(monitoring)] == ["2026-09", "2026-10"]
    stored = (await monitoring.get("facts"))["items"]
    assert {(fact["household_code"], fact["member_no"]) for fact in stored} == {(HOUSEHOLD, 1)}
    assert all(NUMBER not in fact["source_ref"] for fact in stored)
    rows = await rows_of(monitoring.client, job, status="rejected")
    assert [(row["row"], [why["code"] for why in row["reasons"]]) for row in rows] == [
        (3, ["person-unknown"]),
        (4, ["id-number-as-number"]),
        (6, ["household-or-person"]),
    ]


async def test_a_row_about_somebody_in_two_households_waits_for_somebody_to_say_which(monitoring: Monitoring) -> None:
    head = member(1, id_number=NUMBER)
    await monitoring.put(household([head]))
    await monitoring.put(household([head]), "DJ-0002")
    job = await take(monitoring, csv_file(BY_NUMBER, of(NUMBER, "a"), of(NOBODY_S, "b")))

    assert counts(job) == result(2, ambiguous=1, rejected=1)
    [row] = await rows_of(monitoring.client, job, status="ambiguous")
    assert [why["code"] for why in row["reasons"]] == ["person-ambiguous"]
    assert await facts(monitoring) == []


async def test_a_file_by_number_needs_the_scope_to_match(monitoring: Monitoring, client_for: ClientFor) -> None:
    await monitoring.put(household([member(1, id_number=NUMBER)]))
    village = client_for(monitoring.house, scopes=("monitoring:read", "monitoring:write"), client_id="village")
    content = csv_file(BY_NUMBER, of(NUMBER, "a"))
    job = await imported(monitoring.house, village, content, "income", source="township-office")
    assert counts(job) == result(1, rejected=1)


EVERY_REASON: list[tuple[str, list[Any]]] = [
    ("household-not-found", ["", "DJ-9999", "", "", "工资性收入", "2026-10", "3200", "2026-11-03"]),
    ("member-not-found", ["", HOUSEHOLD, "9", "", "工资性收入", "2026-10", "3200", "2026-11-03"]),
    ("code-unknown", ["", HOUSEHOLD, "", "", "彩票", "2026-10", "3200", "2026-11-03"]),
    ("value-invalid", ["", HOUSEHOLD, "", "", "工资性收入", "2026-10", "-1", "2026-11-03"]),
    ("value-invalid", ["", HOUSEHOLD, "", "", "工资性收入", "2026-10", "1.234", "2026-11-03"]),
    ("value-invalid", ["", HOUSEHOLD, "", "", "工资性收入", "2026-10", "3200", "2026-02-30"]),
    ("value-missing", ["", HOUSEHOLD, "", "", "工资性收入", "2026-10", "", "2026-11-03"]),
    ("value-missing", ["", "", "", "", "工资性收入", "2026-10", "3200", "2026-11-03"]),
    ("date-unclear", ["", HOUSEHOLD, "", "", "工资性收入", "2026-10", "3200", "5/1/2026"]),
    ("date-unclear", ["", HOUSEHOLD, "", "", "工资性收入", "10/2026", "3200", "2026-11-03"]),
    ("id-number-invalid", ["", "", "", "522226198005010010", "工资性收入", "2026-10", "3200", "2026-11-03"]),
    ("id-number-as-number", ["", "", "", 522226198005010011, "工资性收入", "2026-10", "3200", "2026-11-03"]),
    ("contradicts", ["A-1", HOUSEHOLD, "", "", "工资性收入", "2026-10", "3300", "2026-11-03"]),
]
"""Rows of income, each with the code under which it comes back."""
_ALL_COLUMNS = ("source_ref", "household_code", "member_no", "id_number", "branch", "month", "amount", "observed_on")


async def test_every_row_that_comes_back_says_so_in_one_of_a_few_codes(monitoring: Monitoring) -> None:
    good = ["A-1", HOUSEHOLD, "", "", "工资性收入", "2026-10", "3200", "2026-11-03"]
    content = xlsx_file(_ALL_COLUMNS, good, *(row for _, row in EVERY_REASON))
    tried = await take(monitoring, content, mode="preview")
    job = await take(monitoring, content)
    codes = [code for code, _ in EVERY_REASON]

    assert counts(job) == result(len(codes) + 1, accepted=1, rejected=len(codes), stored=1)
    assert job["result"]["reasons"] == {code: codes.count(code) for code in codes} == tried["result"]["reasons"]
    assert (tried["result"]["committed"], job["result"]["committed"]) == (False, True)
    rows = await rows_of(monitoring.client, job, status="rejected")
    assert [[error["code"] for error in row["errors"]] for row in rows] == [[code] for code in codes]
    assert rows[0]["errors"][0] | {"detail": ""} == {"column": "Household code", "code": codes[0], "detail": ""}
    all_or_nothing = await take(monitoring, content, accept="all")
    assert all_or_nothing["result"]["committed"] is False


async def test_a_row_may_say_who_speaks(monitoring: Monitoring, client_for: ClientFor) -> None:
    several = client_for(monitoring.house, sources=("payroll", "tax-office"), client_id="two")
    said = [[*income(f"2026-0{month}"), source] for month, source in ((7, "payroll"), (8, "Tax-Office"), (9, "hrss"))]
    content = csv_file((*HEADINGS, "来源"), *said, [*income("2026-10"), ""])
    job = await imported(monitoring.house, several, content, "income", facts_mode="live")

    assert job["result"]["reasons"] == {"source-not-yours": 1, "value-missing": 1}
    assert [fact[1::2] for fact in await facts(monitoring)] == [("2026-07", "payroll"), ("2026-08", "tax-office")]


@pytest.mark.parametrize("kind", FACT_SHEETS)
async def test_every_type_of_fact_has_a_file(monitoring: Monitoring, kind: str, tmp_path: Path) -> None:
    """Its columns are the fields of its payload, its headings are in Chinese, and its example is taken."""
    fact = EVIDENCE[kind].fact
    assert fact is not None
    payload = fact.model_fields["payload"].annotation
    assert isinstance(payload, type)
    assert issubclass(payload, BaseModel)
    columns = [column for column in FACT_SHEETS[kind].columns if column.parts[0] == "payload"]
    assert [column.parts[1] for column in columns] == list(payload.model_fields)
    assert all(not column.zh.isascii() for column in FACT_SHEETS[kind].columns)
    template = await monitoring.client.get(f"/monitoring/v1/imports/templates/{kind}.xlsx")
    headings, example = table_of(template.content, tmp_path / "template.xlsx")
    job = await take(monitoring, xlsx_file(headings, example), kind, mode="preview")
    rows = await rows_of(monitoring.client, job)
    corrects_nothing = {"value-missing"} if EVIDENCE[kind].withdraws else set()
    assert {error["code"] for row in rows for error in row["errors"]} == corrects_nothing


async def test_history_is_filled_in_by_whoever_may_and_judges_nobody(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    bills = csv_file(
        ("户编号", "支出类型", "月份", "金额（元）", "合规自付（元）", "发现日期"),
        (HOUSEHOLD, "医疗支出", "2026-10", "60000", "50000", "2026-11-03"),
    )
    clerk = client_for(monitoring.house, scopes=("monitoring:read", "monitoring:write"), client_id="clerk")
    refused = await send(clerk, bills, "expense", facts="backfill")
    assert (refused.status_code, problem_document(refused)["type"]) == (403, "urn:problem:monitoring:scope-missing")
    assert (await monitoring.counts())["import_file"] == 0
    job = await take(monitoring, bills, "expense", facts="backfill")
    assert (counts(job), job["asked"]["facts"]) == (result(1, accepted=1, stored=1), "backfill")
    assert [fact["mode"] for fact in (await monitoring.get("facts"))["items"]] == ["backfill"]
    assert (await monitoring.get("risks"))["items"] == []
    assert counts(await take(monitoring, bills, "expense")) == result(1, duplicate=1)
    kinds = [risk["kind"] for risk in (await monitoring.get("risks"))["items"]]
    assert kinds == ["new_illness"], "the first live report judges what history left"


async def test_rows_that_are_no_facts_have_no_history(monitoring: Monitoring) -> None:
    answer = await send(monitoring.client, csv_file(HEADINGS, income()), "households", facts="backfill")
    document = problem_document(answer)
    assert [(error["pointer"], error["code"]) for error in document["errors"]] == [("/facts", "no-history")]
