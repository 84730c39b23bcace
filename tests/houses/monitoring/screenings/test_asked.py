"""A screening that is asked for: of a region, tried or real, killed midway, compared with the one before."""

import asyncio
import csv
import datetime as dt
import io
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from services.monitoring.ledger.rules.income import IncomeMonth
from services.monitoring.screenings.commands import judge
from shared.db.unit_of_work import UnitOfWork
from shared.jobs.running import run_next_part, run_part
from shared.months import month_of
from tests.builders import TODAY, audit_rows
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import WINDOW, Monitoring, open_monitoring, wages
from tests.many_households import LaidHousehold, lay_households
from tests.problems import assert_problem, pointers, problem_document

LAST = month_of(TODAY) - 1
COUNTY, TOWNSHIP, OTHER = "520626000000", "520626001000", "520602000000"
_POOR, _WELL = 100_000, 500_000
Document = dict[str, Any]


def _laid(code: str, region_code: str, monthly: int) -> LaidHousehold:
    return LaidHousehold(
        code, region_code, {month: IncomeMonth(wage=monthly, income_facts=1) for month in range(LAST - 23, LAST + 1)}
    )


HOUSEHOLDS: Sequence[LaidHousehold] = [
    _laid("A-1", "520626001001", _POOR),
    _laid("A-2", "520602003004", _POOR),
    _laid("A-3", "520626001002", _WELL),
    _laid("A-4", "520626002001", _POOR),
    _laid("A-5", COUNTY, _WELL),
]
"""Two counties of one city, in turn by their codes; the last household is known by its county alone."""


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.house.database.write(lay_households, HOUSEHOLDS)
    return found


async def ask(monitoring: Monitoring, region_code: str = "5206", **more: Any) -> str:
    answer = await monitoring.client.post("/monitoring/v1/screenings", json={"region_code": region_code, **more})
    assert answer.status_code == 202, answer.text
    started: Document = answer.json()
    assert started["location"] == f"/monitoring/v1/jobs/{started['job_id']}"
    return str(started["job_id"])


async def do(monitoring: Monitoring) -> None:
    while await run_next_part(monitoring.house.database, monitoring.house.long_work):
        pass


async def screened(monitoring: Monitoring, region_code: str = "5206", **more: Any) -> Document:
    """The result of a screening; its job says the same."""
    job_id = await ask(monitoring, region_code, **more)
    await do(monitoring)
    job = await monitoring.get(f"jobs/{job_id}")
    assert (job["kind"], job["status"]) == ("screening", "done"), job
    found: Document = await monitoring.get(f"screenings/{job_id}")
    assert job["result"] == {**found, "updated_at": job["result"]["updated_at"]}
    return found


async def at_risk(monitoring: Monitoring, screening: Document, **asked: Any) -> list[str]:
    found = await monitoring.get(f"screenings/{screening['screening_id']}/households", **asked)
    return [one["household_code"] for one in found["items"]]


def counts(screening: Document) -> tuple[int, ...]:
    names = ("households", "judged", "raised", "updated", "cleared", "households_at_risk")
    return tuple(screening[name] for name in names)


async def test_a_region_is_screened_and_its_result_stays(monitoring: Monitoring) -> None:
    first = await screened(monitoring)
    assert (first["region_code"], first["as_of"], first["dry_run"]) == ("520600000000", TODAY.isoformat(), False)
    assert counts(first) == (5, 5, 3, 0, 0, 3)
    assert first["by_kind"] == [{"kind": "below_line", "grade": "orange", "open": 3, "raised": 3, "cleared": 0}]
    by_region = {one["region_code"]: (one["households"], one["households_at_risk"]) for one in first["by_region"]}
    assert by_region == {
        OTHER: (1, 1),
        "520602003000": (1, 1),
        COUNTY: (4, 2),
        TOWNSHIP: (2, 1),
        "520626002000": (1, 1),
    }
    assert first["difference"] == {"previous": None, "newly": 3, "no_longer": 0}

    told = len(await monitoring.events())
    await monitoring.record(*wages(WINDOW, "9000.00", household_code="A-1"))
    await monitoring.house.database.write(lay_households, [_laid("A-6", "520626001001", _POOR)])
    second = await screened(monitoring)
    assert counts(second) == (6, 6, 1, 0, 0, 3)
    assert second["difference"] == {"previous": first["screening_id"], "newly": 1, "no_longer": 1}
    assert await at_risk(monitoring, second) == ["A-2", "A-4", "A-6"]
    assert await at_risk(monitoring, second, change="newly") == ["A-6"]
    assert await at_risk(monitoring, second, change="no_longer") == ["A-1"]
    assert await at_risk(monitoring, second, region_code="520602") == ["A-2"]
    assert await at_risk(monitoring, first) == ["A-1", "A-2", "A-4"]
    assert len(await monitoring.events()) == told + 2, "one cleared by its fact, one raised by the screening"

    unchanged = await screened(monitoring)
    assert counts(unchanged) == (6, 6, 0, 0, 0, 3)
    assert (unchanged["difference"]["newly"], unchanged["difference"]["no_longer"]) == (0, 0)
    listed = (await monitoring.get("screenings"))["items"]
    assert [one["screening_id"] for one in listed] == [one["screening_id"] for one in (unchanged, second, first)]


async def test_a_region_alone_is_touched(monitoring: Monitoring) -> None:
    found = await screened(monitoring, "520626001")
    assert (counts(found), found["region_code"]) == ((2, 2, 1, 0, 0, 1), TOWNSHIP)
    assert [risk["household_code"] for risk in await monitoring.risks()] == ["A-1"]
    assert (await screened(monitoring, "520602"))["difference"]["previous"] is None, "each region has its own last one"


async def test_a_dry_run_of_any_day_keeps_nothing_but_its_result(monitoring: Monitoring) -> None:
    real = await screened(monitoring, "520602")
    await monitoring.record(*wages(WINDOW, "9000.00", household_code="A-2"))
    before, told, audited = (
        await monitoring.counts(),
        await monitoring.events(),
        len(await audit_rows(monitoring.house)),
    )
    past, coming = dt.date(2026, 2, 3), dt.date(2027, 1, 1)
    for day, households, raised in ((None, 3, 2), (past, 3, 2), (coming, 3, 0)):
        tried = await screened(monitoring, dry_run=True, **({} if day is None else {"as_of": day.isoformat()}))
        assert counts(tried) == (5, 5, raised, 0, 0, raised), day
        assert tried["difference"]["previous"] is None, households
    kept = {name: rows for name, rows in (await monitoring.counts()).items() if before[name] != rows}
    assert set(kept) == {"screening", "screening_kind", "screening_region", "screening_household", "job", "audit"}
    assert await monitoring.events() == told
    actions = {row["action"] for row in (await audit_rows(monitoring.house))[audited:]}
    assert actions == {"job.started", "job.done"}
    again = await screened(monitoring, "520602")
    assert again["difference"]["previous"] == real["screening_id"], "a dry run is nobody's last one"


async def test_killed_midway_it_goes_on_and_nothing_is_counted_twice(
    monitoring: Monitoring, open_house: OpenHouse, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge, "BATCH", 2)
    job_id = UUID(await ask(monitoring))
    database = monitoring.house.database
    assert await run_part(database, monitoring.house.long_work, job_id)

    def killed_before_its_commit(uow: UnitOfWork, standing: Any) -> Any:
        monitoring.house.long_work["screening"].do_part(uow, standing)
        raise asyncio.CancelledError

    work = monitoring.house.long_work["screening"]
    with pytest.raises(asyncio.CancelledError):
        await run_part(database, {"screening": type(work)(work.total, killed_before_its_commit)}, job_id)
    again = await open_monitoring(open_house, client_for)
    await do(again)
    found = await again.get(f"screenings/{job_id}")
    assert counts(found) == (5, 5, 3, 0, 0, 3)
    assert {one["region_code"]: one["households"] for one in found["by_region"]}[COUNTY] == 4
    assert await at_risk(again, found) == ["A-1", "A-2", "A-4"]


async def test_the_same_key_is_the_same_screening(monitoring: Monitoring) -> None:
    keyed: Document = {"headers": {"Idempotency-Key": "k"}, "json": {"region_code": "5206"}}
    first, second = [await monitoring.client.post("/monitoring/v1/screenings", **keyed) for _ in range(2)]
    assert (first.status_code, first.json()) == (202, second.json())
    assert len((await monitoring.get("screenings"))["items"]) == 1


async def test_what_cannot_be_screened_is_refused(monitoring: Monitoring, client_for: ClientFor) -> None:
    tomorrow = (TODAY + dt.timedelta(days=1)).isoformat()
    for body, pointer in (
        ({"region_code": "5206", "as_of": tomorrow}, "/as_of"),
        ({"region_code": "529999"}, "/region_code"),
        ({"region_code": "52062"}, "/region_code"),
        ({"region_code": "5206", "dry_run": "yes"}, "/dry_run"),
        ({"region_code": "5206", "as_of": "2026-02-30", "dry_run": True}, "/as_of"),
        ({"region_code": "5206", "as_of": "9999-12-31", "dry_run": True}, "/as_of"),
        ({}, "/region_code"),
    ):
        answer = await monitoring.client.post("/monitoring/v1/screenings", json=body)
        assert (answer.status_code, pointers(problem_document(answer))) == (422, [pointer]), body
    county = client_for(monitoring.house, region="520626")
    assert_problem(
        await county.post("/monitoring/v1/screenings", json={"region_code": "5206"}), 403, "region-not-allowed"
    )
    reader = client_for(monitoring.house, scopes=("monitoring:read",))
    assert_problem(await reader.post("/monitoring/v1/screenings", json={"region_code": "5206"}), 403, "scope-missing")
    assert (await monitoring.get("screenings"))["items"] == []
    assert (await monitoring.get("jobs"))["items"] == []


async def test_who_sees_not_all_of_the_region_sees_nothing_of_it(monitoring: Monitoring, client_for: ClientFor) -> None:
    wide, own = await screened(monitoring), await screened(monitoring, "520626")
    county = client_for(monitoring.house, region="520626", scopes=("monitoring:read",))
    for path in ("", "/households"):
        answer = await county.get(f"/monitoring/v1/screenings/{wide['screening_id']}{path}")
        assert_problem(answer, 404, "screening-not-found")
    listed = (await county.get("/monitoring/v1/screenings")).json()["items"]
    assert [one["screening_id"] for one in listed] == [own["screening_id"]]
    file = await county.get(
        f"/monitoring/v1/screenings/{own['screening_id']}/households",
        params={"format": "csv"},
        headers={"Accept-Language": "zh"},
    )
    rows = list(csv.reader(io.StringIO(file.text.removeprefix("\ufeff"))))
    assert rows[0] == ["户编号", "区划代码", "预警等级", "风险类型"]
    assert [row[0] for row in rows[1:]] == ["A-1", "A-4"]
    assert rows[1][2:] == ["橙色预警", "收入低于监测线"]
