"""Taking members in: who is recognised, who is new, who has left. Looking for somebody."""

from collections.abc import Collection, Sequence
from uuid import UUID

from services.monitoring.persons.errors import PersonUnknown
from services.monitoring.persons.rules import KnownPerson, MemberOfHousehold, RegisteredMember, recognise, who_left
from services.monitoring.persons.schemas import PersonFound, PersonSearchIn
from services.monitoring.persons.store import load_former_persons, load_places, replace_members, write_former_members
from shared.db.audit import READ_ACTION
from shared.db.unit_of_work import UnitOfWork
from shared.identity import mask_text
from shared.ids import derived_id
from shared.words.said import says


def take_in(
    uow: UnitOfWork,
    code: str,
    version: int,
    before: Sequence[MemberOfHousehold],
    members: Sequence[RegisteredMember],
    staying: Collection[int],
) -> list[MemberOfHousehold]:
    """Make these the members of a household that has others; who no longer holds a number is remembered under it.

    ``staying`` are the numbers that are said to be held by whoever holds them.
    """
    known = [KnownPerson(one.person_id, one.member.described) for one in before] + load_former_persons(uow, code)
    found = recognise(known, [member.described for member in members], staying)
    after = [
        MemberOfHousehold(person_id or _new_person(code, version, member), member)
        for person_id, member in zip(found, members, strict=True)
    ]
    replace_members(uow, code, after)
    write_former_members(uow, code, version, who_left(before, after))
    return after


def newcomers(code: str, version: int, members: Sequence[RegisteredMember]) -> list[MemberOfHousehold]:
    """The members of a household in which nobody was known before."""
    return [MemberOfHousehold(_new_person(code, version, member), member) for member in members]


def _new_person(code: str, version: int, member: RegisteredMember) -> UUID:
    return derived_id("person", code, member.member_no, version)


def search_person(uow: UnitOfWork, asked: PersonSearchIn) -> PersonFound:
    """Where somebody of an identity number is registered in the caller's region. Raises PersonUnknown.

    Whoever asks learns who lives where: it is audited as a look at each household, with the purpose.
    """
    places = load_places(uow, [asked.id_number]).get(asked.id_number, ())
    found = [place for place in places if place.until is None and uow.actor.sees(place.region_code)]
    if not found:
        raise PersonUnknown(says("nobody-of-that-number", region=uow.actor.place))
    for place in found:
        uow.audit(READ_ACTION, place.household_code, reason=mask_text(asked.purpose))
    return PersonFound.at(found)
