"""Nothing waits in silence: a policy value that is missing is counted, logged and kept in the audit."""

import datetime as dt

from services import status
from services.monitoring.screenings.commands.undecided import record_undecided
from shared import metrics
from tests.builders import OTHER_COUNTY_REGION, audit_rows, household
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import open_monitoring
from tests.logged import Logged

NO_LINE = dt.date(2028, 2, 29)
"""A day for which no pack has an income line."""
LINE = "monitoring.income_line"


async def test_a_missing_income_line_is_counted_by_county(open_house: OpenHouse, client_for: ClientFor) -> None:
    monitoring = await open_monitoring(open_house, client_for, today=NO_LINE)
    assert await monitoring.counted(metrics.UNDECIDED_HOUSEHOLDS) == {}
    for number in range(3):
        await monitoring.put(code=f"DJ-000{number}")
    await monitoring.put(household(region_code=OTHER_COUNTY_REGION), code="YJ-0001")
    verdicts = await monitoring.verdicts("YJ-0001")
    assert verdicts["below_line"]["outcome"] == "undecided"
    assert await monitoring.counted(metrics.UNDECIDED_HOUSEHOLDS) == {
        ("monitoring", LINE, "520626"): 3,
        ("monitoring", LINE, "520625"): 1,
    }
    in_time = await open_monitoring(open_house, client_for)
    assert await in_time.counted(metrics.UNDECIDED_HOUSEHOLDS) == {}


async def test_a_missing_value_is_a_log_line_and_an_audit_row_once_a_day(
    open_house: OpenHouse, client_for: ClientFor, logged: Logged
) -> None:
    monitoring = await open_monitoring(open_house, client_for, today=NO_LINE)
    await monitoring.put()
    for _ in range(2):
        assert await monitoring.house.database.write(record_undecided) is False
    next_day = await open_monitoring(open_house, client_for, today=NO_LINE + dt.timedelta(days=1))
    await next_day.house.database.write(record_undecided)
    lines = [line for line in logged.lines() if line["event"] == "policy.undecided"]
    assert [(line["key"], line["region"], line["households"], line["date"]) for line in lines] == [
        (LINE, "520626", 1, "2028-02-29"),
        (LINE, "520626", 1, "2028-03-01"),
    ]
    subjects = [row["subject"] for row in await audit_rows(monitoring.house) if row["action"] == "policy.undecided"]
    assert subjects == [f"{LINE} 520626 2028-02-29", f"{LINE} 520626 2028-03-01"]


def test_status_names_what_waits() -> None:
    samples = [
        status.Sample("shouxian_build_info", {"house": "monitoring", "version": "1"}, 1),
        status.Sample(
            "shouxian_undecided_households", {"house": "monitoring", "parameter": LINE, "region": "520626"}, 3
        ),
        status.Sample("shouxian_source_silent_days", {"house": "monitoring", "source": "payroll"}, 36),
        status.Sample("shouxian_source_silent_days", {"house": "monitoring", "source": "medical-insurance"}, 0),
    ]
    found = status.summarise([status.Answer(f"http://127.0.0.1:{port}", samples) for port in (1, 2)])
    lines = status.table(found).splitlines()
    assert [line for line in lines if line.startswith("monitoring:")] == [
        "monitoring: no fact of the source payroll for 36 days",
        f"monitoring: no value of {LINE} for region 520626: 3 households wait to be judged",
    ]
