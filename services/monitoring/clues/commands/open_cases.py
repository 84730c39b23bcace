"""What a confirmed clue opens: an identification case 识别认定案, unless the household has one or is monitored."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from services.monitoring.answers.store import Clue
from services.monitoring.cases.commands.open import open_case
from services.monitoring.cases.store.rows import lock_open_case
from services.monitoring.cases.store.standings import Standing, load_standings
from shared.codes.monitoring import CaseKind, ClueOutcome
from shared.db.unit_of_work import UnitOfWork


class Opened(NamedTuple):
    """The case of a household, and what its clues say of it."""

    case_id: UUID | None
    outcome: ClueOutcome


def open_cases(
    uow: UnitOfWork, confirmed: Mapping[str, Clue], answered: Mapping[str, Sequence[UUID]]
) -> Mapping[str, Opened]:
    """Open a case for each of these households, which are locked, that has none and is not monitored.

    ``answered`` are the clues of each that the verdict answers: the time of the case runs from the earliest.
    """
    standings = load_standings(uow, confirmed)
    return {code: _open(uow, code, clue, answered[code], standings[code]) for code, clue in confirmed.items()}


def _open(uow: UnitOfWork, code: str, clue: Clue, answered: Sequence[UUID], standing: Standing) -> Opened:
    if standing.is_monitored:
        return Opened(None, ClueOutcome.ADMITTED)
    case = lock_open_case(uow, code)
    if case is None:
        on = max(clue["answered_on"], standing.eliminated_on or clue["answered_on"])
        case = open_case(uow, CaseKind.IDENTIFICATION, code, on, answered)
    return Opened(case.id, ClueOutcome.IN_PROCEDURE)


def has_open_case(uow: UnitOfWork, household_code: str) -> bool:
    """Whether a household, which is locked, has a case that has not ended."""
    return lock_open_case(uow, household_code) is not None
