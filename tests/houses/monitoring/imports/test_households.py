"""Households from a file: a row a member, wherever the rows of a household stand."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, REGION, audit_rows
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import Monitoring, issued_id, open_monitoring
from tests.problems import IN_CHINESE
from tests.sheets import counts, csv_file, imported, result, rows_of, table_of, xlsx_file

HEADINGS = (
    *("户编号", "区划代码", "农户类型", "易地搬迁", "低保户", "登记日期"),
    *("成员序号", "姓名", "与户主关系", "性别", "出生日期", "公民身份号码", "劳动技能", "健康状况", "在校生"),
)
OF_THE_HOUSEHOLD = (REGION, "脱贫户", "否", "是", "2021-03-01")
NOTHING_MORE = ("",) * len(OF_THE_HOUSEHOLD)


def head(code: str = HOUSEHOLD, id_number: Any = "", said: tuple[str, ...] = OF_THE_HOUSEHOLD) -> list[Any]:
    return [code, *said, "1", "王建国", "户主", "男", "1980-01-01", id_number, "普通劳动力", "健康", "否"]


def child(code: str = HOUSEHOLD, born: str = "2012年5月6日", said: tuple[str, ...] = NOTHING_MORE) -> list[Any]:
    return [code, *said, "2", "王小明", "子女", "男", born, "", "无劳动力", "健康", "是"]


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    return await open_monitoring(open_house, client_for)


async def take(monitoring: Monitoring, content: bytes, **fields: str) -> dict[str, Any]:
    return await imported(monitoring.house, monitoring.client, content, "households", **fields)


async def test_the_rows_of_a_household_are_one_registration_wherever_they_stand(monitoring: Monitoring) -> None:
    content = csv_file(HEADINGS, head(), head("DJ-0002"), child(), child("DJ-0002", said=OF_THE_HOUSEHOLD))
    assert counts(await take(monitoring, content)) == result(4, accepted=4, stored=4)
    shown = await monitoring.get(f"households/{HOUSEHOLD}")
    assert (shown["category"], shown["relocated"], shown["dibao"]) == ("lifted", False, True)
    assert [(one["name"], one["birth_date"], one["student"]) for one in shown["members"]] == [
        ("王建国", "1980-01-01", False),
        ("王小明", "2012-05-06", True),
    ]
    assert counts(await take(monitoring, content)) == result(4, duplicate=4)
    assert (await monitoring.get(f"households/{HOUSEHOLD}"))["version"] == 1
    assert len(await monitoring.events("household-registered.v1")) == 2
    changed = csv_file(HEADINGS, head(), child(born="2012-05-07"))
    assert counts(await take(monitoring, changed)) == result(2, accepted=2, stored=2)
    assert len(await monitoring.events("household-changed.v1")) == 1


async def test_a_household_with_a_wrong_cell_comes_back_whole(monitoring: Monitoring, tmp_path: Path) -> None:
    other = ("520626001002", *OF_THE_HOUSEHOLD[1:])
    content = csv_file(
        HEADINGS, head(), child(born="2031-01-01"), head("DJ-0002"), head("DJ-0003"), child("DJ-0003", said=other)
    )
    job = await take(monitoring, content)
    assert counts(job) == result(5, accepted=1, rejected=4, stored=1)
    monitoring.client.headers.update(IN_CHINESE)
    found = [
        (row["row"], why["column"], why["code"], why["detail"])
        for row in await rows_of(monitoring.client, job, status="rejected")
        for why in row["reasons"]
    ]
    assert found == [
        (2, None, "another-row-refused", "同属一项的第 3 行被退回，一并退回"),
        (3, "出生日期", "in-the-future", "所填时间尚未到来"),
        (5, "区划代码", "rows-disagree", "与同属一项的第 6 行填写不一致"),
        (6, None, "another-row-refused", "同属一项的第 5 行被退回，一并退回"),
    ]
    back = await monitoring.client.get(f"/monitoring/v1/imports/{job['job_id']}/rejected.xlsx")
    headings, *rows = table_of(back.content, tmp_path / "back.xlsx")
    for row in rows:
        row[headings.index("区划代码")] = REGION
        row[headings.index("出生日期")] = "1990-01-01"
    again = await take(monitoring, xlsx_file(headings, *rows))
    assert counts(again) == result(4, accepted=4, stored=4)


async def test_an_identity_number_that_is_a_number_is_refused_and_never_repaired(
    monitoring: Monitoring, tmp_path: Path
) -> None:
    number = issued_id_of_the_head()
    job = await take(monitoring, xlsx_file(HEADINGS, head(id_number=float(number)), head("DJ-0002", id_number=number)))
    assert counts(job) == result(2, accepted=1, rejected=1, stored=1)
    [row] = await rows_of(monitoring.client, job, status="rejected")
    assert [(why["column"], why["code"]) for why in row["reasons"]] == [("Identity number", "id-number-as-number")]
    back = await monitoring.client.get(f"/monitoring/v1/imports/{job['job_id']}/rejected.xlsx")
    headings, refused = table_of(back.content, tmp_path / "back.xlsx")
    assert refused[headings.index("Identity number")] == "", "what is lost is not given back as text"


def issued_id_of_the_head() -> str:
    return issued_id(dt.date(1980, 1, 1))


async def test_what_should_be_checked_at_home_is_told_of_rows_that_were_taken(monitoring: Monitoring) -> None:
    content = csv_file(HEADINGS, child(said=OF_THE_HOUSEHOLD))
    job = await take(monitoring, content)
    assert counts(job) == result(1, accepted=1, stored=1)
    [row] = await rows_of(monitoring.client, job)
    assert (row["status"], [why["code"] for why in row["reasons"]]) == ("accepted", ["not-one-head"])
    assert await rows_of(monitoring.client, job, status="rejected") == []


async def test_households_of_another_county_are_refused_and_the_rest_is_taken(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    county = client_for(monitoring.house, region="520626", client_id="dejiang")
    elsewhere = (OTHER_COUNTY_REGION, *OF_THE_HOUSEHOLD[1:])
    content = csv_file(HEADINGS, head(), head("YJ-0001", said=elsewhere))
    job = await imported(monitoring.house, county, content, "households")
    assert counts(job) == result(2, accepted=1, rejected=1, stored=1)
    assert [row["reasons"][0]["code"] for row in await rows_of(county, job)] == ["region-not-allowed"]


async def test_whoever_may_not_see_persons_sees_them_hidden_and_looks_are_kept(
    monitoring: Monitoring, client_for: ClientFor, tmp_path: Path
) -> None:
    content = csv_file(HEADINGS, child(said=OF_THE_HOUSEHOLD, born="2031-01-01"))
    scopes = ["monitoring:read", "monitoring:write"]
    blind = client_for(monitoring.house, scopes=scopes, client_id="town")
    job = await imported(monitoring.house, blind, content, "households")
    [row] = await rows_of(blind, job)
    shown = row["cells"]
    assert (shown["members/*/name"], shown["members/*/birth_date"], shown["household_code"]) == ("**", "**", HOUSEHOLD)
    back = await blind.get(f"/monitoring/v1/imports/{job['job_id']}/rejected.xlsx")
    assert "王小明" not in str(table_of(back.content, tmp_path / "back.xlsx"))
    seeing = client_for(monitoring.house, scopes=[*scopes, "monitoring:pii"], client_id="town")
    [row] = await rows_of(seeing, job)
    assert row["cells"]["members/*/name"] == "王小明"
    looks = [row for row in await audit_rows(monitoring.house) if row["action"] == "person.read"]
    assert [(look["actor"], look["subject"]) for look in looks] == [("town", job["job_id"])]
