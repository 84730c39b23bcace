"""Rows of patrols, and which households are to be seen in a month."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.models.cases import Case
from services.monitoring.models.contacts import Patrol, PatrolVisit
from services.monitoring.models.households import Household
from services.monitoring.patrols.rules import VISITS
from shared.codes.monitoring import CaseKind, CaseStatus, HouseholdCategory
from shared.db.base import table_of
from shared.db.by_region import parameter_by_region
from shared.db.rows import insert_into, insert_rows
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.months import first_day

_PATROLS, _VISITS, _HOUSEHOLDS, _CASES = table_of(Patrol), table_of(PatrolVisit), table_of(Household), table_of(Case)
_DAY = dt.timedelta(days=1)


def write_patrol(uow: UnitOfWork, row: dict[str, Any], household_codes: Sequence[str]) -> bool:
    """Write a patrol and whom it saw. Returns whether it is new: it is not where its id is there already."""
    adding = insert_into(_PATROLS, uow.connection.dialect.name).values(row)
    if not uow.connection.execute(adding.on_conflict_do_nothing(index_elements=["id"])).rowcount:
        return False
    seen = [{"patrol_id": row["id"], "household_code": code, "on": row["on"]} for code in household_codes]
    insert_rows(uow.connection, _VISITS, seen)
    return True


def load_patrol(reading: Reading, patrol_id: UUID) -> tuple[sa.Row[Any], list[str]] | None:
    """A patrol with the households that it saw, by code; None where there is none."""
    row = reading.connection.execute(sa.select(_PATROLS).where(_PATROLS.c.id == patrol_id)).one_or_none()
    if row is None:
        return None
    seen = sa.select(_VISITS.c.household_code).where(_VISITS.c.patrol_id == patrol_id)
    return row, list(reading.connection.scalars(seen.order_by(_VISITS.c.household_code)))


def monitored_on(day: dt.date) -> sa.Subquery:
    """The households that are monitored 监测对象 at the end of a day, with class and day of admission.

    They were admitted by then, and no elimination that still stands had been approved.
    """
    gone = _CASES.alias()
    eliminated = sa.exists().where(
        gone.c.household_code == _CASES.c.household_code,
        gone.c.kind == CaseKind.ELIMINATION,
        gone.c.status == CaseStatus.ELIMINATED,
        gone.c.episode == _CASES.c.episode,
        gone.c.approved_on <= day,
    )
    return (
        sa.select(
            _CASES.c.household_code,
            _CASES.c.household_class,
            _CASES.c.approved_on.label("admitted_on"),
            _HOUSEHOLDS.c.region_code,
            _HOUSEHOLDS.c.member_count,
            _HOUSEHOLDS.c.able_workers,
            _HOUSEHOLDS.c.dibao,
        )
        .join(_HOUSEHOLDS, _HOUSEHOLDS.c.code == _CASES.c.household_code)
        .where(_CASES.c.kind == CaseKind.IDENTIFICATION, _CASES.c.status == CaseStatus.MONITORED)
        .where(_CASES.c.approved_on <= day, is_there_on(day), ~eliminated)
        .subquery("monitored")
    )


def is_there_on(day: dt.date) -> sa.ColumnElement[bool]:
    """Whether a household is registered and not at an end on a day."""
    return (_HOUSEHOLDS.c.registered_on <= day) & (_HOUSEHOLDS.c.ended_on.is_(None) | (_HOUSEHOLDS.c.ended_on > day))


class _Days(NamedTuple):
    first: dt.date
    last: dt.date

    @classmethod
    def of(cls, month: int) -> "_Days":
        return cls(first_day(month), first_day(month + 1) - _DAY)


def to_be_seen(reading: Reading, month: int) -> sa.Select[Any]:
    """Lifted and monitored households of a month: on how many days they were seen, and on how many they should be."""
    days = _Days.of(month)
    monitored = monitored_on(days.last)
    of_household = _VISITS.c.household_code == _HOUSEHOLDS.c.code
    visits = sa.select(sa.func.count(sa.distinct(_VISITS.c.on))).where(of_household, _VISITS.c.on.between(*days))
    latest = sa.select(sa.func.max(_VISITS.c.on)).where(of_household, _VISITS.c.on <= days.last)
    needed = parameter_by_region(reading.policy, VISITS, days.last, _HOUSEHOLDS.c.region_code)
    is_monitored = _HOUSEHOLDS.c.code.in_(sa.select(monitored.c.household_code))
    return sa.select(
        _HOUSEHOLDS.c.code.label("household_code"),
        _HOUSEHOLDS.c.region_code,
        _HOUSEHOLDS.c.category,
        is_monitored.label("monitored"),
        visits.scalar_subquery().label("visits"),
        needed.label("needed"),
        latest.scalar_subquery().label("last_visited_on"),
    ).where(is_there_on(days.last), (_HOUSEHOLDS.c.category == HouseholdCategory.LIFTED) | is_monitored)
