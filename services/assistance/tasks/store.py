"""Tasks 帮扶任务 in the database: found, locked, and written with an entry of their history."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.assistance.models import Task
from services.assistance.tasks.errors import TaskNotFound
from shared.codes.assistance import TaskChange, TaskStatus, TaskVerdict
from shared.contracts.monitoring import Clue
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import UnitOfWork
from shared.security.actor import SYSTEM

_TASKS = table_of(Task)
_SELECT_TASKS_OF_HOUSEHOLDS_FOR_UPDATE = (
    sa.select(_TASKS).where(is_one_of(_TASKS.c.household_code, "codes")).order_by(_TASKS.c.id).with_for_update()
)


def lock_task(uow: UnitOfWork, task_id: UUID) -> Task:
    """The task, locked. Raises TaskNotFound where there is none within the caller's region."""
    task = uow.session.get(Task, task_id, with_for_update=True)
    if task is None or not uow.actor.sees(task.region_code):
        raise TaskNotFound(f"no task {task_id} in region {uow.actor.place}")
    return task


def lock_tasks_beside(uow: UnitOfWork, task_id: UUID) -> Task:
    """The task, locked with all the tasks of its household, in the order of their ids. Raises TaskNotFound."""
    household = sa.select(_TASKS.c.household_code).where(_TASKS.c.id == task_id).scalar_subquery()
    beside = sa.select(_TASKS.c.id).where(_TASKS.c.household_code == household)
    uow.connection.execute(beside.order_by(_TASKS.c.id).with_for_update())
    return lock_task(uow, task_id)


def lock_tasks_of(uow: UnitOfWork, household_codes: Collection[str]) -> Sequence[Mapping[str, Any]]:
    """The tasks of these households, locked in the order of their ids: also closed ones, which may open meanwhile."""
    codes = {"codes": sorted(household_codes)}
    return [dict(row) for row in uow.connection.execute(_SELECT_TASKS_OF_HOUSEHOLDS_FOR_UPDATE, codes).mappings()]


def write_task(
    uow: UnitOfWork, row: Mapping[Any, Any], change: TaskChange, note: str, *, by: str = SYSTEM.id, **changed: Any
) -> Mapping[str, Any]:
    """Write what changed of a task, which is locked, with the entry of its history; returns the row as it is now."""
    status = changed.get("status", row["status"])
    entry = history_entry(uow.now().isoformat(), change, by, status, note, row["verdict"])
    after = {
        **changed,
        "version": row["version"] + 1,
        "history": [*row["history"], entry],
        "updated_at": uow.stamp(),
    }
    uow.connection.execute(sa.update(_TASKS).where(_TASKS.c.id == row["id"]).values(after))
    return {**row, **after}


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
