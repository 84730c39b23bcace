"""Nothing waits in silence: a source that says nothing is heard."""

import datetime as dt

import pytest
import sqlalchemy as sa

from services.monitoring.app import MONITORING
from services.monitoring.models.facts import Fact
from services.monitoring.models.sources import SourceHeard
from services.monitoring.sources.commands import listen
from shared import metrics
from shared.clock import SystemClock
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.settings import Settings
from tests.builders import illness_fact, income_fact
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import WINDOW, Monitoring


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
    found = await monitoring.counted(metrics.SOURCE_SILENT_DAYS)
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
