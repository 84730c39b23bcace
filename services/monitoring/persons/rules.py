"""Who is who: which member numbers are held by the persons who held them before, and which by somebody else."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from shared.codes.monitoring import Health, Labour, Relation, Sex


@dataclass(frozen=True, slots=True)
class Described:
    """What tells one person from another."""

    member_no: int
    sex: Sex
    birth_date: date
    id_number: str | None
    """公民身份号码, normalised."""
    name: str | None = None
    """None of those who left: their names are not kept."""


@dataclass(frozen=True, slots=True)
class RegisteredMember:
    """A member with everything that is registered."""

    member_no: int
    name: str
    relation: Relation
    sex: Sex
    birth_date: date
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


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person under a number the household has, or had."""

    person_id: UUID
    described: Described


def is_same_person(known: Described, described: Described) -> bool:
    """Whether both are one person: the identity number decides where both have one, else birth date and sex do."""
    if known.id_number is not None and described.id_number is not None:
        return known.id_number == described.id_number
    return (known.birth_date, known.sex) == (described.birth_date, described.sex)


def recognise(
    known: Sequence[KnownPerson], members: Sequence[Described], staying: Collection[int]
) -> list[UUID | None]:
    """Return who each of these members is, in their order; None for whoever is new to the household.

    ``staying`` are the numbers that are said to be held by whoever holds them.
    An identity number finds its person under any number, also one who comes back. Without one, whoever holds the number
    is recognised by birth date and sex, and whoever only changed numbers by the name beside them. Of those who are
    known under one number, the first counts: the present members come first.
    """
    holder: dict[int, UUID] = {}
    for who in known:
        holder.setdefault(who.described.member_no, who.person_id)
    found = [holder.get(one.member_no) if one.member_no in staying else None for one in members]
    for fits in _WAYS:
        for place, one in enumerate(members):
            if found[place] is None:
                found[place] = next(
                    (who.person_id for who in known if who.person_id not in found and fits(who.described, one)), None
                )
    return found


def _by_id_number(known: Described, described: Described) -> bool:
    return described.id_number is not None and known.id_number == described.id_number


def _in_the_number(known: Described, described: Described) -> bool:
    return known.member_no == described.member_no and is_same_person(known, described)


def _by_name(known: Described, described: Described) -> bool:
    return known.name is not None and known.name == described.name and is_same_person(known, described)


_WAYS: Final[tuple[Callable[[Described, Described], bool], ...]] = (_by_id_number, _in_the_number, _by_name)


def who_left(before: Sequence[MemberOfHousehold], after: Sequence[MemberOfHousehold]) -> list[MemberOfHousehold]:
    """Those who no longer hold the number they held."""
    holds = {(one.member.member_no, one.person_id) for one in after}
    return [one for one in before if (one.member.member_no, one.person_id) not in holds]


_OF_LIFE: Final = ("relation", "labour", "health", "student")
"""What of a member changes in the course of life; the rest is who somebody is, and a change of it a correction."""


def who_changed(
    before: Sequence[MemberOfHousehold], after: Sequence[MemberOfHousehold]
) -> tuple[list[MemberOfHousehold], list[MemberOfHousehold]]:
    """Those who hold the same number as before and of whom something changed: as they were, and as they are."""
    now = {(one.member.member_no, one.person_id): one for one in after}
    pairs = [(one, now.get((one.member.member_no, one.person_id))) for one in before]
    changed = [(was, become) for was, become in pairs if become is not None and _of_life(was) != _of_life(become)]
    return [was for was, _ in changed], [become for _, become in changed]


def _of_life(one: MemberOfHousehold) -> tuple[object, ...]:
    return tuple(getattr(one.member, name) for name in _OF_LIFE)


def nobody_is_left(before: Sequence[MemberOfHousehold], after: Sequence[MemberOfHousehold]) -> bool:
    """Whether these are other people altogether 整户换人."""
    return not {one.person_id for one in before} & {one.person_id for one in after}


class Place(NamedTuple):
    """Where somebody is registered, or was."""

    household_code: str
    region_code: str
    member_no: int
    person_id: UUID
    until: date | None
    """The day on which the person left the household, or it ended; None where the person lives in it."""


def where_registered(places: Sequence[Place], on: date) -> Sequence[Place]:
    """Where somebody belongs, for what was observed on a day: one place for each household; several are ambiguous.

    It is where the person is registered now. Whoever is registered nowhere any more, because they died or moved away or
    their household ended, belongs where they were registered last, for what was observed until then.
    """
    present = [place for place in places if place.until is None]
    if present:
        return present
    earlier = [(place.until, place) for place in places if place.until is not None and place.until >= on]
    last = max((until for until, _ in earlier), default=None)
    return list({place.household_code: place for until, place in earlier if until == last}.values())


class Holder(NamedTuple):
    """Who holds a number of a household, or held it."""

    person_id: UUID
    birth_date: date
    left_version: int
    """The version of the household from which the person no longer holds it; 0 of the present holder."""


class Persons:
    """Those whom facts about some households can name."""

    def __init__(self, holders: Mapping[tuple[str, int], Sequence[Holder]]) -> None:
        self._holders = holders

    def named(self, household_code: str, member_no: int | None, on: date) -> UUID | None:
        """Whom a member number means in what was observed on a day; None where it names nobody.

        It is the present holder or, of a number nobody holds, the one who held it last. What was observed before the
        holder was born is about whoever held the number before.
        """
        if member_no is None:
            return None
        holders = self._holders.get((household_code, member_no), ())
        born = (holder.person_id for holder in holders if holder.birth_date <= on)
        return next(born, holders[0].person_id if holders else None)
