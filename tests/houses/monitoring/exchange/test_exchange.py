"""Platforms without an interface: the codes under which they know households, and the sheets for them."""

import asyncio
import datetime as dt
from pathlib import Path
from typing import Any

import httpx
import pytest
from python_calamine import CalamineWorkbook

from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, audit_rows, fact, household, member, resident_id
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import Monitoring, open_monitoring
from tests.problems import IN_CHINESE, problem_document
from tests.sheets import counts, csv_file, imported, result, rows_of

CODE = "52062600100100012"


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.put(household([member(1, name="安红")]))
    child = member(2, relation="child", birth_date="2015-05-01", labour="none")
    await found.put(household([member(1), child], region_code=OTHER_COUNTY_REGION), "YJ-0001")
    return found


async def put(
    monitoring: Monitoring, code: str | None, system: str = "guizhou", of: str = HOUSEHOLD, **headers: str
) -> Any:
    path = f"/monitoring/v1/households/{of}/external-codes/{system}"
    return await monitoring.client.put(path, json={"code": code}, headers=headers)


async def test_a_platform_knows_one_household_under_a_code(monitoring: Monitoring, client_for: ClientFor) -> None:
    first, again = await put(monitoring, CODE), await put(monitoring, CODE)
    assert (first.status_code, again.status_code, again.headers["ETag"]) == (201, 200, '"1"')
    assert first.json() == again.json()
    taken = await put(monitoring, CODE, of="YJ-0001")
    assert (taken.status_code, problem_document(taken)["type"]) == (409, "urn:problem:monitoring:external-code-taken")
    assert HOUSEHOLD not in taken.text
    assert (await put(monitoring, CODE, "national", "YJ-0001")).status_code == 201, "another platform has its own"
    stale = await put(monitoring, "2", **{"If-Match": '"7"'})
    assert stale.status_code == 412
    shown = await monitoring.get(f"households/{HOUSEHOLD}")
    assert shown["external_codes"] == {"guizhou": CODE}
    [listed] = (await monitoring.get("households", updated_after=first.json()["updated_at"]))["items"]
    assert listed["household_code"] == "YJ-0001", "a code is a change of its household"
    assert (await put(monitoring, None)).json()["version"] == 2
    assert (await put(monitoring, CODE, of="YJ-0001")).status_code == 201, "a code that was taken away is free"
    assert (await put(monitoring, None, "hebei")).status_code == 422
    assert (await put(monitoring, resident_id(dt.date(1980, 5, 1)))).status_code == 422, "no identity number is a code"
    county = client_for(monitoring.house, region="520626", client_id="dejiang")
    foreign = "/monitoring/v1/households/YJ-0001/external-codes/national"
    for answer in (await county.get(foreign), await county.put(foreign, json={"code": "3"})):
        assert problem_document(answer)["type"] == "urn:problem:monitoring:household-not-found"
    actions = [row["action"] for row in await audit_rows(monitoring.house) if row["action"] == "external-code.put"]
    assert len(actions) == 4


async def test_of_two_at_once_one_gets_the_code(monitoring: Monitoring) -> None:
    answers = await asyncio.gather(put(monitoring, CODE), put(monitoring, CODE, of="YJ-0001"))
    assert sorted(answer.status_code for answer in answers) == [201, 409]


async def test_codes_come_by_file(monitoring: Monitoring) -> None:
    headings = ("户编号", "外部系统", "外部系统户编码")
    said = [(HOUSEHOLD, "贵州省乡村振兴云", CODE), ("YJ-0001", "guizhou", CODE), ("DJ-9", "national", "1")]
    job = await imported(
        monitoring.house, monitoring.client, csv_file(headings, *said, (HOUSEHOLD, "火星", "1")), "external-codes"
    )
    assert counts(job) == result(4, accepted=1, rejected=3, stored=1)
    rows = await rows_of(monitoring.client, job)
    assert [row["errors"][0]["code"] for row in rows] == ["external-code-taken", "household-not-found", "code-unknown"]


async def test_the_report_has_a_sheet_to_upload_masked_as_the_household_is(
    monitoring: Monitoring, client_for: ClientFor, tmp_path: Path
) -> None:
    await put(monitoring, CODE)
    path = "/monitoring/v1/reports/exchange-guizhou"
    masked = client_for(monitoring.house, scopes=("monitoring:read",), client_id="statistics", region="520626")
    document = (await masked.get(path)).json()
    [line] = document["upload"]
    assert document | {"upload": []} == {
        "report": "exchange-guizhou",
        "region_code": None,
        "period": None,
        "upload": [],
        "held_back": [],
    }
    assert (line["external_code"], line["name"], line["birth_date"]) == (CODE, "安*", None)
    clear = (await monitoring.client.get(path, params={"region_code": "52"})).json()["upload"]
    assert [(line["household_code"], line["member_no"]) for line in clear] == [
        ("YJ-0001", 1),
        ("YJ-0001", 2),
        (HOUSEHOLD, 1),
    ]
    assert {row["subject"] for row in await audit_rows(monitoring.house)} >= {"YJ-0001"}
    for system, asked, expected in (
        ("hebei", {}, []),
        ("national", {"region_code": "520626"}, [HOUSEHOLD]),
        ("national", {"region_code": "520626", "period": "2000-01"}, []),
    ):
        found = (await monitoring.client.get(f"/monitoring/v1/reports/exchange-{system}", params=asked)).json()
        assert [line["household_code"] for line in found["upload"]] == expected
    assert (await masked.get(path, params={"region_code": "13"})).status_code == 403
    file = await monitoring.client.get(path, params={"format": "xlsx"}, headers=IN_CHINESE)
    (tmp_path / "report.xlsx").write_bytes(file.content)
    book = CalamineWorkbook.from_path(tmp_path / "report.xlsx")
    assert book.sheet_names == ["贵州省乡村振兴云上报表", "暂缓上报"]
    headings, *lines = book.get_sheet_by_name("贵州省乡村振兴云上报表").to_python()
    assert (headings[:2], len(lines)) == (["外部系统户编码", "户编号"], 3)


async def test_a_household_with_an_error_is_held_back_whole(monitoring: Monitoring, client_for: ClientFor) -> None:
    path = "/monitoring/v1/reports/exchange-guizhou"

    async def reported(client: httpx.AsyncClient) -> tuple[int, list[tuple[Any, ...]]]:
        answer = (await client.get(path, params={"region_code": "520626"})).json()
        held = [(line["external_code"], line["rule"], line["member_no"], line["text"]) for line in answer["held_back"]]
        return len(answer["upload"]), held

    clear = monitoring.client
    masked = client_for(monitoring.house, scopes=("monitoring:read",), client_id="statistics")
    await put(monitoring, CODE)
    assert [item["rule"] for item in await findings(monitoring)] == ["id-length"]
    assert await reported(clear) == (1, []), "what is only unlikely holds nobody back"
    two = [member(1), member(2, relation="head", health="chronic", birth_date="1981-05-01")]
    await monitoring.put(household(two))
    await monitoring.record(fact("care", "care-2", {"level": "unable"}, member_no=2))
    twice, unable = (
        "several are the head of the household: members 1, 2",
        "somebody who cannot care for themselves has labour",
    )
    assert await reported(clear) == (
        0,
        [
            (CODE, "head-twice", None, twice),
            (CODE, "unable-with-labour", 2, f"member 2: {unable}"),
        ],
    )
    hidden = "what it rests on is shown to whoever may see persons"
    assert (await reported(masked))[1][1] == (CODE, "unable-with-labour", None, hidden)
    [exempted] = [item for item in await findings(monitoring) if item["rule"] == "head-twice"]
    step = f"/monitoring/v1/findings/{exempted['finding_id']}/transitions"
    assert (await clear.post(step, json={"action": "exempt", "reason": "分户未办"})).status_code == 200
    assert [rule for _, rule, *_ in (await reported(clear))[1]] == ["unable-with-labour"]
    await monitoring.put(household([two[0], two[1] | {"labour": "lost"}]))
    assert await reported(clear) == (2, [])


async def findings(monitoring: Monitoring) -> list[dict[str, Any]]:
    found = await monitoring.get("findings", household_code=HOUSEHOLD, status="open")
    return sorted(found["items"], key=lambda item: str(item["rule"]))
