"""The persons behind the members of a household: found, taken in, and remembered once they have left."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from services.monitoring.models import FormerMember, Household, Member
from services.monitoring.persons.rules import Described, KnownPerson, recognise
from shared.contracts.codes import Health, Labour, Relation, Sex
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.ids import derived_id

_MEMBERS, _FORMER = table_of(Member), table_of(FormerMember)
_HOLDERS = sa.union_all(
    sa.select(
        _MEMBERS.c.household_code,
        _MEMBERS.c.member_no,
        _MEMBERS.c.person_id,
        _MEMBERS.c.birth_date,
        sa.literal(0).label("left_version"),
    ).where(is_one_of(_MEMBERS.c.household_code, "codes")),
    sa.select(
        _FORMER.c.household_code, _FORMER.c.member_no, _FORMER.c.person_id, _FORMER.c.birth_date, _FORMER.c.left_version
    ).where(is_one_of(_FORMER.c.household_code, "codes")),
)


@dataclass(frozen=True, slots=True)
class RegisteredMember:
    """A member with everything that is registered."""

    member_no: int
    name: str
    relation: Relation
    sex: Sex
    birth_date: dt.date
    id_number: str | None
    labour: Labour
    health: Health
    student: bool

    @property
    def birth_year(self) -> int:
        """出生年份."""
        return self.birth_date.year

    @property
    def described(self) -> Described:
        """What tells this person from another."""
        return Described(self.member_no, self.sex, self.birth_date, self.id_number, self.name)


class MemberOfHousehold(NamedTuple):
    """A registered member and the person it is."""

    person_id: UUID
    member: RegisteredMember


_REGISTERED = tuple(RegisteredMember.__dataclass_fields__)


def members_of(reading: Reading, code: str) -> list[MemberOfHousehold]:
    """The members of a household, by number."""
    rows = reading.connection.execute(
        sa.select(_MEMBERS).where(_MEMBERS.c.household_code == code).order_by(_MEMBERS.c.member_no)
    ).mappings()
    return [MemberOfHousehold(row["person_id"], RegisteredMember(**{k: row[k] for k in _REGISTERED})) for row in rows]


def take_in(
    uow: UnitOfWork,
    code: str,
    version: int,
    before: Sequence[MemberOfHousehold],
    members: Sequence[RegisteredMember],
    staying: Collection[int] = (),
) -> list[MemberOfHousehold]:
    """Make these the members of a household; who no longer holds a number is remembered under it.

    ``staying`` are the numbers that are said to be held by whoever holds them.
    """
    known = [KnownPerson(one.person_id, one.member.described) for one in before]
    if before:
        known += _former_of(uow, code)
    found = recognise(known, [member.described for member in members], staying)
    after = [
        MemberOfHousehold(person_id or derived_id("person", code, member.member_no, version), member)
        for person_id, member in zip(found, members, strict=True)
    ]
    uow.connection.execute(sa.delete(Member).where(col(Member.household_code) == code))
    insert_rows(uow.connection, _MEMBERS, [_row(code, one) for one in after])
    insert_rows(uow.connection, _FORMER, [_former_row(uow, code, version, one) for one in who_left(before, after)])
    return after


def who_left(before: Sequence[MemberOfHousehold], after: Sequence[MemberOfHousehold]) -> list[MemberOfHousehold]:
    """Those who no longer hold the number they held."""
    holds = {(one.member.member_no, one.person_id) for one in after}
    return [one for one in before if (one.member.member_no, one.person_id) not in holds]


def nobody_is_left(before: Sequence[MemberOfHousehold], after: Sequence[MemberOfHousehold]) -> bool:
    """Whether these are other people altogether 整户换人."""
    return not {one.person_id for one in before} & {one.person_id for one in after}


def _row(code: str, one: MemberOfHousehold) -> dict[str, Any]:
    return {
        "household_code": code,
        "person_id": one.person_id,
        **{name: getattr(one.member, name) for name in _REGISTERED},
    }


def _former_row(uow: UnitOfWork, code: str, version: int, one: MemberOfHousehold) -> dict[str, Any]:
    return {
        "household_code": code,
        "member_no": one.member.member_no,
        "left_version": version,
        "person_id": one.person_id,
        "sex": one.member.sex,
        "birth_date": one.member.birth_date,
        "id_number": one.member.id_number,
        "left_on": uow.today(),
    }


def _former_of(reading: Reading, code: str) -> list[KnownPerson]:
    """Those who held a number of the household, the last ones first."""
    rows = reading.connection.execute(
        sa.select(_FORMER)
        .where(_FORMER.c.household_code == code)
        .order_by(_FORMER.c.left_version.desc(), _FORMER.c.member_no)
    )
    return [
        KnownPerson(row.person_id, Described(row.member_no, row.sex, row.birth_date, row.id_number)) for row in rows
    ]


class Holder(NamedTuple):
    """Who holds a number of a household, or held it."""

    person_id: UUID
    birth_date: dt.date
    left_version: int
    """The version of the household from which the person no longer holds it; 0 of the present holder."""


class Persons:
    """Those whom facts about some households can name."""

    def __init__(self, holders: Mapping[tuple[str, int], Sequence[Holder]]) -> None:
        self._holders = holders

    def named(self, household_code: str, member_no: int | None, on: dt.date) -> UUID | None:
        """Whom a member number means in what was observed on a day; None where it names nobody.

        It is the present holder or, of a number nobody holds, the one who held it last. What was observed before the
        holder was born is about whoever held the number before.
        """
        if member_no is None:
            return None
        holders = self._holders.get((household_code, member_no), ())
        born = (holder.person_id for holder in holders if holder.birth_date <= on)
        return next(born, holders[0].person_id if holders else None)


def load_persons(reading: Reading, codes: Collection[str]) -> Persons:
    """The members, present and former, of these households."""
    if not codes:
        return Persons({})
    found: defaultdict[tuple[str, int], list[Holder]] = defaultdict(list)
    for code, member_no, *holder in reading.connection.execute(_HOLDERS, {"codes": list(codes)}):
        found[code, member_no].append(Holder(*holder))
    for holders in found.values():
        holders.sort(key=lambda holder: (holder.left_version > 0, -holder.left_version))
    return Persons(found)


def are_former_people(reading: Reading, code: str, member_no: int, on: dt.date, *, left: bool) -> bool:
    """Whether what happened to a member on a day happened to people of whom nobody is left in the household.

    ``left`` says that it happened because the member left.
    """
    household = reading.connection.execute(
        sa.select(col(Household.renewed_on), col(Household.renewed_version)).where(col(Household.code) == code)
    ).one()
    if household.renewed_version is None:
        return False
    if not left:
        return bool(on < household.renewed_on)
    last = reading.connection.scalar(
        sa.select(sa.func.max(_FORMER.c.left_version)).where(
            _FORMER.c.household_code == code, _FORMER.c.member_no == member_no
        )
    )
    return last is not None and last <= household.renewed_version
