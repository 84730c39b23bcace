"""Which work fits whom, and why not. Pure decisions."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from services.employment.workers.rules.ages import Birth, WorkingAge
from shared.codes.employment import WhyNot, WorkerStatus
from shared.codes.monitoring import Labour


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


def _age_says(candidate: Candidate, offer: Offer, working_age: WorkingAge, on: date) -> dict[WhyNot, bool]:
    age = candidate.birth.age_on(on)
    return {
        WhyNot.NOT_OF_WORKING_AGE: not working_age.holds(age),
        WhyNot.TOO_YOUNG: age < offer.min_age,
        WhyNot.TOO_OLD: age > offer.max_age,
    }
