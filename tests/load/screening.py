"""Screening all households, beside SUM of the columns that the rules look at: processor time, not time of arrival."""

import datetime as dt
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path

import sqlalchemy as sa

from services.monitoring.ledger.rules.income import IncomeMonth
from services.monitoring.models.ledger import HouseholdWindow
from services.monitoring.screenings.commands import SCREENING
from shared.db.base import table_of
from shared.db.database import Database
from shared.db.unit_of_work import Reading
from shared.jobs.running import run_to_the_end
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
_LOOKED_AT = (
    "net",
    "self_paid",
    "known_mask",
    "previous_net",
    "previous_mask",
    "quarter_net",
    "previous_quarter_net",
)
_WINDOWS = table_of(HouseholdWindow)
_SELECT_SUM = sa.select(*(sa.func.sum(_WINDOWS.c[name]) for name in _LOOKED_AT))
_SELECT_BACKENDS = sa.text(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
)


def _households(number: int, rounds: int) -> Iterator[LaidHousehold]:
    """So many households of one county, with known income also in the months that the rounds go on to."""
    last = month_of(TODAY) - 1 + rounds
    for place in range(number):
        amount = _STEADY_FEN if place % _ONE_IN else _LITTLE_FEN
        months = {month: IncomeMonth(wage=amount, income_facts=1) for month in range(last - _MONTHS - rounds, last + 1)}
        yield LaidHousehold(f"S{place:07d}", f"520626{place % _VILLAGES:06d}", months)


async def screening(monitoring: Database, rounds: int, number: int) -> list[Figure]:
    """Seconds of the processor for a million households, measured over so many."""
    await _lay(monitoring, list(_households(number, rounds)))
    measured = Rounds()
    await _screen(monitoring, TODAY)
    for place in range(rounds):
        day = _months_after(TODAY, place + 1)
        for name, work in (
            ("stale", lambda: _screen(monitoring, day)),  # noqa: B023  called at once
            ("fresh", lambda: _screen(monitoring, day)),  # noqa: B023
            ("sum", lambda: monitoring.read(_sum)),
        ):
            measured.add(name, await _milliseconds(monitoring, work) * 1e3 / number)
    database = "SQLite" if monitoring.is_sqlite else "PostgreSQL"
    stale = aims.SCREENING_STALE_SQLITE if monitoring.is_sqlite else aims.SCREENING_STALE_POSTGRES
    path, limit = f"screening on {database}, CPU per million households", "SUM of the same columns"
    return [
        Figure(
            "g",
            f"{path}, nothing changes",
            "s",
            measured["fresh"],
            measured["sum"],
            limit,
            aims.SCREENING_UNCHANGED,
        ),
        Figure("g", f"{path}, a month later", "s", measured["stale"], aim=stale),
    ]


async def _lay(monitoring: Database, households: Sequence[LaidHousehold]) -> None:
    for begin in range(0, len(households), _AT_ONCE):
        await monitoring.write(lay_households, households[begin : begin + _AT_ONCE])
    if not monitoring.is_sqlite:
        await monitoring.write(lambda uow: uow.connection.exec_driver_sql("ANALYZE"))


async def _screen(monitoring: Database, day: dt.date) -> None:
    await run_to_the_end(monitoring, {"screening": SCREENING}, "screening", {"as_of": day.isoformat()}, OPERATOR)


def _months_after(day: dt.date, months: int) -> dt.date:
    year, month = divmod(month_of(day) + months, 12)
    return dt.date(year, month + 1, 1)


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
