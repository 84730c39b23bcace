"""Reports come out of the ledgers; what was submitted stands."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from shared.codes.monitoring import MonitoringIndicator
from tests.builders import REGION, audit_rows, household
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import Monitoring, open_monitoring
from tests.houses.monitoring.monitored import admit, eliminate
from tests.houses.monitoring.screenings.test_asked import screened
from tests.mechanism.probe import ON_POSTGRESQL, ON_SQLITE
from tests.problems import assert_problem, problem
from tests.sheets import table_of

COUNTY = "520626"
SUBMISSION = {"report": "monthly-monitoring", "region_code": COUNTY, "period": "2026-10"}
PATH = "/monitoring/v1/report-submissions"


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    """A county in which two households are monitored; one of them since the quarter before."""
    found = await open_monitoring(open_house, client_for)
    for code, on in (("A", "2026-10-05"), ("B", "2026-08-10")):
        await found.put(household(), code)
        await admit(found.house, code, on)
    return found


def values(items: list[dict[str, Any]]) -> dict[str, Any]:
    return {item["code"]: item["value"] for item in items}


async def owed(monitoring: Monitoring, report: str, **asked: Any) -> dict[str, dict[str, Any]]:
    found = await monitoring.get("report-calendar", region_code=COUNTY, **asked)
    return {item["period"]: item for item in found["items"] if item["report"] == report}


@ON_SQLITE
@pytest.mark.parametrize(
    ("report", "period", "admitted"),
    [
        ("weekly-progress", "2026-W41", 1),
        ("weekly-progress", "2026-W40", 0),
        ("monthly-monitoring", "2026-10", 1),
        ("quarterly-work", "2026-Q3", 1),
        ("annual", "2026", 2),
        ("ad-hoc", "2026-10-04", 0),
        ("ad-hoc", "2026-10-05", 1),
    ],
)
async def test_a_report_tells_of_its_period(monitoring: Monitoring, report: str, period: str, admitted: int) -> None:
    found = await monitoring.get(f"reports/{report}", region_code=COUNTY, period=period)
    assert (found["report"], found["region_code"], found["period"]) == (report, COUNTY, period)
    assert values(found["items"])["admitted"] == admitted


@ON_SQLITE
async def test_a_report_is_a_table_and_printed_as_well(monitoring: Monitoring, tmp_path: Path) -> None:
    path, asked = "/monitoring/v1/reports/quarterly-work", {"region_code": COUNTY, "period": "2026-Q3"}
    sheet = await monitoring.client.get(path, params=asked | {"format": "xlsx"})
    rows = table_of(sheet.content, tmp_path / "report.xlsx")
    assert {row[-1]: row[1] for row in rows[1:]}["admitted"] in {1, "1"}
    printed = await monitoring.client.get(path, params=asked | {"format": "pdf"})
    assert printed.content[:5] == b"%PDF-"


@ON_SQLITE
async def test_without_a_period_it_is_that_of_today(monitoring: Monitoring) -> None:
    periods = {
        "weekly-progress": "2026-W47",
        "monthly-monitoring": "2026-11",
        "quarterly-work": "2026-Q4",
        "annual": "2026",
        "ad-hoc": "2026-11-16",
    }
    for report, period in periods.items():
        assert (await monitoring.get(f"reports/{report}"))["period"] == period


async def test_a_submission_stands_while_figures_move(monitoring: Monitoring) -> None:
    first = await monitoring.client.post(PATH, json=SUBMISSION)
    assert first.status_code == 201, first.text
    live = await monitoring.get("reports/monthly-monitoring", region_code=COUNTY, period="2026-10")
    assert first.json()["items"] == live["items"]
    await eliminate(monitoring.house, "A", "2026-10-20")
    moved = await monitoring.get("reports/monthly-monitoring", region_code=COUNTY, period="2026-10")
    assert values(moved["items"])["monitored_households"] == 1
    submission_id = first.json()["submission_id"]
    kept = await monitoring.get(f"report-submissions/{submission_id}")
    assert kept == first.json()
    assert values(kept["items"])["monitored_households"] == 2
    again = await monitoring.client.post(PATH, json=SUBMISSION)
    assert assert_problem(again, 409, "report-submitted")["submission_id"] == submission_id
    full = await monitoring.client.post(PATH, json=SUBMISSION | {"region_code": "520626000000"})
    assert_problem(full, 409, "report-submitted")
    [listed] = (await monitoring.get("report-submissions", report="monthly-monitoring"))["items"]
    assert listed == {name: value for name, value in kept.items() if name != "items"}
    [audited] = [row for row in await audit_rows(monitoring.house) if row["action"] == "report.submitted"]
    assert audited["subject"] == submission_id


@ON_SQLITE
async def test_the_same_request_again_is_the_same_submission(monitoring: Monitoring) -> None:
    key = {"Idempotency-Key": "october"}
    first = await monitoring.client.post(PATH, json=SUBMISSION, headers=key)
    await eliminate(monitoring.house, "A", "2026-10-20")
    again = await monitoring.client.post(PATH, json=SUBMISSION, headers=key)
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())


@ON_SQLITE
async def test_figures_of_a_submission_are_named_in_the_language_of_the_reader(monitoring: Monitoring) -> None:
    submission_id = (await monitoring.client.post(PATH, json=SUBMISSION)).json()["submission_id"]
    chinese = await monitoring.client.get(f"{PATH}/{submission_id}", headers={"Accept-Language": "zh"})
    assert chinese.json()["items"][0]["name"] == "未消除风险监测对象户数"


@ON_POSTGRESQL
async def test_two_who_submit_at_once_submit_once(monitoring: Monitoring) -> None:
    answers = await asyncio.gather(*(monitoring.client.post(PATH, json=SUBMISSION) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    counts = await monitoring.counts()
    assert (counts["report_submission"], counts["submitted_figure"]) == (1, len(MonitoringIndicator))


@ON_SQLITE
async def test_the_calendar_tells_what_is_owed_and_what_was_submitted(monitoring: Monitoring) -> None:
    submission = (await monitoring.client.post(PATH, json=SUBMISSION)).json()
    months = await owed(monitoring, "monthly-monitoring")
    assert months["2026-10"] == {
        "report": "monthly-monitoring",
        "period": "2026-10",
        "due_on": "2026-10-25",
        "submitted_on": "2026-11-16",
        "overdue": False,
        "submission_id": submission["submission_id"],
    }
    late = [period for period, item in months.items() if item["overdue"]]
    assert late == [f"2026-{month:02}" for month in range(1, 10)]
    assert await owed(monitoring, "quarterly-work") == {}
    assert (await owed(monitoring, "annual"))["2026"]["due_on"] == "2026-12-31"
    told = SUBMISSION | {"report": "ad-hoc", "period": "2026-11-10"}
    assert (await monitoring.client.post(PATH, json=told)).status_code == 201
    [any_time] = (await owed(monitoring, "ad-hoc")).values()
    assert (any_time["due_on"], any_time["submitted_on"], any_time["overdue"]) == (None, "2026-11-16", False)
    assert await owed(monitoring, "ad-hoc", year=2025) == {}


@ON_SQLITE
async def test_the_screening_of_the_year_is_one_that_was_held(monitoring: Monitoring) -> None:
    async def held() -> str | None:
        found: str | None = (await owed(monitoring, "screening"))["2026"]["submitted_on"]
        return found

    await screened(monitoring, COUNTY, dry_run=True)
    await screened(monitoring, REGION)
    assert await held() is None, "a dry run keeps nothing, and a village is not the county"
    assert (await owed(monitoring, "screening", year=2025))["2025"]["overdue"]
    await screened(monitoring, "5206")
    assert await held() == "2026-11-16"


@ON_SQLITE
@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"period": "2026-Q3"}, (422, "submission-invalid", ["/period"])),
        ({"period": "2026-12"}, (422, "invalid", ["/period"])),
        ({"report": "screening", "period": "2026"}, (422, "submission-invalid", ["/report"])),
        ({"report": "diary"}, (422, "invalid", ["/report"])),
        ({"region_code": "44"}, (403, "region-not-allowed", [])),
        ({"region_code": "529999"}, (422, "invalid", ["/region_code"])),
        ({"monitored_households": 7}, (422, "invalid", ["/monitored_households"])),
    ],
)
async def test_a_submission_that_cannot_be_is_refused(
    monitoring: Monitoring, changed: dict[str, Any], found: tuple[int, str, list[str]]
) -> None:
    assert problem(await monitoring.client.post(PATH, json=SUBMISSION | changed)) == found
    assert (await monitoring.get("report-submissions"))["items"] == []


@ON_SQLITE
async def test_another_county_sees_none_of_it(monitoring: Monitoring, client_for: ClientFor) -> None:
    submission_id = (await monitoring.client.post(PATH, json=SUBMISSION)).json()["submission_id"]
    other = client_for(monitoring.house, region="520625", client_id="yinjiang")
    assert (await other.get(PATH)).json()["items"] == []
    assert_problem(await other.get(f"{PATH}/{submission_id}"), 404, "submission-not-found")
    assert_problem(await other.post(PATH, json=SUBMISSION | {"period": "2026-09"}), 403, "region-not-allowed")
    asked = {"region_code": COUNTY}
    for path in ("report-calendar", "reports/annual"):
        assert_problem(await other.get(f"/monitoring/v1/{path}", params=asked), 403, "region-not-allowed")
    township = client_for(monitoring.house, region="520626001", client_id="qinglong")
    assert (await township.get(PATH)).json()["items"] == [], "the county's report is not the township's"
