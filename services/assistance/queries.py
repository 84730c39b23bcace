"""What assistance can be asked. Every answer is limited to the caller's region."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from services.assistance.errors import TaskNotFound
from services.assistance.models import Task
from services.assistance.schemas import TaskOut
from shared import metrics
from shared.contracts.codes import RiskKind, TaskStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.pagination import PageRequest, newest_first


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks are asked for."""

    household_code: str | None
    region_code: str | None
    status: TaskStatus | None
    kind: RiskKind | None
    overdue: bool | None
    """逾期: not closed, and due before the business date."""


def task(reading: Reading, task_id: UUID) -> TaskOut:
    """A task with its history."""
    table = table_of(Task)
    row = reading.connection.execute(sa.select(table).where(table.c.id == task_id)).one_or_none()
    if row is None or not reading.actor.sees(row.region_code):
        raise TaskNotFound(f"no task {task_id} in region {reading.actor.region}")
    return TaskOut.model_validate(row)


def tasks(reading: Reading, wanted: TaskFilter, page: PageRequest) -> Sequence[TaskOut]:
    """Tasks, the newest first; one more than the page holds, so that the caller knows whether it goes on."""
    table = table_of(Task)
    statement = sa.select(table).where(table.c.region_code.startswith(reading.actor.search_prefix(wanted.region_code)))
    for name in ("household_code", "status", "kind"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(table.c[name] == value)
    if wanted.overdue is not None:
        late = (table.c.status != TaskStatus.CLOSED) & sa.func.coalesce(table.c.due_on < reading.today(), sa.false())
        statement = statement.where(late if wanted.overdue else sa.not_(late))
    ordered = newest_first(statement, table.c.opened_at, table.c.id, page)
    return [TaskOut.model_validate(row) for row in reading.connection.execute(ordered)]


def task_key(shown: TaskOut) -> tuple[str, ...]:
    """Where a task stands in the list."""
    return shown.opened_at.isoformat(), str(shown.task_id)


def tasks_by_county(reading: Reading) -> metrics.Counts:
    """How many tasks are open, and of these overdue 逾期, by county and grade: the gauges of the house."""
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
