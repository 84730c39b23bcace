"""A task in hand: found and locked, and its history written."""

from typing import Any
from uuid import UUID

from services.assistance.errors import TaskNotFound
from services.assistance.models import Task
from shared.contracts.codes import TaskStatus, TaskVerdict
from shared.contracts.monitoring import Clue
from shared.db.unit_of_work import UnitOfWork


def hold_task(uow: UnitOfWork, task_id: UUID) -> Task:
    """The task, locked. Raises TaskNotFound where there is none within the caller's region."""
    task = uow.session.get(Task, task_id, with_for_update=True)
    if task is None or not uow.actor.sees(task.region_code):
        raise TaskNotFound(f"no task {task_id} in region {uow.actor.place}")
    return task


def history_entry(
    at: str,
    action: str,
    by: str,
    status: TaskStatus,
    note: str | None,
    verdict: TaskVerdict | None,
    clue: Clue | None = None,
) -> dict[str, Any]:
    """What happened to a task, as its history keeps it."""
    return {
        "at": at,
        "action": str(action),
        "by": by,
        "status": str(status),
        "note": note,
        "verdict": verdict and str(verdict),
        "clue": clue and clue.model_dump(mode="json"),
    }
