"""What cannot be true of a household is refused; what should be checked at home is a warning."""

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from services.monitoring.facts.errors import HouseholdInvalid
from services.monitoring.households.schemas import HouseholdIn
from services.monitoring.models import CodePrefix, Household, Member
from services.monitoring.persons.store import MemberOfHousehold, RegisteredMember
from shared.contracts.codes import Relation
from shared.db.base import table_of
from shared.db.rows import insert_into
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.identity import FIRST_BIRTH_YEAR, check_resident_id
from shared.regions import CODE_LENGTH, region_prefix, regions
from shared.security.actor import Actor

OLDEST_AGE: Final = "monitoring.oldest_age"
"""最高年龄: whoever is registered as older was born on a slip of the pen."""
_FIRST_DAY: Final = dt.date(FIRST_BIRTH_YEAR, 1, 1)
_COUNTY: Final = 6
_HOUSEHOLDS, _MEMBERS, _PREFIXES = table_of(Household), table_of(Member), table_of(CodePrefix)
_match_prefix = re.compile(r"[A-Za-z]+[-._]").match
_match_division = re.compile(r"[0-9]{6}").match
Problem = dict[str, str]


@dataclass(frozen=True, slots=True)
class Plausible:
    """The days on which somebody who lives can have been born."""

    first: dt.date
    last: dt.date

    def problem(self, pointer: str, day: dt.date) -> Iterator[Problem]:
        """What is wrong with a day on which somebody was born, or a household registered."""
        if day > self.last:
            yield {"pointer": pointer, "detail": "lies in the future"}
        if day < self.first:
            yield {"pointer": pointer, "detail": f"lies before {self.first}: nobody who lives is that old"}


def refuse_impossible(reading: Reading, body: HouseholdIn, members: Sequence[RegisteredMember]) -> None:
    """Raise HouseholdInvalid with every pointer to what cannot be true."""
    problems: list[Problem] = []
    if regions().nearest_local(body.region_code) is None:
        problems.append({"pointer": "/region_code", "detail": "no county, township or village has this code"})
    days = _plausible_days(reading, body.region_code)
    problems += days.problem("/registered_on", body.registered_on)
    for index, member in enumerate(members):
        problems += days.problem(f"/members/{index}/birth_date", member.birth_date)
        if member.id_number is not None:
            found = check_resident_id(member.id_number, today=days.last)
            problems += [{"pointer": f"/members/{index}/id_number", "detail": str(error)} for error in found.errors]
    numbers = [member.id_number for member in members if member.id_number]
    if len(set(numbers)) < len(numbers):
        problems.append({"pointer": "/members", "detail": "two members carry the same identity number"})
    if problems:
        raise HouseholdInvalid.of(problems)


def _plausible_days(reading: Reading, region_code: str) -> Plausible:
    today = reading.today()
    oldest = reading.policy.at(region_code, today).find(OLDEST_AGE)
    if oldest is None:
        return Plausible(_FIRST_DAY, today)
    return Plausible(max(_FIRST_DAY, dt.date(today.year - int(oldest.value), 1, 1)), today)


def standing_warnings(
    reading: Reading, code: str, region_code: str, members: Sequence[RegisteredMember], shown: Collection[int]
) -> list[str]:
    """What should be checked at home as long as it is registered so, each with its place among the members.

    ``shown`` are the places of the members whose number and birthday the caller has, or may see: about the others no
    warning tells anything that is hidden.
    """
    elsewhere = _registered_elsewhere(reading, code, [member.id_number for member in members if member.id_number])
    warnings = [*_about_region(region_code)]
    for index, member in enumerate(members):
        place = f"members/{index}/id_number"
        if member.id_number is not None and index in shown:
            found = check_resident_id(member.id_number, birth_date=member.birth_date, sex=member.sex)
            warnings += [f"{place}: {warning}" for warning in found.warnings]
        if member.id_number in elsewhere:
            warnings.append(f"{place}: {_whose(reading.actor, elsewhere[member.id_number])}")
    if sum(member.relation is Relation.HEAD for member in members) != 1:
        warnings.append("members: a household has exactly one head")
    return warnings


def _about_region(region_code: str) -> Iterator[str]:
    known = regions().nearest_local(region_code)
    if known is not None and known.code != region_code:
        yield f"region_code: not in the list of divisions; the nearest known is {known.name}"
    if len(region_prefix(region_code)) < CODE_LENGTH:
        yield "region_code: a household lies in a village, and this is the code of a wider division"


def _registered_elsewhere(
    reading: Reading, code: str, numbers: Sequence[str]
) -> Mapping[str | None, list[tuple[str, str]]]:
    """Code and region of the other households that have a member with one of these identity numbers."""
    if not numbers:
        return {}
    rows = reading.connection.execute(
        sa.select(_MEMBERS.c.id_number, _HOUSEHOLDS.c.code, _HOUSEHOLDS.c.region_code)
        .join(_HOUSEHOLDS, _HOUSEHOLDS.c.code == _MEMBERS.c.household_code)
        .where(_MEMBERS.c.id_number.in_(numbers), _HOUSEHOLDS.c.code != code, _HOUSEHOLDS.c.ended_on.is_(None))
        .order_by(_HOUSEHOLDS.c.code)
    )
    found: dict[str | None, list[tuple[str, str]]] = {}
    for number, other, region_code in rows:
        found.setdefault(number, []).append((other, region_code))
    return found


def _whose(actor: Actor, households: Sequence[tuple[str, str]]) -> str:
    named = [code for code, region_code in households if actor.sees(region_code)]
    if not named:
        return "registered in another household, too"
    return f"registered in {', '.join(named)}, too"


def warnings_of_change(before: Sequence[MemberOfHousehold], after: Sequence[MemberOfHousehold]) -> list[str]:
    """Which numbers passed to other people, and whether nobody is left."""
    held = {one.member.member_no: one.person_id for one in before}
    warnings = [
        f"members/{index}: another person has the number now; what was said of the former one passes on to nobody"
        for index, one in enumerate(after)
        if held.get(one.member.member_no, one.person_id) != one.person_id
    ]
    if before and not {one.person_id for one in before} & {one.person_id for one in after}:
        warnings.append(
            "members: nobody is left of those who lived here; the income and the history of the household stay as they "
            "are. Look whether this is another household, which needs a code of its own"
        )
    return warnings


def warnings_of_code(uow: UnitOfWork, code: str, region_code: str) -> list[str]:
    """Whether a new code looks like one of another county, and the county of its letters is remembered."""
    county = region_code[:_COUNTY]
    if division := _match_division(code):
        return _of_division(division[0], county)
    prefix = _match_prefix(code)
    if prefix is None:
        return []
    letters = prefix[0].lower()
    counties = set(uow.connection.scalars(sa.select(_PREFIXES.c.county).where(_PREFIXES.c.prefix == letters)))
    if county in counties:
        return []
    remember = insert_into(_PREFIXES, uow.connection.dialect.name).on_conflict_do_nothing()
    uow.connection.execute(remember, {"prefix": letters, "county": county})
    if not counties:
        return []
    return [f"household_code: codes that begin with {prefix[0]} are those of another county"]


def _of_division(division: str, county: str) -> list[str]:
    known = regions().find(division)
    if known is None or division == county:
        return []
    return [f"household_code: it begins with the division code of {known.name}, and the household lies elsewhere"]
