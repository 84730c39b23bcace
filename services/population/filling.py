"""Filling the database of a system that stands still. Whatever cut it off, the same command goes on where it stood."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from services.monitoring.app import MONITORING
from services.monitoring.models.facts import Fact
from services.monitoring.models.households import Household
from services.monitoring.models.persons import Member
from services.population.laying import AT_ONCE, lay_homes
from services.population.prefecture import Home, Prefecture, code_of, in_batches
from shared.context import new_context
from shared.db.base import table_of
from shared.db.database import Database
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.house import HouseDefinition
from shared.runtime import migrate_all, open_process, running
from shared.security.actor import EVERY, Actor
from shared.settings import Settings
from shared.starting import CannotStart

POPULATION: Final = Actor(id="population", scopes=frozenset(), regions=("52",), sources=frozenset({EVERY}))
"""Who registers the households: they stand under this name in the audit."""
BEGUN: Final = "population-begun"
"""Says in the audit which prefecture is laid: whoever goes on has to lay the same."""
_HOUSEHOLDS, _AUDIT = table_of(Household), MONITORING.system_tables.audit
_OTHER_SESSIONS: Final = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)
_LOOKS, _BETWEEN_LOOKS_SECONDS = 10, 0.1
_EMPTY_ONE: Final = "name another data folder with DATA=, or take an empty database"


class Population(NamedTuple):
    """What lies in the database."""

    households: int
    members: int
    facts: int


async def populate(
    houses: Sequence[HouseDefinition],
    settings: Settings,
    prefecture: Prefecture,
    tell: Callable[[int], None],
) -> Population:
    """Lay a prefecture into the database of monitoring; ``tell`` is told how many households lie there by then.

    Raises CannotStart where the system runs, and where the database is neither empty nor one in which the laying of
    this very prefecture was cut off.
    """
    for house in houses:
        await _demand_stopped(settings, house)
    await migrate_all(houses, settings)
    on_the_eve = settings.model_copy(update={"today": prefecture.eve})
    async with running(open_process([MONITORING], on_the_eve, answers=False), background=False) as process:
        [monitoring] = process.houses
        return await _fill(monitoring.database, prefecture, tell)


async def _fill(monitoring: Database, prefecture: Prefecture, tell: Callable[[int], None]) -> Population:
    laid = await monitoring.read(_households_laid, prefecture)
    tell(laid)
    for homes in in_batches(prefecture.homes(laid), AT_ONCE[monitoring.is_sqlite]):
        await monitoring.write(_lay, prefecture, homes, actor=POPULATION, context=new_context())
        laid += len(homes)
        tell(laid)
    if not monitoring.is_sqlite:
        await monitoring.write(_analyse)
    return await monitoring.read(_count)


async def _demand_stopped(settings: Settings, house: HouseDefinition) -> None:
    """Raise CannotStart where somebody has the database of a house open."""
    url = sa.make_url(settings.database_url_of(house.name))
    is_in_use = _has_other_sessions if url.get_backend_name() == "postgresql" else _is_open
    for _ in range(_LOOKS):  # what is just ending is waited for
        if not await is_in_use(url):
            return
        await asyncio.sleep(_BETWEEN_LOOKS_SECONDS)
    raise CannotStart(f"the database of {house.name} is in use: stop the system first, then begin again")


async def _has_other_sessions(url: sa.URL) -> bool:
    """Whether somebody is connected to a PostgreSQL database."""
    engine = create_async_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        return bool(await connection.scalar(sa.text(_OTHER_SESSIONS)))


async def _is_open(url: sa.URL) -> bool:
    return await asyncio.to_thread(_is_open_file, Path(str(url.database)))


def _is_open_file(path: Path) -> bool:
    """Whether another process has a SQLite database open: it cannot be had for one alone then."""
    if not path.exists():
        return False
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as database:
        try:
            database.execute("PRAGMA locking_mode=EXCLUSIVE")
            database.execute("BEGIN EXCLUSIVE")
            database.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                return True
            raise
    return False


def _households_laid(reading: Reading, prefecture: Prefecture) -> int:
    """How many households of the prefecture lie there. Raises CannotStart where anything else does, or all of them."""
    there = reading.connection.scalar(sa.select(sa.func.count()).select_from(_HOUSEHOLDS)) or 0
    if not there:
        return 0
    begun = sa.select(_AUDIT.c.after).where(_AUDIT.c.action == BEGUN).order_by(_AUDIT.c.at.desc())
    asked = reading.connection.scalar(begun.limit(1))
    if asked is None:
        raise CannotStart(f"the database holds {there} households already: {_EMPTY_ONE}")
    if asked != _asked(prefecture):
        said = " ".join(f"{name.upper()}={value}" for name, value in asked.items())
        raise CannotStart(f"the database holds {there} households of {said}: ask for these, or {_EMPTY_ONE}")
    ours = _HOUSEHOLDS.c.code.between(code_of(0), code_of(prefecture.households - 1))
    if reading.connection.scalar(sa.select(sa.func.count()).where(ours)) != there:
        raise CannotStart(f"the database holds other households as well: {_EMPTY_ONE}")
    if there == prefecture.households:
        raise CannotStart(f"the database holds all {there} households already: {_EMPTY_ONE}")
    return there


def _asked(prefecture: Prefecture) -> dict[str, Any]:
    return {"households": prefecture.households, "seed": prefecture.seed, "today": prefecture.on.isoformat()}


def _lay(uow: UnitOfWork, prefecture: Prefecture, homes: Sequence[Home]) -> None:
    """Lay these households, all told as history; with the first ones it is said what is begun."""
    if homes[0].code == code_of(0):
        uow.audit(BEGUN, "population", after=_asked(prefecture))
    lay_homes(uow, [home.told_later() for home in homes])


def _analyse(uow: UnitOfWork) -> None:
    """Have the planner know how large the tables are, before the first night."""
    uow.connection.exec_driver_sql("ANALYZE")


def _count(reading: Reading) -> Population:
    tables = (_HOUSEHOLDS, table_of(Member), table_of(Fact))
    return Population(
        *(reading.connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in tables)
    )
