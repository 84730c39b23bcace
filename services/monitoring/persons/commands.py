"""Taking members in: who is recognised, who is new, who has left. Looking for somebody."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from services.monitoring.attributions.store import load_attributions
from services.monitoring.persons.errors import MemberElsewhere, PersonUnknown
from services.monitoring.persons.rules import (
    Described,
    KnownPerson,
    MemberOfHousehold,
    RegisteredMember,
    recognise,
    who_changed,
    who_left,
)
from services.monitoring.persons.schemas import PersonFound, PersonSearchIn
from services.monitoring.persons.store import (
    load_former_persons,
    load_households_of,
    load_places,
    replace_members,
    write_former_members,
    write_moves,
)
from shared.db.audit import READ_ACTION
from shared.db.unit_of_work import UnitOfWork
from shared.identity import mask_text
from shared.ids import derived_id
from shared.words.said import says


def who_they_are(
    uow: UnitOfWork,
    code: str,
    version: int,
    before: Sequence[MemberOfHousehold],
    members: Sequence[RegisteredMember],
    staying: Collection[int],
) -> list[MemberOfHousehold]:
    """Tell who these members are of a household that has others, or had; whoever is new is a new person.

    ``staying`` are the numbers that are said to be held by whoever holds them. What was said of somebody who passed to
    another household counts there: who comes back from it is somebody new here. Raises MemberElsewhere for one who
    lives there still.
    """
    present = [KnownPerson(one.person_id, one.member.described) for one in before]
    former, attributions = load_former_persons(uow, code), load_attributions(uow, [code])
    known = present + [one for one in former if attributions.of(code, one.person_id) == code]
    described = [member.described for member in members]
    found = recognise(known, described, staying)
    _refuse_who_lives_elsewhere(uow, [one for one in former if one not in known], described, found)
    return [
        MemberOfHousehold(person_id or _new_person(code, version, member), member)
        for person_id, member in zip(found, members, strict=True)
    ]


def _refuse_who_lives_elsewhere(
    uow: UnitOfWork, passed: Sequence[KnownPerson], described: Sequence[Described], found: Sequence[UUID | None]
) -> None:
    unknown = [one for one, person_id in zip(described, found, strict=True) if person_id is None]
    named = {person_id for person_id in recognise(passed, unknown, ()) if person_id is not None} if passed else ()
    if elsewhere := load_households_of(uow, named):
        raise MemberElsewhere(says("member-lives-elsewhere"), household_codes=seen_of(uow, elsewhere))


def seen_of(uow: UnitOfWork, homes: Mapping[str, str]) -> list[str]:
    """Those of these households, by code, that the caller may see."""
    return sorted(code for code, region in homes.items() if uow.actor.sees(region))


def take_in(
    uow: UnitOfWork,
    code: str,
    version: int,
    before: Sequence[MemberOfHousehold],
    after: Sequence[MemberOfHousehold],
    on: date,
    event_id: UUID | None = None,
) -> None:
    """Make these the members of a household from a day on; who no longer holds a number is remembered under it.

    What changed about those who stay is kept as of that day as well.
    """
    left, arrived = who_left(before, after), who_left(after, before)
    replace_members(uow, code, after)
    write_former_members(uow, code, version, on, left)
    was, become = who_changed(before, after)
    write_moves(uow, code, version, on, event_id, left=[*left, *was], arrived=[*arrived, *become])


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
