"""Households and members as they were registered on a day, in SQL.

A day is that on which something happened, whenever it was told: what comes in late about a month changes what is
counted of it, what happened later does not. Of today the tables themselves are asked, so that their indexes serve.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from services.monitoring.models.household_events import HouseholdBefore, MemberMove
from services.monitoring.models.households import Household
from services.monitoring.models.persons import Member
from shared.codes.monitoring import Labour
from shared.db.base import table_of
from shared.db.unit_of_work import Reading, UnitOfWork

_HOUSEHOLDS, _MEMBERS = table_of(Household), table_of(Member)
_MOVES, _BEFORE = table_of(MemberMove), table_of(HouseholdBefore)
_KEPT: Final = ("region_code", "category", "relocated", "dibao")
"""What is kept of a household when it changes."""
_OF_A_MEMBER: Final = ("household_code", "member_no", "person_id", "birth_date", "labour")
_ABLE: Final = [labour for labour in Labour if labour.is_able]


def write_before(uow: UnitOfWork, household: Household, changed: Mapping[str, Any], on: dt.date) -> None:
    """Keep what was registered of a household until a day, where these fields change any of it."""
    was = {name: getattr(household, name) for name in _KEPT}
    if all(changed.get(name, value) == value for name, value in was.items()):
        return
    row = {"household_code": household.code, "version": household.version + 1, "until": on, **was}
    uow.connection.execute(sa.insert(_BEFORE).values(row))


def is_there_on(day: dt.date) -> sa.ColumnElement[bool]:
    """Whether a household is registered and not at an end on a day."""
    return (_HOUSEHOLDS.c.registered_on <= day) & (_HOUSEHOLDS.c.ended_on.is_(None) | (_HOUSEHOLDS.c.ended_on > day))


def households_on(reading: Reading, day: dt.date) -> sa.Subquery:
    """The households that were there on a day, as they were registered then.

    Columns: code, region_code, category, relocated, dibao, member_count, able_workers.
    """
    counted = (_HOUSEHOLDS.c.member_count, _HOUSEHOLDS.c.able_workers)
    if day >= reading.today():
        today = sa.select(_HOUSEHOLDS.c.code, *(_HOUSEHOLDS.c[name] for name in _KEPT), *counted)
        return today.where(is_there_on(day)).subquery("there")
    before, people = _before(day), _people(reading, day)
    was_else, counts_else = before.c.household_code.is_not(None), people.c.household_code.is_not(None)
    return (
        sa.select(
            _HOUSEHOLDS.c.code,
            *(sa.case((was_else, before.c[name]), else_=_HOUSEHOLDS.c[name]).label(name) for name in _KEPT),
            *(sa.case((counts_else, people.c[one.name]), else_=one).label(one.name) for one in counted),
        )
        .join_from(_HOUSEHOLDS, before, before.c.household_code == _HOUSEHOLDS.c.code, isouter=True)
        .outerjoin(people, people.c.household_code == _HOUSEHOLDS.c.code)
        .where(is_there_on(day))
        .subquery("there")
    )


def _before(day: dt.date) -> sa.Subquery:
    """What was registered on a day of households of which something changed later: the first of those changes tells."""
    first = sa.func.row_number().over(partition_by=_BEFORE.c.household_code, order_by=_BEFORE.c.version)
    later = sa.select(*_BEFORE.c, first.label("place")).where(_BEFORE.c.until > day).subquery()
    return sa.select(later).where(later.c.place == 1).subquery("before")


def _people(reading: Reading, day: dt.date) -> sa.Subquery:
    """How many lived on a day in households in which somebody came, left or changed later."""
    members = members_on(reading, day)
    moved = sa.select(_MOVES.c.household_code).where(_MOVES.c.on > day).distinct().subquery()
    able = sa.func.sum(sa.case((members.c.labour.in_(_ABLE), 1), else_=0))
    return (
        sa.select(
            moved.c.household_code,
            sa.func.count(members.c.person_id).label("member_count"),
            sa.func.coalesce(able, 0).label("able_workers"),
        )
        .join_from(moved, members, members.c.household_code == moved.c.household_code, isouter=True)
        .group_by(moved.c.household_code)
        .subquery("people")
    )


def members_on(reading: Reading, day: dt.date) -> sa.Subquery:
    """Who lived in each household on a day, as `load_members_on` tells of one.

    Columns: household_code, member_no, person_id, birth_date, labour.
    """
    today = sa.select(*(_MEMBERS.c[name] for name in _OF_A_MEMBER))
    if day >= reading.today():
        return today.subquery("members")
    who = (_MOVES.c.household_code, _MOVES.c.member_no, _MOVES.c.person_id)
    first = sa.func.row_number().over(partition_by=who, order_by=(_MOVES.c.version, _MOVES.c.arrived))
    columns = (*(_MOVES.c[name] for name in _OF_A_MEMBER), _MOVES.c.arrived, first.label("place"))
    later = sa.select(*columns).where(_MOVES.c.on > day).subquery()
    changed = sa.exists().where(
        _MOVES.c.household_code == _MEMBERS.c.household_code,
        _MOVES.c.member_no == _MEMBERS.c.member_no,
        _MOVES.c.person_id == _MEMBERS.c.person_id,
        _MOVES.c.on > day,
    )
    left = sa.select(*(later.c[name] for name in _OF_A_MEMBER)).where(later.c.place == 1, ~later.c.arrived)
    return sa.union_all(today.where(~changed), left).subquery("members")


def region_then(
    reading: Reading, day: dt.date, household_code: sa.ColumnElement[Any], region_code: sa.ColumnElement[Any]
) -> sa.ColumnElement[Any]:
    """Where a household lived on a day, beside the column that says where it lives now."""
    if day >= reading.today():
        return region_code
    later = (_BEFORE.c.household_code == household_code) & (_BEFORE.c.until > day)
    first = sa.select(_BEFORE.c.region_code).where(later).order_by(_BEFORE.c.version).limit(1)
    return sa.func.coalesce(first.scalar_subquery(), region_code)


def load_registered_on(reading: Reading, household: Household, day: dt.date) -> Mapping[str, Any]:
    """What was registered of a household on a day: region, category, and whether relocated or in 低保."""
    later = sa.select(*(_BEFORE.c[name] for name in _KEPT)).where(
        _BEFORE.c.household_code == household.code, _BEFORE.c.until > day
    )
    row = reading.connection.execute(later.order_by(_BEFORE.c.version).limit(1)).mappings().one_or_none()
    return {name: getattr(household, name) for name in _KEPT} if row is None else dict(row)


def laid_out(columns: Sequence[sa.ColumnClause[Any]], rows: Collection[tuple[Any, ...]]) -> sa.FromClause:
    """A few rows as a table of a statement; there has to be one."""
    written = sa.values(*columns, literal_binds=True).data(list(rows)).cte()
    typed = (sa.cast(written.c[one.name], one.type).label(one.name) for one in columns)
    return sa.select(*typed).subquery()
