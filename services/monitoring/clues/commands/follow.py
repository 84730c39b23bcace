"""Clues follow the tasks of their risks: the verdict of a task answers the clues that are linked to its risk."""

from collections.abc import Sequence
from typing import Any, Final

from services.monitoring.answers.commands import join_anew, step_of
from services.monitoring.answers.store import STEPS, Clue, write_changes
from services.monitoring.clues.commands.answer import ANSWERED, follow_confirmed, tell_answers, with_what_follows
from services.monitoring.clues.commands.open_cases import has_open_case
from services.monitoring.clues.store import is_dismissed, lock_judged
from services.monitoring.risks.commands.record_verdicts import record_task_verdicts
from services.monitoring.risks.commands.reported import clear_reported, stand_again
from shared.codes.monitoring import ClueAction, ClueOutcome, ClueStatus, RiskKind
from shared.contracts.assistance import TaskClosed, TaskReopened
from shared.contracts.envelope import Event
from shared.db.unit_of_work import UnitOfWork

_HOUSE: Final = "assistance"


def follow_tasks(uow: UnitOfWork, events: Sequence[Event[TaskClosed | TaskReopened]]) -> None:
    """Show on each risk what its task found, and answer the clues that are linked to it.

    The risk `reported` clears with its task where the household has no case; reopened, it stands again.
    """
    for event in events:
        task = event.data
        is_reported, is_over = task.kind is RiskKind.REPORTED, isinstance(task, TaskClosed)
        if is_reported and not is_over and is_dismissed(uow, task.risk_id):
            stand_again(uow, task.household_code)
        record_task_verdicts(uow, [event])
        if is_reported and is_over and not has_open_case(uow, task.household_code):
            clear_reported(uow, task.household_code)
    _answer_linked(uow, events)


def _answer_linked(uow: UnitOfWork, events: Sequence[Event[TaskClosed | TaskReopened]]) -> None:
    """Answer the clues of these risks as their tasks found, also where that is another finding than before."""
    closed = {event.data.risk_id: event for event in events}
    judged = lock_judged(uow, list(closed))
    if not judged:
        return
    rows = [_answered(row, uow.today()) for row in judged]
    follow = follow_confirmed(uow, rows, raises=False)
    was_open = {row["household_code"] for row in judged if row["status"] is ClueStatus.OPEN}
    changed = write_changes(uow, [with_what_follows(row, follow) for row in rows], ANSWERED)
    steps = [step_of(row, ClueAction.ANSWER, uow.now(), _HOUSE, taken_on=row["answered_on"]) for row in changed]
    STEPS.write(uow, steps)
    tell_answers(uow, changed, by=_HOUSE)
    if was_open:
        join_anew(uow, was_open)


def _answered(row: Clue, on: Any) -> dict[str, Any]:
    answer = {"status": ClueStatus.ANSWERED, "verdict": row["found"], "reason": None, "answered_on": on}
    return {**row, **answer, "outcome": ClueOutcome.NONE}
