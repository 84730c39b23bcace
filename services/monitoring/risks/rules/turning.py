"""Verdicts that turn by time alone: what ages out, or falls due, without any fact."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final

from services.monitoring.evidence.accident import ACCIDENT_KNOWN
from services.monitoring.evidence.circumstances import PEOPLE, Circumstances
from services.monitoring.evidence.disability import DISABILITY_KNOWN
from services.monitoring.evidence.disaster import DISASTER_KNOWN
from services.monitoring.evidence.expense import EDUCATION, SCHOOL_YEAR_BEGINS
from services.monitoring.evidence.insurance import INSURANCE_KNOWN
from services.monitoring.evidence.kept import Kept, Person
from services.monitoring.evidence.production import PRODUCTION_KNOWN
from services.monitoring.evidence.relief import RELIEF_KNOWN
from services.monitoring.evidence.schooling import SCHOOLING_KNOWN
from services.monitoring.evidence.water import WATER_KNOWN
from services.monitoring.evidence.work import WORK_KNOWN
from services.monitoring.risks.rules.parameters import RuleParameters
from services.monitoring.risks.rules.state import HouseholdState
from shared.codes.circumstances import WaterTest
from shared.codes.monitoring import RiskKind
from shared.months import months_later

Turn = Callable[[HouseholdState, RuleParameters], Iterable[date]]
"""The days on which a rule may begin to answer otherwise about a household, although nothing happens."""
Ages = Callable[[RuleParameters], range | None]


def _ages_out(kept: Kept[Circumstances]) -> Turn:
    """What happened counts for some months."""

    def days(state: HouseholdState, parameters: RuleParameters) -> Iterator[date]:
        if parameters.event_months is not None:
            for one in state.sees(kept):
                yield months_later(one.observed_on, parameters.event_months)

    return days


def _comes_of_age(kept: Kept[Any], ages: Ages) -> Turn:
    """Members come to the ages that a rule asks for, and leave them."""

    def days(state: HouseholdState, parameters: RuleParameters) -> Iterator[date]:
        asked = ages(parameters)
        if asked is not None and state.may_see(kept):
            for person in state.sees(PEOPLE):
                yield from (birthday(person, asked.start), birthday(person, asked.stop))

    return days


def birthday(person: Person, age: int) -> date:
    """The day on which a member completes so many years; of the 29th of February the 1st of March."""
    born = person.birth_date
    leap_day = (born.month, born.day) == (2, 29)
    return date(born.year + age, 3, 1) if leap_day else born.replace(year=born.year + age)


def _compulsory(parameters: RuleParameters) -> range | None:
    return parameters.compulsory_age


def _working(parameters: RuleParameters) -> range | None:
    return parameters.working_age


def _cuts(state: HouseholdState, parameters: RuleParameters) -> Iterator[date]:
    """A cut 断水 has lasted too long."""
    if parameters.water_test is not None:
        longest = int(parameters.water_test[WaterTest.CUT_DAYS])
        for one in state.sees(WATER_KNOWN):
            if one.said["cut_since"] is not None:
                yield date.fromisoformat(one.said["cut_since"]) + timedelta(days=longest + 1)


def _next_year(state: HouseholdState, parameters: RuleParameters) -> Iterator[date]:
    """Insurance is of a year."""
    if state.may_see(INSURANCE_KNOWN):
        yield date(parameters.decided_on.year + 1, 1, 1)


def _next_school_year(state: HouseholdState, parameters: RuleParameters) -> Iterator[date]:
    today = parameters.decided_on
    if state.may_see(EDUCATION):
        yield date(today.year + (today.month >= SCHOOL_YEAR_BEGINS), SCHOOL_YEAR_BEGINS, 1)
    yield from _comes_of_age(EDUCATION, _compulsory)(state, parameters)


TURNS: Final[Mapping[RiskKind, Turn]] = {
    RiskKind.DROPOUT: _comes_of_age(SCHOOLING_KNOWN, _compulsory),
    RiskKind.EDUCATION_COST: _next_school_year,
    RiskKind.DISABILITY: _ages_out(DISABILITY_KNOWN),
    RiskKind.ACCIDENT: _ages_out(ACCIDENT_KNOWN),
    RiskKind.DISASTER: _ages_out(DISASTER_KNOWN),
    RiskKind.PRODUCTION_FAILURE: _ages_out(PRODUCTION_KNOWN),
    RiskKind.ZERO_JOB: _comes_of_age(WORK_KNOWN, _working),
    RiskKind.UNSAFE_WATER: _cuts,
    RiskKind.UNINSURED: _next_year,
    RiskKind.RELIEF_ENDED: _ages_out(RELIEF_KNOWN),
}
"""By rule. The income window needs none: it moves with the month, and the roll finds it. A rule that has one may speak
at a glance wherever its evidence is seen, for only who is judged one by one is asked for the day."""


def next_turn(state: HouseholdState, parameters: RuleParameters) -> date | None:
    """The first day behind the decision on which a verdict may change by time alone; none where none will."""
    days = (day for turn in TURNS.values() for day in turn(state, parameters))
    return min((day for day in days if day > parameters.decided_on), default=None)
