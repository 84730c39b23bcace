"""Slow sale: how right its warnings are on series that are generated, and what a night of judging takes."""

import datetime as dt
import random
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from statistics import median
from typing import Any, Final

import sqlalchemy as sa

from services.consumption.app import CONSUMPTION
from services.consumption.models import Commodity, PriceReport, SaleSeries, SupplyReport
from services.consumption.series.store import SeriesKey
from services.consumption.slow_sales.commands.judge import judge_due
from services.consumption.slow_sales.rules.parameters import SLOW_SALE, SlowSaleParameters
from services.consumption.slow_sales.rules.prices import spans_read
from shared.clock import SystemClock
from shared.codes.records import RecordStatus
from shared.codes.slow_sales import ReportMode
from shared.db.base import table_of
from shared.db.database import Database
from shared.db.migrate import migrate
from shared.db.rows import insert_rows
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.ids import new_id
from shared.policy.loader import PolicyBook
from shared.settings import Settings
from tests.load import aims
from tests.load.county import REGION, TODAY
from tests.load.figures import Figure, Rounds
from tests.load.gluts import by_the_mean, by_the_rule, measured, planted
from tests.load.stage import database

_YEARS_LAID: Final = 2
_PER_COUNTY: Final = 20
_SUPPLY_EACH: Final = 7


def right_warnings(rounds: int) -> list[Figure]:
    """Precision and recall on 120 generated series over two years, beside the naive rule; a round is another chance."""
    rule, found = by_the_rule(_parameters()), Rounds()
    for seed in range(rounds):
        series = planted(seed=seed)
        for name, warner in (("rule", rule), ("mean", by_the_mean)):
            precision, recall = measured(series, warner)
            found.add(f"{name} precision", precision * 100)
            found.add(f"{name} recall", recall * 100)
    return [
        Figure(
            "s generated series",
            f"slow sale, 120 generated series over two years: {what} of the warnings",
            "%",
            found[f"rule {what}"],
            [100.0],
            f"of all; {median(found[f'mean {what}']):.0f} % by the rule of 25 % under the mean of thirty days",
            aims.RIGHT_WARNINGS,
        )
        for what in ("precision", "recall")
    ]


async def night(section: str, settings: Settings, rounds: int, series: int) -> list[Figure]:
    """A night in which so many series are judged, beside the driver fetching what that reads."""
    url = settings.database_url_of(CONSUMPTION.name)
    await migrate(url, CONSUMPTION.migrations, CONSUMPTION.metadata)
    consumption = database(CONSUMPTION, url)
    await consumption.write(_lay, series)
    times = Rounds()
    for place in range(rounds + 1):
        day = TODAY + dt.timedelta(days=place + 1)
        consumption.resources.clock = SystemClock(business_date=day)
        recorded: list[tuple[str, Any]] = []
        with _selects_of(recorded):
            judging = await _seconds(partial(_judge_all, consumption))
        fetching = await _seconds(partial(consumption.read, _fetch, recorded))
        times.add_round(place, {"judging": judging, "fetching": fetching})
    await consumption.close()
    path = f"slow sale, a night of {series:,} series judged"
    limit = "the driver fetching what that reads"
    return [Figure(section, path, "s", times["judging"], times["fetching"], limit, aims.SERIES_JUDGED)]


async def _judge_all(consumption: Database) -> None:
    while await consumption.write(judge_due):
        pass


async def _seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    await work()
    return time.perf_counter() - started


class _selects_of:  # noqa: N801  a context manager, read as a verb
    """Records the SELECTs that this process executes meanwhile."""

    def __init__(self, recorded: list[tuple[str, Any]]) -> None:
        self._recorded = recorded

    def __enter__(self) -> None:
        sa.event.listen(sa.Engine, "before_cursor_execute", self._record)

    def __exit__(self, *_: object) -> None:
        sa.event.remove(sa.Engine, "before_cursor_execute", self._record)

    def _record(self, _: Any, __: Any, statement: str, parameters: Any, ___: Any, many: bool) -> None:
        if statement.startswith("SELECT") and "FOR UPDATE" not in statement and not many:
            self._recorded.append((statement, parameters))


def _fetch(reading: Reading, recorded: Sequence[tuple[str, Any]]) -> None:
    for statement, parameters in recorded:
        result = reading.connection.exec_driver_sql(statement, parameters)
        result.cursor.fetchall()


def _parameters() -> SlowSaleParameters:
    return SlowSaleParameters.of(PolicyBook.load(development=True).at(REGION, TODAY).value(SLOW_SALE))


def _lay(uow: UnitOfWork, count: int) -> None:
    """So many series with usual prices on every day that a judgement reads, and supplies that sell."""
    commodities = [f"C-{number:03d}" for number in range(_PER_COUNTY)]
    for code in commodities:
        row = {"code": code, "name": code, "unit": "kg", "shelf_life_days": 20, "kept_in": "52"}
        insert_rows(uow.connection, table_of(Commodity), [{**row, "version": 1, "updated_at": uow.stamp()}])
    keys = [
        SeriesKey(commodities[number % _PER_COUNTY], f"{520100 + number // _PER_COUNTY:06d}000000")
        for number in range(count)
    ]
    rows = [{"id": key.id, **key._asdict(), "judged_on": TODAY} for key in keys]
    insert_rows(uow.connection, table_of(SaleSeries), rows)
    chance = random.Random(7)
    for key in keys:
        insert_rows(uow.connection, table_of(PriceReport), list(_prices(uow, key, chance)))
        insert_rows(uow.connection, table_of(SupplyReport), list(_supplies(uow, key, chance)))


def _days() -> list[dt.date]:
    last = TODAY + dt.timedelta(days=10)
    spans = list(spans_read(last.toordinal(), _parameters()))[: _YEARS_LAID + 1]
    return [dt.date.fromordinal(day) for first, last_of in spans for day in range(first, last_of + 1)]


def _report(uow: UnitOfWork, key: SeriesKey, day: dt.date) -> dict[str, Any]:
    report_id = new_id()
    return {
        "id": report_id,
        "source": "bench",
        "source_ref": str(report_id),
        "series_id": key.id,
        **key._asdict(),
        "day": day,
        "mode": ReportMode.BACKFILL,
        "known_on": day,
        "replaced_on": None,
        "status": RecordStatus.STANDS,
        "supersedes_id": None,
        "recorded_at": uow.now(),
        "recorded_by": "bench",
        "updated_at": uow.now(),
    }


def _prices(uow: UnitOfWork, key: SeriesKey, chance: random.Random) -> Iterator[dict[str, Any]]:
    for day in _DAYS:
        price = round(1000 * chance.gauss(1.0, 0.04))
        yield {**_report(uow, key, day), "market": "bench", "low": price, "mean": price, "high": price}


def _supplies(uow: UnitOfWork, key: SeriesKey, chance: random.Random) -> Iterator[dict[str, Any]]:
    for back in range(0, 3 * _SUPPLY_EACH, _SUPPLY_EACH):
        sold = chance.randint(8_000, 20_000)
        supply = {"stock": sold, "due": sold, "sold_7d": sold, "covered": None}
        yield {**_report(uow, key, TODAY - dt.timedelta(days=back)), **supply}


_DAYS: Final = _days()
