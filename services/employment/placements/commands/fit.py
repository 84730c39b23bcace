"""Refusing work that does not fit the worker."""

from collections.abc import Sequence

from services.employment.models import Vacancy, Worker
from services.employment.placements.errors import ConstraintBroken, NoHeadcountLeft, VacancyExpired, WorkerAlreadyPlaced
from shared.codes.employment import WhyNot
from shared.errors import Conflict

_REFUSALS: dict[WhyNot, type[Conflict]] = {
    WhyNot.EXPIRED: VacancyExpired,
    WhyNot.NO_HEADCOUNT_LEFT: NoHeadcountLeft,
    WhyNot.ALREADY_PLACED: WorkerAlreadyPlaced,
}
"""What has a name of its own; everything else is a broken constraint."""
_BY_AGE = frozenset({WhyNot.NOT_OF_WORKING_AGE, WhyNot.TOO_YOUNG, WhyNot.TOO_OLD})


def refuse_unfit(against: Sequence[WhyNot], worker: Worker, vacancy: Vacancy) -> None:
    """Raise what stands first against this worker in this vacancy."""
    if not against:
        return
    detail = f"worker {worker.id} and vacancy {vacancy.code}: {', '.join(against)}"
    if worker.born_on is None and _BY_AGE.intersection(against):
        detail += "; of the worker the year of birth alone is known, so the lower age of the year counts"
    refusal = _REFUSALS.get(against[0])
    raise refusal(detail) if refusal else ConstraintBroken(detail, constraint=against[0].value)
