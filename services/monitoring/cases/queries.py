"""What can be asked of cases. Every answer is limited to the caller's region."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from pydantic import Field

from services.monitoring.cases.schemas import CaseListed, CaseOut, PublicityLine
from services.monitoring.cases.sheets import CASE_LIST, PUBLICITY
from services.monitoring.cases.store.rows import CASES, IS_OPEN, find_case
from services.monitoring.cases.store.shown import show_case, show_cases
from services.monitoring.cases.store.standings import load_standings
from services.monitoring.models.households import Household
from services.monitoring.persons.store import load_members_of
from shared.codes.monitoring import CaseKind, CaseStatus, Relation
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.fields import HouseholdCode, UpdatedAfter
from shared.identity import mask_name
from shared.lists.filters import holds
from shared.lists.order import by
from shared.lists.page import Page
from shared.lists.portions import Key, Portion
from shared.lists.query import ListQuery
from shared.regions import RegionFilter, regions
from shared.security.actor import PERSONAL

_HOUSEHOLDS = table_of(Household)
_HANGS_OUT: Final = (CaseStatus.PUBLICITY, CaseStatus.OBJECTION)


def _is_overdue(reading: Reading) -> sa.ColumnElement[bool]:
    """逾期: nobody has ended it, and it was due before the business date."""
    return IS_OPEN & sa.func.coalesce(CASES.c.due_on < reading.today(), sa.false())


class CaseList(ListQuery):
    """Which cases are asked for, village by village, the oldest first."""

    order = by("region_code", "id")
    sheet = CASE_LIST
    region_code: RegionFilter | None = None
    household_code: HouseholdCode | None = None
    kind: CaseKind | None = None
    status: CaseStatus | None = None
    overdue: Annotated[bool | None, holds(_is_overdue)] = Field(
        None, description="Not ended, and due before the business date"
    )
    updated_after: UpdatedAfter = None


class VersionedCase(NamedTuple):
    """A case and the version of it that is shown."""

    case: CaseOut
    version: int


def versioned_case(reading: Reading, case_id: UUID) -> VersionedCase:
    """A case in full, with its version."""
    row = find_case(reading, case_id)
    return VersionedCase(show_case(reading, row), row["version"])


def cases(reading: Reading, asked: CaseList) -> Page[CaseListed]:
    """Cases with their histories."""
    rows = sa.select(CASES)
    return asked.page(reading, rows, lambda found: show_cases(reading, [row._asdict() for row in found]))


class PublicityList(ListQuery):
    """The households whose cases hang out, village by village."""

    order = by("region_code", "id")
    sheet = PUBLICITY
    region_code: RegionFilter | None = None


class Hanging(NamedTuple):
    """A line of the publicity, and the household it is about."""

    household_code: str
    line: PublicityLine


def publicity_part(reading: Reading, region_code: str | None, after: Key | None = None) -> Portion[Hanging]:
    """The next households whose cases hang out 公示. Raises RegionNotAllowed."""
    rows = (
        sa.select(CASES, _HOUSEHOLDS.c.member_count)
        .join(_HOUSEHOLDS, _HOUSEHOLDS.c.code == CASES.c.household_code)
        .where(CASES.c.status.in_(_HANGS_OUT))
    )
    found = (
        PublicityList(region_code=region_code).from_place(after).page(reading, rows, lambda rows: _lines(reading, rows))
    )
    assert isinstance(found, Portion), "a report has no pages"
    return found


def _lines(reading: Reading, rows: Sequence[Any]) -> list[Hanging]:
    codes = [row.household_code for row in rows]
    members, standings = load_members_of(reading, codes), load_standings(reading, codes)
    return [
        Hanging(
            row.household_code,
            PublicityLine(
                head_name=_head(reading, [one.member for one in members[row.household_code]]),
                village=_village(row.region_code),
                region_code=row.region_code,
                kind=row.kind,
                household_class=row.household_class or standings[row.household_code].household_class,
                members=row.member_count,
                until=row.publicity_until,
            ),
        )
        for row in rows
    ]


def _head(reading: Reading, members: Sequence[Any]) -> str | None:
    name = next((member.name for member in members if member.relation is Relation.HEAD), None)
    return name if name is None or reading.actor.may(PERSONAL) else mask_name(name)


def _village(region_code: str) -> str:
    known = regions().nearest_local(region_code)
    return region_code if known is None else known.name
