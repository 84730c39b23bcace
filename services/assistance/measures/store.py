"""Measures 帮扶措施 in the database. A measure changes only while its task is locked."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.assistance.models import Measure, Task
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork

_MEASURES, _TASKS = table_of(Measure), table_of(Task)
_SELECT_TASKS_FOR_UPDATE = (
    sa.select(_TASKS.c.id, _TASKS.c.region_code, _TASKS.c.status)
    .where(_TASKS.c.id.in_(sa.select(_MEASURES.c.task_id).where(is_one_of(_MEASURES.c.id, "ids"))))
    .order_by(_TASKS.c.id)
    .with_for_update()
)
_SELECT_MEASURES = sa.select(_MEASURES).where(is_one_of(_MEASURES.c.id, "ids")).order_by(_MEASURES.c.id)
_SELECT_MEASURES_OF_TASKS = (
    sa.select(_MEASURES).where(is_one_of(_MEASURES.c.task_id, "ids")).order_by(_MEASURES.c.requested_at, _MEASURES.c.id)
)


def load_measures(reading: Reading, task_ids: Collection[UUID]) -> dict[UUID, list[Mapping[Any, Any]]]:
    """The measures of each of these tasks, the oldest first."""
    found: dict[UUID, list[Mapping[Any, Any]]] = {task_id: [] for task_id in task_ids}
    for row in reading.connection.execute(_SELECT_MEASURES_OF_TASKS, {"ids": list(found)}).mappings():
        found[row["task_id"]].append(row)
    return found


def lock_measures(uow: UnitOfWork, measure_ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """Those of these measures that exist, each with region and status of its task, which is locked.

    They are read only after their tasks are locked, in the order of ids: as nobody can change them any more.
    """
    ids = {"ids": list(measure_ids)}
    tasks = {row.id: row for row in uow.connection.execute(_SELECT_TASKS_FOR_UPDATE, ids)}
    return {
        row["id"]: {
            **row,
            "region_code": tasks[row["task_id"]].region_code,
            "task_status": tasks[row["task_id"]].status,
        }
        for row in uow.connection.execute(_SELECT_MEASURES, ids).mappings()
    }


def touch_tasks(uow: UnitOfWork, task_ids: Collection[UUID]) -> None:
    """Give these tasks, which are locked, a new version: a task shows its measures, and one of them changed."""
    for task_id in sorted(set(task_ids)):
        touched = sa.update(_TASKS).where(_TASKS.c.id == task_id)
        uow.connection.execute(touched.values(version=_TASKS.c.version + 1, updated_at=uow.stamp()))
