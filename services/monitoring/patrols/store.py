"""Rows of patrols, and which households are to be seen in a month."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.as_of.store import households_on
from services.monitoring.cases.store.monitored import monitored_on
from services.monitoring.models.contacts import Contact, Patrol, PatrolVisit
from services.monitoring.patrols.rules import VISITS
from shared.codes.monitoring import HouseholdCategory
from shared.codes.records import RecordStatus
from shared.db.base import table_of
from shared.db.by_region import parameter_by_region
from shared.db.rows import insert_into, insert_rows
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.months import first_day

_PATROLS, _VISITS, _CONTACTS = table_of(Patrol), table_of(PatrolVisit), table_of(Contact)
_STANDS = RecordStatus.STANDS
_DAY = dt.timedelta(days=1)


def write_patrol(uow: UnitOfWork, row: dict[str, Any], household_codes: Sequence[str]) -> bool:
    """Write a patrol and whom it saw. Returns whether it is new: it is not where its id is there already."""
    adding = insert_into(_PATROLS, uow.connection.dialect.name).values(row)
    if not uow.connection.execute(adding.on_conflict_do_nothing(index_elements=["id"])).rowcount:
        return False
    seen = [{"patrol_id": row["id"], "household_code": code, "on": row["on"]} for code in household_codes]
    insert_rows(uow.connection, _VISITS, seen)
    return True


def lock_patrol(uow: UnitOfWork, patrol_id: UUID) -> sa.RowMapping | None:
    """A patrol that somebody recorded here, locked; None where there is none. Visits of tasks are told elsewhere."""
    told_here = (_PATROLS.c.id == patrol_id) & _PATROLS.c.contact_code.is_not(None)
    return uow.connection.execute(sa.select(_PATROLS).where(told_here).with_for_update()).mappings().one_or_none()


def replace_patrol(uow: UnitOfWork, patrol_id: UUID, status: RecordStatus) -> None:
    """Have a patrol, which is locked, count no longer."""
    uow.connection.execute(sa.update(_PATROLS).where(_PATROLS.c.id == patrol_id).values(status=status))


def load_region(reading: Reading, contact_code: str) -> str | None:
    """The region of a contact."""
    found: str | None = reading.connection.scalar(
        sa.select(_CONTACTS.c.region_code).where(_CONTACTS.c.code == contact_code)
    )
    return found


def load_patrol(reading: Reading, patrol_id: UUID) -> tuple[sa.Row[Any], list[str]] | None:
    """A patrol with the households that it saw, by code; None where there is none."""
    row = reading.connection.execute(sa.select(_PATROLS).where(_PATROLS.c.id == patrol_id)).one_or_none()
    if row is None:
        return None
    seen = sa.select(_VISITS.c.household_code).where(_VISITS.c.patrol_id == patrol_id)
    return row, list(reading.connection.scalars(seen.order_by(_VISITS.c.household_code)))


class _Days(NamedTuple):
    first: dt.date
    last: dt.date

    @classmethod
    def of(cls, month: int) -> "_Days":
        return cls(first_day(month), first_day(month + 1) - _DAY)


def to_be_seen(reading: Reading, month: int) -> sa.Select[Any]:
    """Lifted and monitored households of a month: on how many days they were seen, and on how many they should be.

    They are those of its last day, where they lived then.
    """
    days = _Days.of(month)
    there, monitored = households_on(reading, days.last), monitored_on(reading, days.last)
    counting = _VISITS.join(_PATROLS, (_PATROLS.c.id == _VISITS.c.patrol_id) & (_PATROLS.c.status == _STANDS))
    of_household = _VISITS.c.household_code == there.c.code
    visits = sa.select(sa.func.count(sa.distinct(_VISITS.c.on))).select_from(counting)
    visits = visits.where(of_household, _VISITS.c.on.between(*days))
    latest = sa.select(sa.func.max(_VISITS.c.on)).select_from(counting).where(of_household, _VISITS.c.on <= days.last)
    needed = parameter_by_region(reading.policy, VISITS, days.last, there.c.region_code)
    is_monitored = there.c.code.in_(sa.select(monitored.c.household_code))
    return sa.select(
        there.c.code.label("household_code"),
        there.c.region_code,
        there.c.category,
        is_monitored.label("monitored"),
        visits.scalar_subquery().label("visits"),
        needed.label("needed"),
        latest.scalar_subquery().label("last_visited_on"),
    ).where((there.c.category == HouseholdCategory.LIFTED) | is_monitored)
