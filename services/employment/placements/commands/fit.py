"""Refusing work that does not fit the worker."""

from collections.abc import Sequence

from services.employment.models import Vacancy, Worker
from services.employment.placements.errors import ConstraintBroken, NoHeadcountLeft, VacancyExpired, WorkerAlreadyPlaced
from shared.codes.employment import WhyNot
from shared.errors import Conflict
from shared.words.said import Said, says

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
    said = _why_unfit(against, worker, vacancy)
    refusal = _REFUSALS.get(against[0])
    raise refusal(said) if refusal else ConstraintBroken(said, constraint=against[0].value)


def _why_unfit(against: Sequence[WhyNot], worker: Worker, vacancy: Vacancy) -> Said:
    named = {"worker": worker.id, "vacancy": vacancy.code, "against": against}
    if worker.born_on is None and _BY_AGE.intersection(against):
        return says("unfit-by-year-of-birth", **named)
    return says("unfit", **named)
