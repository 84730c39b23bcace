"""Events of tasks: one opened, closed, or is open again."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from shared.codes.assistance import TaskEndedBy, TaskReopenedBy
from shared.context import Context
from shared.contracts.assistance import TaskClosed, TaskOpened, TaskReopened
from shared.db.unit_of_work import UnitOfWork


def publish_opened(uow: UnitOfWork, task: Mapping[str, Any], context: Context) -> None:
    """A task opened, or one that closed itself has its cause again."""
    opened = TaskOpened(
        **_episode_of(task), grade=task["grade"], due_on=task["due_on"], due_provisional=task["due_provisional"]
    )
    uow.emit(opened, region=opened.region_code, context=context)


def publish_closed(
    uow: UnitOfWork,
    task: Mapping[str, Any],
    closed_by: TaskEndedBy,
    closed_on: dt.date,
    context: Context,
) -> None:
    """A task ended."""
    closed = TaskClosed(
        **_episode_of(task),
        verdict=task["verdict"],
        closed_by=closed_by,
        closed_on=closed_on,
        grade=task["grade"],
        seen_causes=tuple(task["seen_causes"]),
        task_version=task["version"],
    )
    uow.emit(closed, region=closed.region_code, context=context)


def publish_reopened(
    uow: UnitOfWork,
    task: Mapping[str, Any],
    reopened_by: TaskReopenedBy,
    reopened_on: dt.date,
    context: Context,
) -> None:
    """A judged task is open again: its verdict stands no longer."""
    reopened = TaskReopened(
        **_episode_of(task), reopened_by=reopened_by, reopened_on=reopened_on, task_version=task["version"]
    )
    uow.emit(reopened, region=reopened.region_code, context=context)


def _episode_of(task: Mapping[str, Any]) -> dict[str, Any]:
    names = ("risk_id", "household_code", "region_code", "kind", "episode")
    return {"task_id": task["id"], **{name: task[name] for name in names}}
