"""Nothing waits in silence: a policy value that is missing, and a source that says nothing, are heard."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa

from services import status
from services.monitoring.app import MONITORING
from services.monitoring.models import Fact, SourceHeard
from services.monitoring.sources.commands import listen, tell_undecided
from services.monitoring.sources.queries import counts
from shared import metrics
from shared.clock import SystemClock
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.settings import Settings
from tests.builders import OTHER_COUNTY_REGION, audit_rows, household, illness_fact, income_fact
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import WINDOW, Monitoring, open_monitoring
from tests.logged import Logged

NO_LINE = dt.date(2028, 2, 29)
"""A day for which no pack has an income line."""
LINE = "monitoring.income_line"


async def counted(monitoring: Monitoring, gauge: Any) -> Mapping[tuple[str, ...], int]:
    found = (await monitoring.house.database.read(counts))[gauge]
    return dict(found)


async def test_a_missing_income_line_is_counted_by_county(open_house: OpenHouse, client_for: ClientFor) -> None:
    monitoring = await open_monitoring(open_house, client_for, today=NO_LINE)
    assert await counted(monitoring, metrics.UNDECIDED_HOUSEHOLDS) == {}
    for number in range(3):
        await monitoring.put(code=f"DJ-000{number}")
    await monitoring.put(household(region_code=OTHER_COUNTY_REGION), code="YJ-0001")
    verdicts = await monitoring.verdicts("YJ-0001")
    assert verdicts["below_line"]["outcome"] == "undecided"
    assert await counted(monitoring, metrics.UNDECIDED_HOUSEHOLDS) == {
        ("monitoring", LINE, "520626"): 3,
        ("monitoring", LINE, "520625"): 1,
    }
    in_time = await open_monitoring(open_house, client_for)
    assert await counted(in_time, metrics.UNDECIDED_HOUSEHOLDS) == {}


async def test_a_missing_value_is_a_log_line_and_an_audit_row_once_a_day(
    open_house: OpenHouse, client_for: ClientFor, logged: Logged
) -> None:
    monitoring = await open_monitoring(open_house, client_for, today=NO_LINE)
    await monitoring.put()
    for _ in range(2):
        assert await monitoring.house.database.write(tell_undecided) is False
    next_day = await open_monitoring(open_house, client_for, today=NO_LINE + dt.timedelta(days=1))
    await next_day.house.database.write(tell_undecided)
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


# Sources


@pytest.fixture
async def expecting(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    """Monitoring where the payroll has to speak once in 35 days, and the medical insurance in eight."""
    house = await open_house(MONITORING)
    house.database.resources.source_silence_days = {"payroll": 35, "medical-insurance": 8}
    monitoring = Monitoring(house, client_for(house))
    await monitoring.put()
    return monitoring


class Later(SystemClock):
    """A clock some days ahead, and on the same business date."""

    days = 0

    def now(self) -> dt.datetime:
        return super().now() + dt.timedelta(days=self.days)


def _later(monitoring: Monitoring, days: int) -> None:
    clock = Later(monitoring.house.database.resources.clock.today())
    clock.days = days
    monitoring.house.database.resources.clock = clock


async def silent(monitoring: Monitoring) -> dict[str, int]:
    await monitoring.house.database.write(listen)
    found = await counted(monitoring, metrics.SOURCE_SILENT_DAYS)
    return {source: days for (_, source), days in found.items()}


async def test_a_source_that_says_nothing_for_too_long_is_heard(expecting: Monitoring) -> None:
    await expecting.record(
        income_fact(WINDOW[-1], "3000.00", source="Payroll"), illness_fact(source="medical-insurance")
    )
    assert await silent(expecting) == {"payroll": 0, "medical-insurance": 0}
    _later(expecting, 8)
    assert await silent(expecting) == {"payroll": 0, "medical-insurance": 8}
    await expecting.record(illness_fact("I21", source="medical-insurance"))
    _later(expecting, 36)
    assert await silent(expecting) == {"payroll": 36, "medical-insurance": 28}


async def test_a_source_that_never_spoke_is_waited_for_from_the_first_look(expecting: Monitoring) -> None:
    assert await silent(expecting) == {"payroll": 0, "medical-insurance": 0}
    _later(expecting, 40)
    assert await silent(expecting) == {"payroll": 40, "medical-insurance": 40}


async def test_a_verdict_on_an_old_fact_is_no_news_of_its_source(expecting: Monitoring) -> None:
    await expecting.record(illness_fact(source="medical-insurance"))
    await silent(expecting)
    _later(expecting, 9)

    def touch(uow: UnitOfWork) -> None:
        uow.connection.execute(sa.update(table_of(Fact)).values(updated_at=uow.stamp()))

    await expecting.house.database.write(touch)
    assert (await silent(expecting))["medical-insurance"] == 9
    assert (await expecting.counts())[table_of(SourceHeard).name] == 3


def test_the_silence_of_sources_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUXIAN_SOURCE_SILENCE_DAYS", " Medical-Insurance = 8, payroll=35,")
    assert Settings().source_silence_days == {"medical-insurance": 8, "payroll": 35}
    for wrong in ("payroll", "payroll=", "payroll=x", "payroll=0", "payroll=1,Payroll=2"):
        monkeypatch.setenv("SHOUXIAN_SOURCE_SILENCE_DAYS", wrong)
        with pytest.raises(ValueError, match="name=days"):
            Settings()
