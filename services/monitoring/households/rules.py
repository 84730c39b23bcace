"""What cannot be true of a household, and what should be checked at home 待核实."""

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.monitoring.persons.rules import MemberOfHousehold, RegisteredMember, nobody_is_left
from shared.codes.monitoring import Health, Relation
from shared.findings import Finding
from shared.identity import FIRST_BIRTH_YEAR, check_resident_id, errors_in
from shared.regions import CODE_LENGTH, region_prefix, regions
from shared.words.said import Said, says

OLDEST_AGE: Final = "monitoring.oldest_age"
"""最高年龄: whoever is registered as older was born on a slip of the pen."""
FRAGILE: Final = frozenset({Health.SERIOUS, Health.DISABLED})
"""患有大病或重度残疾."""
_FIRST_DAY: Final = dt.date(FIRST_BIRTH_YEAR, 1, 1)
_match_prefix = re.compile(r"[A-Za-z]+[-._]").match
_match_division = re.compile(r"[0-9]{6}").match


@dataclass(frozen=True, slots=True)
class Plausible:
    """The days on which somebody who lives can have been born."""

    first: dt.date
    last: dt.date

    def findings(self, pointer: str, day: dt.date) -> Iterator[Finding]:
        """What is wrong with a day on which somebody was born, or a household registered."""
        if day > self.last:
            yield Finding(pointer, says("in-the-future"))
        if day < self.first:
            yield Finding(pointer, says("before-anybody-lived", first=self.first))


def plausible_days(today: dt.date, oldest_age: int | None) -> Plausible:
    """The days on which a member who lives today can have been born, however old by the policy."""
    if oldest_age is None:
        return Plausible(_FIRST_DAY, today)
    return Plausible(max(_FIRST_DAY, dt.date(today.year - oldest_age, 1, 1)), today)


def impossible(
    days: Plausible, region_code: str, registered_on: dt.date, members: Sequence[RegisteredMember]
) -> list[Finding]:
    """Every pointer to what cannot be true."""
    found: list[Finding] = []
    if regions().nearest_local(region_code) is None:
        found.append(Finding("/region_code", says("no-such-division")))
    found += days.findings("/registered_on", registered_on)
    for index, member in enumerate(members):
        found += days.findings(f"/members/{index}/birth_date", member.birth_date)
        if member.id_number is not None:
            errors = errors_in(member.id_number, days.last)
            found += [Finding(f"/members/{index}/id_number", error.value) for error in errors]
    numbers = [member.id_number for member in members if member.id_number]
    if len(set(numbers)) < len(numbers):
        found.append(Finding("/members", says("one-identity-number-twice")))
    return found


def standing_warnings(
    region_code: str,
    members: Sequence[RegisteredMember],
    shown: Collection[int],
    elsewhere: Mapping[str, Sequence[str]],
) -> list[Finding]:
    """What should be checked at home as long as it is registered so; see `warnings_of_members`."""
    return [*warnings_of_region(region_code), *warnings_of_members(members, shown, elsewhere)]


def warnings_of_region(region_code: str) -> Iterator[Finding]:
    """What is odd about the code of the place where a household lives."""
    known = regions().nearest_local(region_code)
    if known is not None and known.code != region_code:
        yield Finding("/region_code", says("division-not-listed", nearest=known.name))
    if len(region_prefix(region_code)) < CODE_LENGTH:
        yield Finding("/region_code", says("division-wider-than-a-village"))


def warnings_of_members(
    members: Sequence[RegisteredMember], shown: Collection[int], elsewhere: Mapping[str, Sequence[str]]
) -> list[Finding]:
    """What should be checked about members, each finding with its place among them.

    ``shown`` are the places of the members whose number and birthday the caller has, or may see: about the others no
    warning tells anything that is hidden. ``elsewhere`` names, by identity number, those other households where it is
    registered that the caller may see.
    """
    warnings = []
    for index, member in enumerate(members):
        if member.id_number is None:
            continue
        place = f"/members/{index}/id_number"
        if index in shown:
            found = check_resident_id(member.id_number, birth_date=member.birth_date, sex=member.sex)
            warnings += [Finding(place, warning.value) for warning in found.warnings]
        if member.id_number in elsewhere:
            warnings.append(Finding(place, _registered_in(elsewhere[member.id_number])))
    if sum(member.relation is Relation.HEAD for member in members) != 1:
        warnings.append(Finding("/members", says("not-one-head")))
    return warnings


def _registered_in(others: Sequence[str]) -> Said:
    if others:
        return says("identity-number-registered-in", households=others)
    return says("identity-number-registered-elsewhere")


def warnings_of_change(before: Sequence[MemberOfHousehold], after: Sequence[MemberOfHousehold]) -> list[Finding]:
    """Which numbers passed to other people, and whether nobody is left."""
    held = {one.member.member_no: one.person_id for one in before}
    warnings = [
        Finding(f"/members/{index}", says("member-number-passed-on"))
        for index, one in enumerate(after)
        if held.get(one.member.member_no, one.person_id) != one.person_id
    ]
    if before and nobody_is_left(before, after):
        warnings.append(Finding("/members", says("nobody-is-left")))
    return warnings


def letters_of(code: str) -> str | None:
    """The letters that a household code begins with, in lower case and with the mark behind them: `dj-`."""
    prefix = _match_prefix(code)
    return None if prefix is None else prefix[0].lower()


def warnings_of_code(code: str, county: str, counties: Collection[str]) -> list[Finding]:
    """Whether a new code looks like one of another county.

    ``counties`` are those in which codes with the same letters were seen.
    """
    if division := _match_division(code):
        return _of_division(division[0], county)
    prefix = _match_prefix(code)
    if prefix is None or not counties or county in counties:
        return []
    return [Finding("/household_code", says("letters-of-another-county", letters=prefix[0]))]


def _of_division(division: str, county: str) -> list[Finding]:
    known = regions().find(division)
    if known is None or division == county:
        return []
    return [Finding("/household_code", says("digits-of-another-county", division=known.name))]
