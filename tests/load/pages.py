"""Page 1,000 of a list beside its page 1, and how many statements either takes: as many whatever the page holds."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.findings.commands.check import check_findings
from services.monitoring.findings.queries import FindingList, findings
from services.monitoring.households.queries import HouseholdList, households
from services.monitoring.ledger.store import lock_households
from services.monitoring.models.households import Household
from services.monitoring.models.screenings import Screening
from services.monitoring.protections.queries import ProtectionList, listed_protections
from services.monitoring.protections.store import KeptStanding, write_kept
from services.monitoring.risks.queries import RiskList, risks
from services.monitoring.screenings.queries import ScreenedList, screened_households
from shared.codes.circumstances import Protection, ProtectionStatus
from shared.db.base import table_of
from shared.db.database import Database
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.security.actor import Actor
from shared.security.issuer import ALL_SCOPES
from tests.load import aims
from tests.load.bare import chunks
from tests.load.county import TODAY
from tests.load.cpu import Meter
from tests.load.figures import Figure, Rounds

_CALLER: Final = Actor("nation", frozenset(ALL_SCOPES), ("",))
_PATH: Final = "/a-list"
_PAGE: Final = 1_000
_CALLS: Final = 20
_FEW, _MANY = 1, 20
"""Rows of a page."""
_AT_ONCE: Final = 1_000
_HOUSEHOLDS, _SCREENINGS = table_of(Household), table_of(Screening)
Asked = Callable[[Reading, Any], Page[Any]]


async def deep_pages(section: str, monitoring: Database, rounds: int, cpu: Meter) -> list[Figure]:
    """The lists of a house whose households were screened; of each household something is found and kept."""
    await _fill(monitoring)
    screening_id = await monitoring.read(_last_screening)
    lists: Mapping[str, tuple[Asked, type[ListQuery], int]] = {
        "households": (households, HouseholdList, _MANY),
        "findings": (findings, FindingList, _MANY),
        "protections": (listed_protections, ProtectionList, _MANY),
        "risks": (risks, RiskList, _FEW),
        "households of a screening": (_of_screening(screening_id), ScreenedList, _FEW),
    }
    return [await _measured(section, monitoring, name, *asked, rounds, cpu) for name, asked in lists.items()]


async def _measured(
    section: str,
    monitoring: Database,
    name: str,
    query: Asked,
    model: type[ListQuery],
    limit: int,
    rounds: int,
    cpu: Meter,
) -> Figure:
    first = model.model_validate({"limit": limit})
    deep = await _asked_for_page(monitoring, query, model, limit)
    counted = [await _statements(monitoring, query, asked) for asked in (first, deep, _larger(first), _larger(deep))]
    assert len(set(counted)) == 1, f"{name}: {counted} statements for a page"
    measured = Rounds()
    for place in range(rounds + 1):
        times = {
            at: await _milliseconds(monitoring, query, asked, cpu) for at, asked in (("first", first), ("deep", deep))
        }
        measured.add_round(place, times)
    path = f"{name}: page {_PAGE:,} of {limit}, {counted[0]} statements"
    return Figure(section, path, "ms", measured["deep"], measured["first"], "page 1", aims.DEEP_PAGE)


def _larger(asked: ListQuery) -> ListQuery:
    return asked.model_copy(update={"limit": asked.limit * 5})


async def _asked_for_page(monitoring: Database, query: Asked, model: type[ListQuery], limit: int) -> ListQuery:
    """The question for the page, as whoever reads page after page comes to it."""
    cursor: str | None = None
    for _ in range(_PAGE - 1):
        asked = model.model_validate({"limit": limit, "cursor": cursor} if cursor else {"limit": limit})
        page = await monitoring.read(query, asked.at(_PATH), actor=_CALLER)
        cursor = page.next_cursor
        assert cursor is not None, "the list is longer"
    return model.model_validate({"limit": limit, "cursor": cursor})


async def _statements(monitoring: Database, query: Asked, asked: ListQuery) -> int:
    with _counting() as statements:
        await monitoring.read(query, asked.at(_PATH), actor=_CALLER)
    return len(statements)


@contextmanager
def _counting() -> Iterator[list[str]]:
    statements: list[str] = []

    def count(_: Any, __: Any, statement: str, *___: Any) -> None:
        if statement.startswith("SELECT"):
            statements.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", count)
    try:
        yield statements
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", count)


async def _milliseconds(monitoring: Database, query: Asked, asked: ListQuery, cpu: Meter) -> float:
    began = cpu()
    for _ in range(_CALLS):
        await monitoring.read(query, asked.at(_PATH), actor=_CALLER)
    return (cpu() - began) / _CALLS * 1000


def _of_screening(screening_id: UUID) -> Asked:
    return lambda reading, asked: screened_households(reading, asked, screening_id)


def _last_screening(reading: Reading) -> UUID:
    last = (
        sa.select(_SCREENINGS.c.id).where(_SCREENINGS.c.region_code.is_(None)).order_by(_SCREENINGS.c.began_at.desc())
    )
    found: UUID = reading.connection.scalars(last.limit(1)).one()
    return found


async def _fill(monitoring: Database) -> None:
    places = await monitoring.read(_places)
    for some in chunks(places, _AT_ONCE):
        await monitoring.write(_find, some)


def _places(reading: Reading) -> Sequence[tuple[str, str]]:
    standing = sa.select(_HOUSEHOLDS.c.code, _HOUSEHOLDS.c.region_code).order_by(_HOUSEHOLDS.c.code)
    return [(code, region_code) for code, region_code in reading.connection.execute(standing)]


def _find(uow: UnitOfWork, places: Sequence[tuple[str, str]]) -> None:
    codes = [code for code, _ in places]
    lock_households(uow, codes)
    check_findings(uow, codes)
    now = uow.stamp()
    write_kept(
        uow,
        [
            (code, protection, KeptStanding(region_code, ProtectionStatus.UNKNOWN, None, [], None, TODAY, now))
            for code, region_code in places
            for protection in Protection
        ],
    )
