"""What a caller says of members, completed with what it may not see and left out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from services.monitoring.households.errors import HouseholdInvalid, MaskedValue
from services.monitoring.households.schemas import MemberIn
from services.monitoring.persons.rules import Described, RegisteredMember, is_same_person
from shared.findings import Finding
from shared.identity import is_masked, normalise_resident_id
from shared.words.said import says

EACH_MEMBER: Final = "/members/{}"
"""Where a member stands in a body."""
_NEEDED = ("name", "birth_date", "health")


def refuse_masks(members: Sequence[MemberIn], pointer: str = EACH_MEMBER) -> None:
    """Raise MaskedValue where a name or number came back as it was masked."""
    masked = [
        Finding(f"{pointer.format(index)}/{name}", says("masked"))
        for index, member in enumerate(members)
        for name in ("name", "id_number")
        if is_masked(getattr(member, name) or "")
    ]
    if masked:
        raise MaskedValue.of(masked)


class Completed(NamedTuple):
    """A member with everything that is registered, and whether the caller said that it is still the same person."""

    member: RegisteredMember
    stays: bool


def complete(
    members: Sequence[MemberIn],
    present: Mapping[int, RegisteredMember],
    *,
    sees_persons: bool,
    pointer: str = EACH_MEMBER,
) -> list[Completed]:
    """The members with everything that is registered of them, in the order they were told.

    What is left out stays as it is registered of the member with that number. Whoever leaves out name and identity
    number speaks of the person who is registered: a birth date beside it puts that person's right. Otherwise an
    identity number that is left out stays as long as birth date and sex say that it is the same person; a null takes it
    away where the caller sees persons. Raises HouseholdInvalid where something is missing of a new member, or beside an
    identity number that a caller tells who does not see it: no refusal says whether a guess was right.
    """
    findings = [
        finding
        for index, member in enumerate(members)
        for finding in _findings(member, present.get(member.member_no), pointer.format(index), sees_persons)
    ]
    if findings:
        raise HouseholdInvalid.of(findings)
    return [_completed(member, present.get(member.member_no), sees_persons) for member in members]


def _findings(member: MemberIn, known: RegisteredMember | None, pointer: str, sees_persons: bool) -> Iterator[Finding]:
    blind = member.id_number is not None and not sees_persons
    if known is None or blind or not (_stays(member) or _is_same(member, known)):
        for name in _NEEDED:
            if getattr(member, name) is None:
                yield Finding(f"{pointer}/{name}", says("needed-of-who-is-new"))
    born = member.birth_date or (None if known is None else known.birth_date)
    if member.birth_year is not None and born is not None and born.year != member.birth_year:
        yield Finding(f"{pointer}/birth_year", says("another-year-than-born"))


def leaves_something_out(member: MemberIn) -> bool:
    """Whether something hidden of a member is not told."""
    return "id_number" not in member.model_fields_set or any(getattr(member, name) is None for name in _NEEDED)


def _stays(member: MemberIn) -> bool:
    return member.name is None and member.id_number is None


def _is_same(member: MemberIn, known: RegisteredMember) -> bool:
    id_number = _normalised(member.id_number)
    sent = Described(member.member_no, member.sex, member.birth_date or known.birth_date, id_number)
    return is_same_person(known.described, sent)


def _completed(member: MemberIn, known: RegisteredMember | None, sees_persons: bool) -> Completed:
    name, birth_date, health = member.name, member.birth_date, member.health
    if known is not None:
        name, birth_date, health = name or known.name, birth_date or known.birth_date, health or known.health
    assert name is not None, "checked above"
    assert birth_date is not None, "checked above"
    assert health is not None, "checked above"
    stays = known is not None and _stays(member)
    id_number = _normalised(member.id_number)
    left_out = "id_number" not in member.model_fields_set or (id_number is None and not sees_persons)
    if known is not None and left_out and (stays or _is_same(member, known)):
        id_number = known.id_number
    completed = RegisteredMember(
        member_no=member.member_no,
        name=name,
        relation=member.relation,
        sex=member.sex,
        birth_date=birth_date,
        id_number=id_number,
        labour=member.labour,
        health=health,
        student=member.student,
    )
    return Completed(completed, stays)


def _normalised(id_number: str | None) -> str | None:
    return None if id_number is None else normalise_resident_id(id_number)
