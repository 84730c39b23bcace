"""What can be asked of tasks. Every answer is limited to the caller's region."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from services.assistance.measures.store import load_measures
from services.assistance.models import Task
from services.assistance.tasks.errors import TaskNotFound
from services.assistance.tasks.schemas import TaskOut
from shared import metrics
from shared.codes.assistance import TaskStatus
from shared.codes.monitoring import RiskKind
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.db.within import within
from shared.http.pagination import PageRequest, as_wanted, moment_or_change, newest_or_change
from shared.workdays import WorkdayCalendar


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks are asked for."""

    household_code: str | None
    region_code: str | None
    status: TaskStatus | None
    kind: RiskKind | None
    overdue: bool | None
    """逾期: not closed, and due before the business date."""
    updated_after: dt.datetime | None
    """Changed later than this; then the longest unchanged come first."""


class VersionedTask(NamedTuple):
    """A task and the version of it that is shown."""

    task: TaskOut
    version: int


def task(reading: Reading, task_id: UUID) -> TaskOut:
    """A task with its history and measures."""
    return versioned_task(reading, task_id).task


def versioned_task(reading: Reading, task_id: UUID) -> VersionedTask:
    """The same with its version."""
    table = table_of(Task)
    row = reading.connection.execute(sa.select(table).where(table.c.id == task_id)).mappings().one_or_none()
    if row is None or not reading.actor.sees(row["region_code"]):
        raise TaskNotFound(f"no task {task_id} in region {reading.actor.place}")
    return VersionedTask(_tasks_out(reading, [row])[0], row["version"])


def tasks(reading: Reading, wanted: TaskFilter, page: PageRequest) -> Sequence[TaskOut]:
    """Tasks, the newest first; one more than the page holds, so that the caller knows whether it goes on."""
    table = table_of(Task)
    statement = sa.select(table).where(within(table.c.region_code, reading.actor, wanted.region_code))
    statement = as_wanted(statement, table, wanted, "household_code", "status", "kind")
    if wanted.overdue is not None:
        late = (table.c.status != TaskStatus.CLOSED) & sa.func.coalesce(table.c.due_on < reading.today(), sa.false())
        statement = statement.where(late if wanted.overdue else sa.not_(late))
    ordered = newest_or_change(statement, table, table.c.opened_at, wanted.updated_after, page)
    return _tasks_out(reading, reading.connection.execute(ordered).mappings().all())


def task_key(wanted: TaskFilter) -> Callable[[TaskOut], tuple[str, ...]]:
    """Where a task stands in the list that was asked for."""
    return moment_or_change(lambda shown: shown.opened_at, lambda shown: shown.task_id, wanted.updated_after)


def _tasks_out(reading: Reading, rows: Sequence[Mapping[Any, Any]]) -> list[TaskOut]:
    """Tasks with their measures, which one statement finds for all."""
    found = load_measures(reading, [row["id"] for row in rows])
    return [TaskOut.of(row, found[row["id"]]) for row in rows]


def counts(reading: Reading) -> metrics.Counts:
    """The gauges of the house: its tasks, and how long the calendar that deadlines are counted on reaches."""
    calendar = WorkdayCalendar(reading.policy.workday_overrides())
    days_left = (calendar.last_official_day() - reading.today()).days
    return {**tasks_by_county(reading), metrics.CALENDAR_DAYS_LEFT: {("assistance",): days_left}}


def tasks_by_county(reading: Reading) -> metrics.Counts:
    """How many tasks are open, and of these overdue 逾期, by county and grade."""
    table = table_of(Task)
    county = sa.func.substr(table.c.region_code, 1, 6).label("county")
    late = sa.case((table.c.due_on < reading.today(), 1), else_=0)
    statement = (
        sa.select(county, table.c.grade, sa.func.count(), sa.func.sum(late))
        .where(table.c.status != TaskStatus.CLOSED)
        .group_by("county", table.c.grade)
    )
    rows = [
        ((where, str(grade)), opened, overdue)
        for where, grade, opened, overdue in reading.connection.execute(statement)
    ]
    return {
        metrics.TASKS_OPEN: {labels: opened for labels, opened, _ in rows},
        metrics.TASKS_OVERDUE: {labels: overdue for labels, _, overdue in rows},
    }
