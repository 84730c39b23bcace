"""Rows of the household register: identity numbers registered elsewhere, and the counties of household codes."""

from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa

from services.monitoring.households.rules import warnings_of_members, warnings_of_region
from services.monitoring.models.households import CodePrefix, Household
from services.monitoring.models.persons import Member
from services.monitoring.persons.rules import RegisteredMember
from services.monitoring.persons.store import MEMBERS
from shared.db.base import table_of
from shared.db.rows import insert_into
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.findings import Finding

_HOUSEHOLDS, _MEMBERS, _PREFIXES = table_of(Household), table_of(Member), table_of(CodePrefix)


def standing_warnings(
    reading: Reading, code: str, region_code: str, members: Sequence[RegisteredMember], shown: Collection[int]
) -> list[Finding]:
    """What should be checked at home as long as it is registered so; see `warnings_of_members`."""
    numbers = [member.id_number for member in members if member.id_number]
    elsewhere = _load_registered_elsewhere(reading, code, numbers)
    return [*warnings_of_region(region_code), *warnings_of_members(members, shown, elsewhere)]


def _load_registered_elsewhere(reading: Reading, code: str, numbers: Sequence[str]) -> Mapping[str, list[str]]:
    """The other households with a member of one of these identity numbers: of them only those the caller may see."""
    if not numbers:
        return {}
    wanted = MEMBERS.marks(reading, "id_number", numbers)
    rows = reading.connection.execute(
        sa.select(_MEMBERS.c.id_number_index, _HOUSEHOLDS.c.code, _HOUSEHOLDS.c.region_code)
        .join(_HOUSEHOLDS, _HOUSEHOLDS.c.code == _MEMBERS.c.household_code)
        .where(_MEMBERS.c.id_number_index.in_(wanted), _HOUSEHOLDS.c.code != code, _HOUSEHOLDS.c.ended_on.is_(None))
        .order_by(_HOUSEHOLDS.c.code)
    )
    found: dict[str, list[str]] = {}
    for mark, other, region_code in rows:
        found.setdefault(wanted[mark], []).extend([other] if reading.actor.sees(region_code) else [])
    return found


def load_counties(reading: Reading, letters: str) -> set[str]:
    """The counties in which household codes begin with these letters."""
    return set(reading.connection.scalars(sa.select(_PREFIXES.c.county).where(_PREFIXES.c.prefix == letters)))


def write_county(uow: UnitOfWork, letters: str, county: str) -> None:
    """Remember that household codes of a county begin with these letters."""
    remember = insert_into(_PREFIXES, uow.connection.dialect.name).on_conflict_do_nothing()
    uow.connection.execute(remember, {"prefix": letters, "county": county})
