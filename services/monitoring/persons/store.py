"""Rows of the members of a household, and of the persons who held a number before."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from services.monitoring.models.household_events import MemberMove
from services.monitoring.models.households import Household
from services.monitoring.models.persons import FormerMember, Member
from services.monitoring.persons.rules import (
    Described,
    Holder,
    KnownPerson,
    MemberOfHousehold,
    Persons,
    Place,
    RegisteredMember,
)
from shared.codes.monitoring import Relation
from shared.db.base import table_of
from shared.db.rows import insert_rows, read_tuples
from shared.db.sealed import SealedTable
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.identity import mask_name

_MEMBERS, _FORMER, _HOUSEHOLDS = table_of(Member), table_of(FormerMember), table_of(Household)
_MOVES = table_of(MemberMove)
MEMBERS, FORMER_MEMBERS, MEMBER_MOVES = SealedTable(_MEMBERS), SealedTable(_FORMER), SealedTable(_MOVES)
_SELECT_HOLDERS = sa.union_all(
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
_SELECT_MEMBERS = (
    sa.select(_MEMBERS)
    .where(is_one_of(_MEMBERS.c.household_code, "codes"))
    .order_by(_MEMBERS.c.household_code, _MEMBERS.c.member_no)
)
_SELECT_HEADS = (
    sa.select(_MEMBERS.c.household_code, _MEMBERS.c.member_no, _MEMBERS.c.name)
    .where(is_one_of(_MEMBERS.c.household_code, "codes"), _MEMBERS.c.relation == Relation.HEAD)
    .order_by(_MEMBERS.c.household_code, _MEMBERS.c.member_no.desc())
)
_SELECT_PLACES = sa.union_all(
    sa.select(
        _MEMBERS.c.id_number_index,
        _MEMBERS.c.household_code,
        _HOUSEHOLDS.c.region_code,
        _MEMBERS.c.member_no,
        _MEMBERS.c.person_id,
        _HOUSEHOLDS.c.ended_on.label("until"),
        sa.literal(0).label("left_version"),
    )
    .join(_HOUSEHOLDS, _HOUSEHOLDS.c.code == _MEMBERS.c.household_code)
    .where(is_one_of(_MEMBERS.c.id_number_index, "marks")),
    sa.select(
        _FORMER.c.id_number_index,
        _FORMER.c.household_code,
        _HOUSEHOLDS.c.region_code,
        _FORMER.c.member_no,
        _FORMER.c.person_id,
        _FORMER.c.left_on,
        _FORMER.c.left_version,
    )
    .join(_HOUSEHOLDS, _HOUSEHOLDS.c.code == _FORMER.c.household_code)
    .where(is_one_of(_FORMER.c.id_number_index, "marks")),
).order_by("household_code", "left_version", "member_no")

_REGISTERED = tuple(RegisteredMember.__dataclass_fields__)


def load_members(reading: Reading, code: str) -> list[MemberOfHousehold]:
    """The members of a household, by number."""
    return load_members_of(reading, [code])[code]


def load_members_of(reading: Reading, codes: Collection[str]) -> Mapping[str, list[MemberOfHousehold]]:
    """The members of these households, by number."""
    found: defaultdict[str, list[MemberOfHousehold]] = defaultdict(list)
    for row in reading.connection.execute(_SELECT_MEMBERS, {"codes": list(codes)}).mappings():
        found[row["household_code"]].append(_registered(MEMBERS.open(reading, row)))
    return found


def load_heads(reading: Reading, codes: Collection[str]) -> Mapping[str, str]:
    """The names of the heads 户主 of these households, masked for everybody; none of those that have no head."""
    found = reading.connection.execute(_SELECT_HEADS, {"codes": list(codes)})
    return {row.household_code: mask_name(MEMBERS.text(reading, "name", row) or "") for row in found}


def _registered(row: Mapping[str, Any]) -> MemberOfHousehold:
    return MemberOfHousehold(row["person_id"], RegisteredMember(**{name: row[name] for name in _REGISTERED}))


def replace_members(uow: UnitOfWork, code: str, members: Sequence[MemberOfHousehold]) -> None:
    """Put these in the place of the members of a household."""
    uow.connection.execute(sa.delete(Member).where(col(Member.household_code) == code))
    write_members(uow, {code: members})


def write_members(uow: UnitOfWork, households: Mapping[str, Sequence[MemberOfHousehold]]) -> None:
    """Add the members of households that have none."""
    rows = [_member_row(code, one) for code, members in households.items() for one in members]
    insert_rows(uow.connection, _MEMBERS, MEMBERS.seal(uow, rows))


def write_former_members(
    uow: UnitOfWork, code: str, version: int, on: dt.date, left: Sequence[MemberOfHousehold]
) -> None:
    """Keep under their numbers those who hold them no longer from a version and a day on."""
    rows = [_former_row(code, version, on, one) for one in left]
    insert_rows(uow.connection, _FORMER, FORMER_MEMBERS.seal(uow, rows))


def _member_row(code: str, one: MemberOfHousehold) -> dict[str, Any]:
    return {
        "household_code": code,
        "person_id": one.person_id,
        **{name: getattr(one.member, name) for name in _REGISTERED},
    }


def write_moves(
    uow: UnitOfWork,
    code: str,
    version: int,
    on: dt.date,
    event_id: UUID | None,
    *,
    left: Sequence[MemberOfHousehold],
    arrived: Sequence[MemberOfHousehold],
) -> None:
    """Keep from which day on these hold their numbers, and those hold theirs no longer."""
    move = {"household_code": code, "version": version, "on": on, "event_id": event_id}
    nothing = dict.fromkeys(_REGISTERED)
    rows: list[dict[str, Any]] = [
        {**nothing, **move, "member_no": one.member.member_no, "person_id": one.person_id, "arrived": True}
        for one in arrived
    ]
    rows += [
        {
            **{name: getattr(one.member, name) for name in _REGISTERED},
            **move,
            "person_id": one.person_id,
            "arrived": False,
        }
        for one in left
    ]
    insert_rows(uow.connection, _MOVES, MEMBER_MOVES.seal(uow, rows))


def load_members_on(reading: Reading, code: str, day: dt.date) -> list[MemberOfHousehold]:
    """Who lived in a household on a day, by number: what changed later is taken back, the last change first."""
    living = {(one.member.member_no, one.person_id): one for one in load_members(reading, code)}
    later = sa.select(_MOVES).where(_MOVES.c.household_code == code, _MOVES.c.on > day)
    for row in reading.connection.execute(later.order_by(_MOVES.c.version.desc(), _MOVES.c.arrived.desc())).mappings():
        if row["arrived"]:
            living.pop((row["member_no"], row["person_id"]), None)
        else:
            living[row["member_no"], row["person_id"]] = _registered(MEMBER_MOVES.open(reading, row))
    return sorted(living.values(), key=lambda one: one.member.member_no)


def load_households_of(reading: Reading, persons: Collection[UUID]) -> dict[str, str]:
    """The households in which these persons live, with their regions."""
    if not persons:
        return {}
    asked = (
        sa.select(_HOUSEHOLDS.c.code, _HOUSEHOLDS.c.region_code)
        .join(_MEMBERS, _MEMBERS.c.household_code == _HOUSEHOLDS.c.code)
        .where(_MEMBERS.c.person_id.in_(persons), _HOUSEHOLDS.c.ended_on.is_(None))
    )
    return {row.code: row.region_code for row in reading.connection.execute(asked)}


def load_numbers(reading: Reading, persons: Collection[UUID]) -> dict[UUID, int]:
    """The numbers that those of these persons hold who live in a household."""
    asked = sa.select(_MEMBERS.c.person_id, _MEMBERS.c.member_no).where(is_one_of(_MEMBERS.c.person_id, "persons"))
    rows = reading.connection.execute(asked, {"persons": list(persons)}) if persons else ()
    return {row.person_id: row.member_no for row in rows}


def load_arrival(reading: Reading, code: str, person_id: UUID) -> dt.date | None:
    """The day of the event by which somebody came to a household last; none where no event says so."""
    came = (_MOVES.c.household_code == code) & (_MOVES.c.person_id == person_id)
    arrived = came & _MOVES.c.arrived & _MOVES.c.event_id.is_not(None)
    found: dt.date | None = reading.connection.scalar(sa.select(sa.func.max(_MOVES.c.on)).where(arrived))
    return found


def highest_number(reading: Reading, code: str) -> int:
    """The highest number that somebody of a household holds or ever held; 0 where nobody did."""
    held = sa.union_all(
        sa.select(_MEMBERS.c.member_no).where(_MEMBERS.c.household_code == code),
        sa.select(_FORMER.c.member_no).where(_FORMER.c.household_code == code),
    ).subquery()
    return reading.connection.scalar(sa.select(sa.func.max(held.c.member_no))) or 0


def _former_row(code: str, version: int, on: dt.date, one: MemberOfHousehold) -> dict[str, Any]:
    return {
        "household_code": code,
        "member_no": one.member.member_no,
        "left_version": version,
        "person_id": one.person_id,
        "sex": one.member.sex,
        "birth_date": one.member.birth_date,
        "id_number": one.member.id_number,
        "left_on": on,
    }


def load_former_persons(reading: Reading, code: str) -> list[KnownPerson]:
    """Those who held a number of the household, the last ones first."""
    rows = reading.connection.execute(
        sa.select(_FORMER)
        .where(_FORMER.c.household_code == code)
        .order_by(_FORMER.c.left_version.desc(), _FORMER.c.member_no)
    ).mappings()
    return [_known(FORMER_MEMBERS.open(reading, row)) for row in rows]


def _known(row: Mapping[str, Any]) -> KnownPerson:
    return KnownPerson(row["person_id"], Described(row["member_no"], row["sex"], row["birth_date"], row["id_number"]))


def load_persons(reading: Reading, codes: Collection[str]) -> Persons:
    """The members, present and former, of these households."""
    if not codes:
        return Persons({})
    found: defaultdict[tuple[str, int], list[Holder]] = defaultdict(list)
    for code, member_no, *holder in read_tuples(reading.connection, _SELECT_HOLDERS, {"codes": list(codes)}):
        found[code, member_no].append(Holder(*holder))
    for holders in found.values():
        holders.sort(key=lambda holder: (holder.left_version > 0, -holder.left_version))
    return Persons(found)


def load_places(reading: Reading, numbers: Iterable[str]) -> Mapping[str, Sequence[Place]]:
    """By identity number, every place where somebody of it is registered, or was."""
    wanted = MEMBERS.marks(reading, "id_number", numbers)
    found: defaultdict[str, list[Place]] = defaultdict(list)
    if wanted:
        for mark, *place, _ in read_tuples(reading.connection, _SELECT_PLACES, {"marks": list(wanted)}):
            found[wanted[mark]].append(Place(*place))
    return found


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
