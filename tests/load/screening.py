"""Screening all households, beside a SELECT of all that the rules read; and the nightly roll beside such a screening.

Processor time, not time of arrival.
"""

import datetime as dt
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path

import sqlalchemy as sa

from services.monitoring.ledger.rules.income import IncomeMonth
from services.monitoring.models.households import Household
from services.monitoring.models.ledger import HouseholdWindow
from services.monitoring.models.risks import Risk
from services.monitoring.models.screenings import NightlyRoll
from services.monitoring.screenings.commands.roll import NIGHTLY_ROLL, ROLL, begin_roll
from services.monitoring.screenings.commands.screen import SCREENING, SCREENING_JOB, start_screening
from shared.db.base import table_of
from shared.db.database import Database
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.jobs.running import run_job, run_next_part
from shared.months import month_of
from shared.operations import OPERATOR
from tests.load import aims
from tests.load.county import TODAY
from tests.load.figures import Figure, Rounds
from tests.many_households import LaidHousehold, lay_households

_AT_ONCE = 1_000
_MONTHS = 24
_VILLAGES = 40
_STEADY_FEN, _LITTLE_FEN = 300_000, 150_000
"""Income of a month: enough, and of one household in fifty below the line, so that its risk is open."""
_ONE_IN = 50
_PART = 2
"""The screening is measured over this part of the households first."""
_CHANGED, _CHANGED_EACH = "520627", 6
"""The county of every sixth household; in the rounds of the roll those are due."""
_LOOKED_AT = (
    "net",
    "self_paid",
    "known_mask",
    "previous_net",
    "previous_mask",
    "quarter_net",
    "previous_quarter_net",
)
_WINDOWS, _HOUSEHOLDS, _RISKS = table_of(HouseholdWindow), table_of(Household), table_of(Risk)
_SELECT_SUM = sa.select(*(sa.func.sum(_WINDOWS.c[name]) for name in _LOOKED_AT))
_OF_HOUSEHOLD = ("code", "region_code", "category", "member_count", "able_workers", "fragile_members", "relocated")
_SELECT_ALL = (
    sa.select(*(_HOUSEHOLDS.c[name] for name in (*_OF_HOUSEHOLD, "dibao", "ended_on")), *_WINDOWS.c)
    .join(_WINDOWS, _WINDOWS.c.household_code == _HOUSEHOLDS.c.code)
    .where(_HOUSEHOLDS.c.ended_on.is_(None))
)
_SELECT_OPEN = sa.select(_RISKS).where(_RISKS.c.status == "open")
_SELECT_BACKENDS = sa.text(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
)


def _households(number: int, rounds: int) -> Iterator[LaidHousehold]:
    """So many households of two counties, with known income also in the months that the rounds go on to."""
    last = month_of(TODAY) - 1 + rounds
    for place in range(number):
        amount = _STEADY_FEN if place % _ONE_IN else _LITTLE_FEN
        months = {month: IncomeMonth(wage=amount, income_facts=1) for month in range(last - _MONTHS - rounds, last + 1)}
        county = _CHANGED if place % _CHANGED_EACH == 0 else "520626"
        yield LaidHousehold(f"S{place:07d}", f"{county}{place % _VILLAGES:06d}", months)


async def screening(monitoring: Database, rounds: int, number: int) -> list[Figure]:
    """Seconds of the processor for a million households, measured over a part of so many, and over all of them."""
    laid = list(_households(number, rounds))
    few = number // _PART
    await _lay(monitoring, laid[:few])
    small = await _unchanged(monitoring, rounds, few)
    await _lay(monitoring, laid[few:])
    measured = await _unchanged(monitoring, rounds, number)
    await _rolls(monitoring, measured, rounds)
    for place in range(rounds):
        day = _months_after(TODAY, place + 1)
        spent = await _milliseconds(monitoring, lambda: screen(monitoring, day))  # noqa: B023  called at once
        measured.add("stale", spent * 1e3 / number)
    return _figures(monitoring, number, small, measured)


async def _unchanged(monitoring: Database, rounds: int, number: int) -> Rounds:
    """What a screening that changes nothing costs, and reading."""
    measured = Rounds()
    await screen(monitoring, TODAY)
    for _ in range(rounds):
        for name, work in (
            ("fresh", lambda: screen(monitoring, TODAY)),
            ("select", lambda: monitoring.read(read_all)),
            ("sum", lambda: monitoring.read(_sum)),
        ):
            measured.add(name, await _milliseconds(monitoring, work) * 1e3 / number)
    return measured


async def _rolls(monitoring: Database, measured: Rounds, rounds: int) -> None:
    """One household in six is due: the roll finds and judges them; a screening of their county judges just them."""
    for _ in range(rounds):
        for name, work in (
            ("roll", lambda: _roll(monitoring)),
            ("just them", lambda: screen(monitoring, TODAY, _CHANGED)),
        ):
            await monitoring.write(_fall_due)
            measured.add(name, await _milliseconds(monitoring, work))


def _figures(monitoring: Database, number: int, small: Rounds, measured: Rounds) -> list[Figure]:
    database = "SQLite" if monitoring.is_sqlite else "PostgreSQL"
    stale = aims.SCREENING_STALE_SQLITE if monitoring.is_sqlite else aims.SCREENING_STALE_POSTGRES
    path = f"screening on {database}, CPU per million households"
    unchanged, select, total = f"{path}, nothing changes", "SELECT of all columns the rules read", "SUM of the columns"
    changed = f"the roll on {database} of {number // _CHANGED_EACH:,} of {number:,} households"
    return [
        Figure("g", unchanged, "s", measured["fresh"], measured["select"], select, aims.SCREENING_UNCHANGED),
        Figure("g", unchanged, "s", measured["fresh"], measured["sum"], total, aims.SCREENING_BESIDE_SUM),
        Figure(
            "g",
            f"{unchanged}, of {number:,}",
            "s",
            measured["fresh"],
            small["fresh"],
            f"of {number // _PART:,}",
            aims.SCREENING_FLAT,
        ),
        Figure("g", f"{path}, a month later", "s", measured["stale"], aim=stale),
        Figure("g", changed, "ms", measured["roll"], measured["just them"], "a screening of just them", aims.ROLL),
    ]


async def _lay(monitoring: Database, households: Sequence[LaidHousehold]) -> None:
    for begin in range(0, len(households), _AT_ONCE):
        await monitoring.write(lay_households, households[begin : begin + _AT_ONCE])
    if not monitoring.is_sqlite:
        await monitoring.write(lambda uow: uow.connection.exec_driver_sql("ANALYZE"))


async def screen(monitoring: Database, day: dt.date, region_code: str | None = None) -> None:
    """Judge all households, or those of a region, as of a day."""
    job_id = await monitoring.write(start_screening, region_code, day, actor=OPERATOR)
    await run_job(monitoring, {SCREENING_JOB: SCREENING}, job_id, OPERATOR)


async def _roll(monitoring: Database) -> None:
    await monitoring.write(begin_roll)
    while await run_next_part(monitoring, {NIGHTLY_ROLL: ROLL}):
        pass


def _fall_due(uow: UnitOfWork) -> None:
    """Have the households of one county be due today, and the roll of the day begin anew."""
    in_county = sa.select(_HOUSEHOLDS.c.code).where(_HOUSEHOLDS.c.region_code.like(f"{_CHANGED}%"))
    yesterday = TODAY - dt.timedelta(days=1)
    uow.connection.execute(
        sa.update(_WINDOWS).where(_WINDOWS.c.household_code.in_(in_county)).values(due_after=yesterday)
    )
    uow.connection.execute(sa.delete(table_of(NightlyRoll)))


def _months_after(day: dt.date, months: int) -> dt.date:
    year, month = divmod(month_of(day) + months, 12)
    return dt.date(year, month + 1, 1)


def read_all(reading: Reading) -> None:
    """Read all that the rules read, as plain rows."""
    for asked in (_SELECT_ALL, _SELECT_OPEN):
        text = str(asked.compile(dialect=reading.connection.dialect, compile_kwargs={"literal_binds": True}))
        reading.connection.exec_driver_sql(text).all()


def _sum(reading: Reading) -> None:
    reading.connection.execute(_SELECT_SUM).one()


async def _milliseconds(monitoring: Database, work: Callable[[], Awaitable[None]]) -> float:
    """What this process and the server's processes for this database work for it."""
    backends = set(await _backends(monitoring))
    before = time.process_time() * 1e3 + sum(map(_worked, backends))
    await work()
    backends |= set(await _backends(monitoring))
    return time.process_time() * 1e3 + sum(map(_worked, backends)) - before


async def _backends(monitoring: Database) -> Sequence[int]:
    if monitoring.is_sqlite:
        return ()
    return await monitoring.read(lambda reading: reading.connection.scalars(_SELECT_BACKENDS).all())


def _worked(process: int) -> float:
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e6
