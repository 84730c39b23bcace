"""`make bench ARGS=--scale`: a prefecture is made, and what its size does to facts, lists, screening and start."""

import asyncio
import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from random import Random
from typing import Any, Final

import sqlalchemy as sa

from deploy.local.postgres import PostgresServer
from services.assistance.app import ASSISTANCE
from services.assistance.models import Disbursement
from services.houses import HOUSES
from services.monitoring.app import MONITORING
from services.monitoring.evidence.table import read_fact
from services.monitoring.facts.commands.items import FactToRecord
from services.monitoring.facts.commands.record import record_batch
from services.monitoring.jobs import LONG_WORK
from services.monitoring.models.ledger import HouseholdWindow
from services.monitoring.models.screenings import NightlyRoll
from services.monitoring.screenings.commands.roll import begin_roll
from services.monitoring.screenings.commands.screen import start_screening
from services.population.prefecture import Prefecture, code_of
from shared.codes.monitoring import FactMode
from shared.context import new_context
from shared.db.base import table_of
from shared.db.database import Database
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.house import HouseDefinition
from shared.ids import new_id
from shared.jobs.running import run_job, run_next_part
from shared.months import format_month
from shared.operations import OPERATOR
from shared.runtime import migrate_all
from shared.settings import Environment, Settings
from tests.load import aims, world
from tests.load.client import BATCH_FACTS, EVENT_EACH
from tests.load.county import INCOME_HOUSEHOLDS, TODAY
from tests.load.cpu import BesideServer, Meter, of_this_process, written_here
from tests.load.figures import Aim, Figure, Rounds
from tests.load.lists import OF_ASSISTANCE, OF_MONITORING, counts_by_county, measured_lists
from tests.load.process import start
from tests.load.screening import read_all
from tests.load.settling import LAST_MONTH, OFFICER, settle
from tests.load.stage import connect, database
from tests.load.writes import fact_batches

_WINDOWS, _DISBURSEMENTS = table_of(HouseholdWindow), table_of(Disbursement)
_MILLION: Final = 1_000_000
_CALLS: Final = 20
_BATCHES: Final = 10
"""Batches of facts in each round."""
_ILL: Final = 10_000
"""Households of the county that wait to be told of an illness."""
_RESIDENT_AFTER: Final = 10.0


@dataclass(frozen=True, slots=True)
class Place:
    """Databases of one kind in which a prefecture lies, and what their work costs."""

    name: str
    settings: Settings
    """Of the houses over the prefecture."""
    county: Settings
    """Of the houses over the county of the bench."""
    cpu: Meter
    stale: Aim
    size: Callable[[], int]
    """Bytes that the databases of the prefecture take."""

    def opened(self, house: HouseDefinition, today: dt.date = TODAY) -> Database:
        """The database of a house over the prefecture."""
        url = self.settings.database_url_of(house.name)
        return database(house, url, today, keyring=self.settings.keyring_path)

    @property
    def section(self) -> str:
        """How its lines of the table begin."""
        return f"s {self.name}"


@contextmanager
def on_sqlite(folder: Path) -> Iterator[Place]:
    """Files below this folder."""
    houses, county = _settings(folder / "prefecture"), _settings(folder / "county")

    def size() -> int:
        return sum(path.stat().st_size for path in houses.data.glob("*.sqlite"))

    yield Place("SQLite", houses, county, of_this_process, aims.SCREENING_STALE_SQLITE, size)


@contextmanager
def on_postgres(folder: Path) -> Iterator[Place]:
    """A server with full durability, whose data lies below this folder."""
    with PostgresServer.start(folder / "postgres", durable=True) as server:
        names = [f"{kind}_{house.name}" for kind in ("prefecture", "county") for house in HOUSES]
        asyncio.run(server.create_databases(names))
        houses, county = (
            _settings(folder / kind, server.url(f"{kind}_{{house}}")) for kind in ("prefecture", "county")
        )

        def size() -> int:
            return asyncio.run(_bytes_of(server, names[: len(HOUSES)]))

        yield Place("PostgreSQL", houses, county, BesideServer(server.process_id), aims.SCREENING_STALE_POSTGRES, size)


def _settings(data: Path, url: str = "") -> Settings:
    data.mkdir(parents=True, exist_ok=True)
    return Settings(env=Environment.DEVELOPMENT, today=TODAY, data=data, database_url=url)


async def _bytes_of(server: PostgresServer, names: list[str]) -> int:
    connection = await connect(server.url())
    sizes = [await connection.fetchval("SELECT pg_database_size($1)", name) for name in names]
    await connection.close()
    return sum(sizes)


class AtSize:
    """The sections over one prefecture, in the order in which they are measured."""

    def __init__(self, place: Place, households: int, run: Callable[..., Any], rounds: int) -> None:
        self._place, self._run, self._rounds = place, run, rounds
        self._households = households
        self._monitoring = place.opened(MONITORING)
        self._assistance = place.opened(ASSISTANCE)

    def close(self) -> None:
        """Close the databases."""
        self._run(self._monitoring.close())
        self._run(self._assistance.close())

    def made(self) -> list[Figure]:
        """Make the prefecture where there is none yet: how long that takes, and what it weighs."""
        if not self._run(self._is_there()):
            started = time.monotonic()
            self._run(self._make())
            return [self._figure("a prefecture made", "s", [time.monotonic() - started]), self._weight()]
        return [self._weight()]

    def facts(self) -> list[Figure]:
        """Facts by command about random households, beside those about the county."""
        self._run(self._settle_county())
        rounds = self._run(self._facts())
        path, limit = "facts by command about random households, processor time a fact", "about the bench's county"
        figures = [self._figure(path, "µs", rounds["random"], rounds["county"], limit, aims.RANDOM_HOUSEHOLDS)]
        if not self._monitoring.is_sqlite:
            return figures
        path = "bytes written for a fact about a random household"
        return [*figures, self._figure(path, "KB", rounds["written"], aim=aims.WRITTEN_OF_A_FACT)]

    def lists(self) -> list[Figure]:
        """Every list with every filter."""
        section, cpu = self._place.section, self._place.cpu
        found = [
            figure
            for opened, lists in ((self._monitoring, OF_MONITORING), (self._assistance, OF_ASSISTANCE))
            for figure in self._run(measured_lists(section, opened, lists, cpu, self._rounds, _CALLS))
        ]
        return [*found, self._run(counts_by_county(section, self._assistance, cpu, self._rounds, _CALLS))]

    def screening(self) -> list[Figure]:
        """A screening that changes nothing, one after the windows fell behind, and the nightly roll."""
        rounds = self._run(self._screening())
        path, limit = "a screening that changes nothing, a million", "SELECT of all columns the rules read"
        total = "SUM of the same columns"
        stale = "a screening for which all windows are stale, a million"
        return [
            self._figure(path, "s", rounds["fresh"], rounds["select"], limit, aims.SCREENING_UNCHANGED),
            self._figure(path, "s", rounds["fresh"], rounds["sum"], total, aims.SCREENING_BESIDE_SUM),
            self._figure(stale, "s", rounds["stale"], aim=self._place.stale),
            self._figure("the nightly roll of all windows, a million", "s", rounds["roll"]),
        ]

    def starting(self) -> list[Figure]:
        """One process with all houses over the prefecture: how soon it is ready, and its memory then and later."""
        if not self._monitoring.is_sqlite:
            return []
        data = self._place.settings.data
        ready, resident = zip(*[start(data.parent, data, _RESIDENT_AFTER) for _ in range(self._rounds)], strict=True)
        return [
            self._figure("all five houses: from the command to ready", "ms", [each * 1000 for each in ready]),
            self._figure(f"all five houses: memory {_RESIDENT_AFTER:.0f} s after they are ready", "MB", resident),
        ]

    def _figure(
        self,
        path: str,
        unit: str,
        measured: Any,
        limit: Any = (),
        limit_path: str = "",
        aim: Aim | None = None,
    ) -> Figure:
        return Figure(self._place.section, path, unit, measured, limit, limit_path, aim)

    def _weight(self) -> Figure:
        size = self._place.size()
        each = f"{size / self._households / 1000:.1f} KB a household"
        return self._figure("what it weighs", "MB", [size / 1e6], limit_path=each)

    async def _is_there(self) -> bool:
        """Whether it was made before: benefits are paid last."""
        await migrate_all(HOUSES, self._place.settings)
        return bool(await self._assistance.read(_benefits))

    async def _make(self) -> None:
        await settle(Prefecture(self._households, TODAY), self._place.opened)
        if not self._monitoring.is_sqlite:
            for house in (MONITORING, ASSISTANCE):
                connection = await connect(self._place.settings.database_url_of(house.name))
                await connection.execute("VACUUM ANALYZE")
                await connection.close()

    async def _settle_county(self) -> None:
        await migrate_all(HOUSES, self._place.county)
        county = self._county()
        if not await county.read(_windows):
            for numbers in world.batches(INCOME_HOUSEHOLDS + _ILL):
                await county.write(world.settle, numbers)
        await county.close()

    def _county(self) -> Database:
        county = self._place.county
        return database(MONITORING, county.database_url_of(MONITORING.name), keyring=county.keyring_path)

    async def _facts(self) -> Rounds:
        rounds, county = Rounds(), self._county()
        known, unknown = fact_batches(str(new_id()), _ILL), random_batches(self._households)
        for place in range(self._rounds + 1):
            before = written_here()
            costs = {"random": await self._recorded(self._monitoring, unknown)}
            costs["written"] = (written_here() - before) / (_BATCHES * BATCH_FACTS) / 1000
            costs["county"] = await self._recorded(county, known)
            rounds.add_round(place, costs)
        await county.close()
        return rounds

    async def _recorded(self, monitoring: Database, batches: Iterator[list[FactToRecord]]) -> float:
        """Microseconds of processor time a fact; making the facts is not counted."""
        made, began = list(islice(batches, _BATCHES)), self._place.cpu()
        for batch in made:
            outcomes = await monitoring.write(record_batch, batch, False)
            assert all(outcome.result == "stored" for outcome in outcomes), "what is told is new"
        return (self._place.cpu() - began) / (_BATCHES * BATCH_FACTS) * _MILLION

    async def _screening(self) -> Rounds:
        rounds = Rounds()
        await self._screened()
        for _ in range(self._rounds):
            rounds.add("fresh", await self._a_million(self._screened))
            rounds.add("select", await self._a_million(lambda: self._monitoring.read(read_all)))
            rounds.add("sum", await self._a_million(self._summed))
        for _ in range(self._rounds):
            await self._monitoring.write(_fall_behind)
            rounds.add("stale", await self._a_million(self._screened))
        await self._monitoring.write(_fall_behind)
        rounds.add("roll", await self._a_million(self._rolled))
        return rounds

    async def _a_million(self, work: Callable[[], Any]) -> float:
        """Seconds of processor time that this would take of a million households."""
        began = self._place.cpu()
        await work()
        return (self._place.cpu() - began) / self._households * _MILLION

    async def _screened(self) -> None:
        job_id = await self._monitoring.write(start_screening, None, TODAY, actor=OPERATOR)
        job = await run_job(self._monitoring, LONG_WORK, job_id, OPERATOR)
        assert job["result"]["households"] >= self._households, "all of them are screened"

    async def _summed(self) -> None:
        await self._monitoring.read(_sum)

    async def _rolled(self) -> None:
        await self._monitoring.write(begin_roll)
        while await run_next_part(self._monitoring, LONG_WORK):
            pass


def random_batches(households: int) -> Iterator[list[FactToRecord]]:
    """Batches like those of the county, about random households; one fact in ten is an illness."""
    random, name, numbers = Random(households), new_id(), count()
    while True:
        chosen = random.sample(range(households), BATCH_FACTS)
        facts = [_fact(code_of(number), f"{name}/{next(numbers)}", place) for place, number in enumerate(chosen)]
        context = new_context()
        yield [FactToRecord(read_fact(fact), FactMode.LIVE, OFFICER, context) for fact in facts]


def _fact(code: str, reference: str, place: int) -> dict[str, Any]:
    said: dict[str, Any] = {"source": "bench", "source_ref": reference, "household_code": code}
    said["observed_on"] = TODAY.isoformat()
    if place % EVENT_EACH == 0:
        payload: dict[str, Any] = {"code": "C34.9", "name": "lung cancer", "serious": True, "main_earner": False}
        return said | {"member_no": 1, "type": "illness", "payload": payload}
    payload = {"branch": "wage", "month": format_month(LAST_MONTH), "amount": "100.00"}
    return said | {"type": "income", "payload": payload}


def _benefits(reading: Reading) -> int:
    return reading.connection.scalar(sa.select(sa.func.count()).select_from(_DISBURSEMENTS)) or 0


def _windows(reading: Reading) -> int:
    return reading.connection.scalar(sa.select(sa.func.count()).select_from(_WINDOWS)) or 0


def _fall_behind(uow: UnitOfWork) -> None:
    """Have all windows end a month too early, as on the first of a month."""
    uow.connection.execute(sa.update(_WINDOWS).values(anchor=_WINDOWS.c.anchor - 1))
    uow.connection.execute(sa.delete(table_of(NightlyRoll)))


def _sum(reading: Reading) -> None:
    numbers = [sa.func.sum(column) for column in _WINDOWS.c if isinstance(column.type, sa.Integer)]
    reading.connection.execute(sa.select(*numbers)).all()


SECTIONS: Final[dict[str, Callable[[AtSize], list[Figure]]]] = {
    "made": AtSize.made,
    "facts": AtSize.facts,
    "lists": AtSize.lists,
    "screening": AtSize.screening,
    "starting": AtSize.starting,
}
PLACES: Final = {"sqlite": on_sqlite, "postgres": on_postgres}


def measure_at_size(
    folder: Path, households: int, run: Callable[..., Any], rounds: int, show: Callable[[str, list[Figure]], None]
) -> list[Figure]:
    """Measure everything at the size of a prefecture; ``show`` is told of each section as it ends."""
    found: list[Figure] = []
    for name, opened in PLACES.items():
        with ExitStack() as stack:
            at_size = AtSize(stack.enter_context(opened(folder / name)), households, run, rounds)
            stack.callback(at_size.close)
            for section, measured in SECTIONS.items():
                figures = measured(at_size)
                show(f"{name} {section}", figures)
                found += figures
    return found
