"""Taking members in: who is recognised, who is new, and who has left."""

from collections.abc import Collection, Sequence

from services.monitoring.persons.rules import KnownPerson, MemberOfHousehold, RegisteredMember, recognise, who_left
from services.monitoring.persons.store import load_former_persons, write_former_members, write_members
from shared.db.unit_of_work import UnitOfWork
from shared.ids import derived_id


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
        known += load_former_persons(uow, code)
    found = recognise(known, [member.described for member in members], staying)
    after = [
        MemberOfHousehold(person_id or derived_id("person", code, member.member_no, version), member)
        for person_id, member in zip(found, members, strict=True)
    ]
    write_members(uow, code, after)
    write_former_members(uow, code, version, who_left(before, after))
    return after
