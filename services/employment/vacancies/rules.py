"""Which work fits whom and why, at what age, and where a placement may go next. Pure decisions."""

from calendar import isleap
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from shared.contracts.codes import Labour, PlacementAction, PlacementStatus, WorkerStatus
from shared.regions import RegionLevel, scope_chain
from shared.transitions import Transitions

WORKING_AGE: Final = "employment.working_age"
"""劳动年龄: the youngest and the oldest age of a worker."""

TRANSITIONS: Final = Transitions(
    "a placement",
    {
        (PlacementStatus.PLACED, PlacementAction.DEPART): PlacementStatus.DEPARTED,
        (PlacementStatus.PLACED, PlacementAction.START): PlacementStatus.STARTED,
        (PlacementStatus.PLACED, PlacementAction.END): PlacementStatus.ENDED,
        (PlacementStatus.DEPARTED, PlacementAction.START): PlacementStatus.STARTED,
        (PlacementStatus.DEPARTED, PlacementAction.END): PlacementStatus.ENDED,
        (PlacementStatus.STARTED, PlacementAction.END): PlacementStatus.ENDED,
    },
)
"""What may be done with a placement, and where it leads. Work near home begins without a departure."""

_DAY: Final = timedelta(days=1)
_LEVELS: Final[Mapping[int, RegionLevel]] = {
    2: RegionLevel.PROVINCE,
    4: RegionLevel.PREFECTURE,
    6: RegionLevel.COUNTY,
    9: RegionLevel.TOWNSHIP,
    12: RegionLevel.VILLAGE,
}


class WhyNot(StrEnum):
    """Why a worker cannot be placed in a vacancy 不匹配原因."""

    EXPIRED = "expired"
    """岗位已过期."""

    NO_HEADCOUNT_LEFT = "no_headcount_left"
    """岗位已满."""

    ALREADY_PLACED = "already_placed"
    """已匹配或已就业."""

    NOT_A_WORKER = "not_a_worker"
    """已非劳动力: left the household, went to school or lost the ability to work."""

    NOT_OF_WORKING_AGE = "not_of_working_age"
    """不在劳动年龄内."""

    TOO_YOUNG = "too_young"
    """低于岗位年龄要求."""

    TOO_OLD = "too_old"
    """高于岗位年龄要求."""

    LABOUR_NOT_MATCHING = "labour_not_matching"
    """劳动技能不符."""


class Birth(NamedTuple):
    """When somebody was born, as far as it was told: events written before the day was told name the year alone."""

    year: int
    day: date | None

    def age_on(self, on: date) -> int:
        """Age 周岁 on a day: a year more from each birthday on.

        Who was born on 29 February is a year older from 1 March of a common year: the year of life ends with the last
        day of February (民法典 第二百〇二条: 没有对应日的，月末日为期间的最后一日). Where only the year of birth is
        known, it is the lower of the two ages of the year: nobody begins too early or is refused as too old by it.
        """
        if self.day is None:
            return on.year - self.year - 1
        return on.year - self.day.year - ((on.month, on.day) < (self.day.month, self.day.day))


class WorkingAge(NamedTuple):
    """Ages of workers, both ends included."""

    youngest: int
    oldest: int

    def holds(self, age: int) -> bool:
        """Whether somebody of this age is of working age."""
        return self.youngest <= age <= self.oldest

    def births(self, on: date) -> tuple[date, date]:
        """The first and the last day of birth of whoever is of working age on a day."""
        return _last_birth(self.oldest + 1, on) + _DAY, _last_birth(self.youngest, on)

    def birth_years(self, on: date) -> tuple[int, int]:
        """The years of birth, both included, of whoever is of working age where the year alone is known."""
        return on.year - self.oldest - 1, on.year - self.youngest - 1


class Candidate(NamedTuple):
    """A worker, as decisions about work see one."""

    worker_id: UUID
    member_no: int
    region_code: str
    birth: Birth
    labour: Labour
    active: bool
    status: WorkerStatus


class Offer(NamedTuple):
    """A vacancy, as decisions about work see one."""

    vacancy_code: str
    place_code: str
    wage_month: int
    headcount: int
    taken: int
    min_age: int
    max_age: int
    needs: Sequence[Labour]
    valid_until: date


class Suggestion(NamedTuple):
    """Work that fits a worker, and what speaks for it."""

    candidate: Candidate
    offer: Offer
    shared_division: RegionLevel | None
    """The narrowest division that holds both home and work; none where not even the province is the same."""


class Unsuitable(NamedTuple):
    """Work that does not fit a worker, and everything that stands against it."""

    candidate: Candidate
    offer: Offer
    why_not: tuple[WhyNot, ...]


def why_not(candidate: Candidate, offer: Offer, working_age: WorkingAge, on: date) -> tuple[WhyNot, ...]:
    """Everything that keeps this worker from this vacancy on a day; empty where the work fits."""
    against = {
        WhyNot.EXPIRED: offer.valid_until < on,
        WhyNot.NO_HEADCOUNT_LEFT: offer.taken >= offer.headcount,
        WhyNot.ALREADY_PLACED: candidate.status is not WorkerStatus.IDLE,
        WhyNot.NOT_A_WORKER: not candidate.active,
        **_age_says(candidate, offer, working_age, on),
        WhyNot.LABOUR_NOT_MATCHING: candidate.labour not in offer.needs,
    }
    return tuple(reason for reason, holds in against.items() if holds)


def why_not_by_age(candidate: Candidate, offer: Offer, working_age: WorkingAge, on: date) -> tuple[WhyNot, ...]:
    """What the age of this worker on a day has against this vacancy: asked again for the first day of work."""
    return tuple(reason for reason, holds in _age_says(candidate, offer, working_age, on).items() if holds)


def suggest(
    candidates: Iterable[Candidate], offers: Sequence[Offer], working_age: WorkingAge, on: date
) -> tuple[list[Suggestion], list[Unsuitable]]:
    """Match workers and vacancies 人岗匹配: what fits, the best first, and the rest with its reasons.

    The better wage is better; of equal wages, the work nearer to home.
    """
    fitting: list[Suggestion] = []
    rest: list[Unsuitable] = []
    for candidate in candidates:
        for offer in offers:
            against = why_not(candidate, offer, working_age, on)
            if against:
                rest.append(Unsuitable(candidate, offer, against))
            else:
                fitting.append(Suggestion(candidate, offer, shared_division(candidate.region_code, offer.place_code)))
    return sorted(fitting, key=_rank), sorted(rest, key=_place_in_rest)


def shared_division(home: str, work: str) -> RegionLevel | None:
    """The narrowest division that holds both places."""
    around_work = set(scope_chain(work))
    return next((_LEVELS[len(scope)] for scope in scope_chain(home) if scope in around_work), None)


def _age_says(candidate: Candidate, offer: Offer, working_age: WorkingAge, on: date) -> dict[WhyNot, bool]:
    age = candidate.birth.age_on(on)
    return {
        WhyNot.NOT_OF_WORKING_AGE: not working_age.holds(age),
        WhyNot.TOO_YOUNG: age < offer.min_age,
        WhyNot.TOO_OLD: age > offer.max_age,
    }


def _last_birth(age: int, on: date) -> date:
    """The last day of birth of whoever is at least this old on a day."""
    year = on.year - age
    return on.replace(year=year, day=28 if (on.month, on.day) == (2, 29) and not isleap(year) else on.day)


def _rank(found: Suggestion) -> tuple[int, int, str, int]:
    nearness = [*_LEVELS.values()].index(found.shared_division) + 1 if found.shared_division else 0
    return -found.offer.wage_month, -nearness, found.offer.vacancy_code, found.candidate.member_no


def _place_in_rest(found: Unsuitable) -> tuple[int, str, int]:
    """What fails by least comes first."""
    return len(found.why_not), found.offer.vacancy_code, found.candidate.member_no
