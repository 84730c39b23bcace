"""Tasks 帮扶任务 in the database: found, locked, written with what their history tells of it, and shown."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.assistance.measures.store import load_measures
from services.assistance.models import PROCEDURE_STEP, Task
from services.assistance.tasks.errors import TaskNotFound
from services.assistance.tasks.procedure import TRANSITIONS
from services.assistance.tasks.schemas import TaskOut
from shared.codes.assistance import TaskChange, TaskVerdict
from shared.contracts.monitoring import Clue
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.procedures.rows import Steps, Taken
from shared.procedures.showing import with_steps
from shared.security.actor import SYSTEM
from shared.words.said import Said, says

STEPS = Steps(PROCEDURE_STEP, "task")
_TASKS = table_of(Task)
_SELECT_TASKS_OF_HOUSEHOLDS_FOR_UPDATE = (
    sa.select(_TASKS).where(is_one_of(_TASKS.c.household_code, "codes")).order_by(_TASKS.c.id).with_for_update()
)


def lock_task(uow: UnitOfWork, task_id: UUID) -> Task:
    """The task, locked. Raises TaskNotFound where there is none within the caller's region."""
    task = uow.session.get(Task, task_id, with_for_update=True)
    if task is None or not uow.actor.sees(task.region_code):
        raise TaskNotFound(says("no-such-task", task=task_id, region=uow.actor.place))
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
    uow: UnitOfWork, row: Mapping[Any, Any], change: TaskChange, note: Said, *, by: str = SYSTEM.id, **changed: Any
) -> Mapping[str, Any]:
    """Write what changed of a task, which is locked, and tell it in its history; returns the row as it is now."""
    after = {**row, **changed, "version": row["version"] + 1, "updated_at": uow.stamp()}
    STEPS.write(uow, [task_step(after, uow.now(), change, by, note)])
    written = {name: after[name] for name in (*changed, "version", "updated_at")}
    uow.connection.execute(sa.update(_TASKS).where(_TASKS.c.id == row["id"]).values(written))
    return after


def task_step(
    task: Mapping[Any, Any], at: dt.datetime, change: TaskChange, by: str, note: Said, clue: Clue | None = None
) -> Taken:
    """What happened to a task beside its transitions, as its history keeps it; the row is as it was afterwards."""
    return Taken(
        thing_id=task["id"],
        step_no=task["version"],
        at=at,
        action=str(change),
        status=str(task["status"]),
        taken_by=by,
        note=note,
        details=step_details(task["verdict"], clue),
    )


def step_details(verdict: TaskVerdict | None, clue: Clue | None = None) -> dict[str, Any]:
    """What the history of a task tells beside what every history does."""
    return {"verdict": verdict and str(verdict), "clue": clue and clue.model_dump(mode="json")}


def show_tasks(reading: Reading, rows: Sequence[Mapping[Any, Any]]) -> list[TaskOut]:
    """Tasks with their measures and histories; one statement finds those of all."""
    measures = load_measures(reading, [row["id"] for row in rows])
    return [TaskOut.of(row, measures[row["id"]]) for row in with_steps(reading, TRANSITIONS, STEPS, rows)]
