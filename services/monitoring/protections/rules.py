"""Where a household stands 保障情况 in schooling, medical care, housing and water, by what was said on a day.

One bad thing is unmet, else one thing unknown is unknown. What a policy has no value for is unknown, too.
"""

import calendar
import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from services.monitoring.evidence.circumstances import (
    PEOPLE,
    Circumstance,
    Circumstances,
    of_household,
    standing,
)
from services.monitoring.evidence.dwelling import DWELLING_KNOWN, UNSAFE_GRADES
from services.monitoring.evidence.insurance import INSURANCE_KNOWN, of_year
from services.monitoring.evidence.kept import Kept, Person
from services.monitoring.evidence.schooling import OUT_OF_SCHOOL, SCHOOLING_KNOWN, that_change
from services.monitoring.evidence.water import WATER_KNOWN
from services.monitoring.ledger.rules.dossiers import HouseholdDossier
from services.monitoring.risks.rules.parameters import RuleParameters
from services.monitoring.risks.rules.unsafe_water import tests_of
from shared.codes.circumstances import (
    InsuranceScheme,
    InsuranceStatus,
    Protection,
    ProtectionStatus,
    WaterTest,
)

Seen = Mapping[str, Any]
"""What is known of a household, by what is kept: circumstances, also of days to come, and its people."""
Passed = Iterable[bool | None]
"""Whether each thing that is asked is good; None is unknown."""


class Standing(NamedTuple):
    """Where a household stands in one matter, and what that rests on."""

    status: ProtectionStatus
    rests_on: tuple[Circumstance, ...] = ()
    """The states that hold of those who are asked about, by member."""
    until: dt.date | None = None
    """The first day on which it may be otherwise though nothing is said; none where time changes nothing."""

    @property
    def checked_on(self) -> dt.date | None:
        """The latest day on which something was observed that it rests on."""
        return max((one.observed_on for one in self.rests_on), default=None)

    @property
    def fact_ids(self) -> list[str]:
        """The facts that it rests on."""
        return [str(one.fact_id) for one in self.rests_on]


def status_of(passed: Passed) -> ProtectionStatus:
    """Where a household stands by all that is asked: one bad is unmet, else one unknown is unknown."""
    answers = set(passed)
    if not answers:
        return ProtectionStatus.NOT_APPLICABLE
    if False in answers:
        return ProtectionStatus.UNMET
    return ProtectionStatus.UNKNOWN if None in answers else ProtectionStatus.MET


ENDED: Final = dict.fromkeys(Protection, Standing(ProtectionStatus.NOT_APPLICABLE))
"""Of a household that is no more, nothing is asked."""


def standings(seen: Seen, parameters: RuleParameters) -> dict[Protection, Standing]:
    """Where a household stands in each matter on the day of the parameters."""
    return {
        protection: _with_what_is_to_come(asked(seen, parameters), kept.seen_in(seen), parameters.decided_on)
        for protection, (kept, asked) in _ASKED.items()
    }


def _with_what_is_to_come(found: Standing, said: Circumstances, day: dt.date) -> Standing:
    """What was observed on a day to come counts from that day on."""
    return found._replace(until=_first_after(day, found.until, *(one.observed_on for one in said)))


def _schooling(seen: Seen, parameters: RuleParameters) -> Standing:
    """Nobody of compulsory age 义务教育年龄 dropped out or is not enrolled, and of each of them something was said.

    Whoever graduated, returned or is exempt 免学 is not out of school, nor is whoever suspended 休学 it. A visit to
    persuade 劝返 changes nothing.
    """
    ages, day = parameters.compulsory_age, parameters.decided_on
    if ages is None:
        return Standing(ProtectionStatus.UNKNOWN)
    people = PEOPLE.seen_in(seen)
    asked_about = [person.member_no for person in people if person.age_on(day) in ages]
    said = that_change(_known(SCHOOLING_KNOWN, seen, day))
    birthdays = (_birthday(person, years) for person in people for years in (ages.start, ages.stop))
    return _of_members(asked_about, said, parameters, _is_at_school)._replace(until=_first_after(day, *birthdays))


def _is_at_school(one: Circumstance) -> bool:
    return one.said["event"] not in OUT_OF_SCHOOL


def _medical(seen: Seen, parameters: RuleParameters) -> Standing:
    """Every member has basic medical insurance 基本医保 of the year of the day, or need not have it."""
    day = parameters.decided_on
    of_the_year = of_year(_known(INSURANCE_KNOWN, seen, day), day.year)
    said = [one for one in of_the_year if one.said["scheme"] == InsuranceScheme.BASIC_MEDICAL]
    members = [person.member_no for person in PEOPLE.seen_in(seen)]
    return _of_members(members, said, parameters, _is_insured)._replace(until=dt.date(day.year + 1, 1, 1))


def _is_insured(one: Circumstance) -> bool:
    return InsuranceStatus(one.said["status"]) is not InsuranceStatus.UNINSURED


def _of_members(
    members: Collection[int],
    said: Iterable[Circumstance],
    parameters: RuleParameters,
    is_good: Callable[[Circumstance], bool],
) -> Standing:
    """Where a household stands by what holds of each of these members."""
    holding = standing(said, parameters.source_order)
    rests_on = tuple(holding[member_no] for member_no in sorted(members) if member_no in holding)
    passed = [is_good(holding[member_no]) if member_no in holding else None for member_no in members]
    return Standing(status_of(passed), rests_on)


def _housing(seen: Seen, parameters: RuleParameters) -> Standing:
    """The home is graded A or B, or is not the only one 唯一住房."""
    holding = _of_the_household(DWELLING_KNOWN, seen, parameters)
    return Standing(status_of(map(_is_safe, holding) if holding else [None]), holding)


def _is_safe(one: Circumstance) -> bool:
    return not one.said["only_home"] or one.said["grade"] not in UNSAFE_GRADES


def _water(seen: Seen, parameters: RuleParameters) -> Standing:
    """The water passes every test. What nobody said is unknown; but where nobody tells of a cut, there is none."""
    limits, day = parameters.water_test, parameters.decided_on
    holding = _of_the_household(WATER_KNOWN, seen, parameters)
    if limits is None or not holding:
        return Standing(ProtectionStatus.UNKNOWN, holding)
    [one] = holding
    passed = [is_passed for *_, is_passed in tests_of(one.said, limits, day)]
    falls_due = None
    if (cut_since := one.said["cut_since"]) is not None:
        falls_due = dt.date.fromisoformat(cut_since) + dt.timedelta(days=int(limits[WaterTest.CUT_DAYS]) + 1)
    return Standing(status_of(passed), holding, _first_after(day, falls_due))


def _of_the_household(kept: Kept[Circumstances], seen: Seen, parameters: RuleParameters) -> tuple[Circumstance, ...]:
    """What holds of the house or its water."""
    said = of_household(_known(kept, seen, parameters.decided_on))
    return tuple(standing(said, parameters.source_order).values())


def _known(kept: Kept[Circumstances], seen: Seen, day: dt.date) -> Iterator[Circumstance]:
    return (one for one in kept.seen_in(seen) if one.observed_on <= day)


def _birthday(person: Person, years: int) -> dt.date:
    """The day on which so many years are completed; whoever was born on 29 February completes others on 1 March."""
    born, year = person.birth_date, person.birth_date.year + years
    if (born.month, born.day) == (2, 29) and not calendar.isleap(year):
        return dt.date(year, 3, 1)
    return born.replace(year=year)


def _first_after(day: dt.date, *days: dt.date | None) -> dt.date | None:
    return min((one for one in days if one is not None and one > day), default=None)


_Asked = Callable[[Seen, RuleParameters], Standing]
_ASKED: Final[Mapping[Protection, tuple[Kept[Circumstances], _Asked]]] = {
    Protection.SCHOOLING: (SCHOOLING_KNOWN, _schooling),
    Protection.MEDICAL: (INSURANCE_KNOWN, _medical),
    Protection.HOUSING: (DWELLING_KNOWN, _housing),
    Protection.WATER: (WATER_KNOWN, _water),
}

RESTS_ON: Final[Sequence[Kept[Circumstances]]] = tuple(kept for kept, _ in _ASKED.values())
"""The evidence that protections rest on."""
_RESTS_ON: Final = frozenset(RESTS_ON)


def is_spoken_of(dossier: HouseholdDossier) -> bool:
    """Whether anything was ever said of a household that protections rest on."""
    return any(kept.name in dossier.evidence for kept in RESTS_ON)


def were_spoken_of(dossiers: Iterable[HouseholdDossier]) -> list[HouseholdDossier]:
    """Those of which a command says, or takes back, something that protections rest on."""
    return [one for one in dossiers if not (_RESTS_ON.isdisjoint(one.rows) and _RESTS_ON.isdisjoint(one.removed))]
