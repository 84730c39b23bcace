"""What a caller says of members, completed with what it may not see and left out."""

from collections.abc import Iterator, Mapping, Sequence

from services.monitoring.commands.persons import RegisteredMember
from services.monitoring.errors import HouseholdInvalid, MaskedValue
from services.monitoring.rules.persons import Described, is_same_person
from services.monitoring.schemas.households import MemberIn
from shared.identity import is_masked, normalise_resident_id

_NEEDED = ("name", "birth_date", "health")
Problem = dict[str, str]


def refuse_masks(members: Sequence[MemberIn]) -> None:
    """Raise MaskedValue where a name or number came back as it was masked."""
    masked = [
        {"pointer": f"/members/{index}/{name}", "detail": "masked: leave it out, and what is registered stays"}
        for index, member in enumerate(members)
        for name in ("name", "id_number")
        if is_masked(getattr(member, name) or "")
    ]
    if masked:
        raise MaskedValue.of(masked)


def complete(
    members: Sequence[MemberIn], present: Mapping[int, RegisteredMember], *, sees_numbers: bool
) -> list[RegisteredMember]:
    """The members with everything that is registered of them, in the order they were told.

    What is left out stays as it is registered of the member with that number. An identity number stays as long as birth
    date and sex say that it is the same person; a null takes it away where the caller sees numbers. Raises
    HouseholdInvalid for a new member of whom something is missing.
    """
    problems = [
        problem
        for index, member in enumerate(members)
        for problem in _problems(member, present.get(member.member_no), f"/members/{index}")
    ]
    if problems:
        raise HouseholdInvalid.of(problems)
    return [_completed(member, present.get(member.member_no), sees_numbers) for member in members]


def _problems(member: MemberIn, known: RegisteredMember | None, pointer: str) -> Iterator[Problem]:
    told = member.birth_date or (None if known is None else known.birth_date)
    is_new = known is None or not is_same_person(known.described, _described(member, known))
    for name in _NEEDED:
        if getattr(member, name) is None and is_new:
            yield {"pointer": f"{pointer}/{name}", "detail": "needed of a person the household did not have"}
    if member.birth_year is not None and told is not None and told.year != member.birth_year:
        yield {"pointer": f"{pointer}/birth_year", "detail": "another year than the birth date's"}


def _described(member: MemberIn, known: RegisteredMember) -> Described:
    return Described(
        member.member_no, member.sex, member.birth_date or known.birth_date, _normalised(member.id_number), member.name
    )


def _completed(member: MemberIn, known: RegisteredMember | None, sees_numbers: bool) -> RegisteredMember:
    name, birth_date, health = member.name, member.birth_date, member.health
    if known is not None:
        name, birth_date, health = name or known.name, birth_date or known.birth_date, health or known.health
    assert name is not None, "checked above"
    assert birth_date is not None, "checked above"
    assert health is not None, "checked above"
    id_number = _normalised(member.id_number)
    left_out = "id_number" not in member.model_fields_set or (id_number is None and not sees_numbers)
    if left_out and known is not None and is_same_person(known.described, _described(member, known)):
        id_number = known.id_number
    return RegisteredMember(
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


def _normalised(id_number: str | None) -> str | None:
    return None if id_number is None else normalise_resident_id(id_number)
