"""A task in hand: found and locked, and its history written."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.assistance.errors import TaskNotFound
from services.assistance.models import Task
from shared.contracts.codes import TaskStatus, TaskVerdict
from shared.contracts.monitoring import Clue
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork


def hold_task(uow: UnitOfWork, task_id: UUID) -> Task:
    """The task, locked. Raises TaskNotFound where there is none within the caller's region."""
    task = uow.session.get(Task, task_id, with_for_update=True)
    if task is None or not uow.actor.sees(task.region_code):
        raise TaskNotFound(f"no task {task_id} in region {uow.actor.place}")
    return task


def hold_tasks_beside(uow: UnitOfWork, task_id: UUID) -> Task:
    """The task, locked with all the tasks of its household, in the order of their ids. Raises TaskNotFound."""
    table = table_of(Task)
    household = sa.select(table.c.household_code).where(table.c.id == task_id).scalar_subquery()
    beside = sa.select(table.c.id).where(table.c.household_code == household)
    uow.connection.execute(beside.order_by(table.c.id).with_for_update())
    return hold_task(uow, task_id)


def touch_tasks(uow: UnitOfWork, task_ids: Collection[UUID]) -> None:
    """Say of these tasks, which are locked, that something they show has changed."""
    table = table_of(Task)
    for task_id in sorted(set(task_ids)):
        touched = sa.update(table).where(table.c.id == task_id)
        uow.connection.execute(touched.values(version=table.c.version + 1, updated_at=uow.stamp()))


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
