"""What can be asked of tasks. Every answer is limited to the caller's region."""

from typing import Annotated, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from pydantic import Field

from services.assistance.models import Task
from services.assistance.tasks.errors import TaskNotFound
from services.assistance.tasks.schemas import TaskOut
from services.assistance.tasks.sheets import TASK_LIST
from services.assistance.tasks.store import show_tasks
from shared import metrics
from shared.codes.assistance import TaskStatus
from shared.codes.monitoring import RiskKind
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.fields import HouseholdCode, UpdatedAfter
from shared.lists.filters import holds
from shared.lists.order import newest_by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.regions import RegionFilter
from shared.words.said import says
from shared.workdays import WorkdayCalendar

_TASKS = table_of(Task)


def _is_overdue(reading: Reading) -> sa.ColumnElement[bool]:
    """逾期: not closed, and due before the business date."""
    return (_TASKS.c.status != TaskStatus.CLOSED) & sa.func.coalesce(_TASKS.c.due_on < reading.today(), sa.false())


class TaskList(ListQuery):
    """Which tasks 帮扶任务 are asked for, the newest first."""

    order = newest_by("opened_at")
    sheet = TASK_LIST
    household_code: HouseholdCode | None = None
    region_code: RegionFilter | None = None
    status: TaskStatus | None = None
    kind: RiskKind | None = None
    overdue: Annotated[bool | None, holds(_is_overdue)] = Field(
        None, description="Not closed, and due before the business date"
    )
    updated_after: UpdatedAfter = None


class VersionedTask(NamedTuple):
    """A task and the version of it that is shown."""

    task: TaskOut
    version: int


def task(reading: Reading, task_id: UUID) -> TaskOut:
    """A task with its history and measures."""
    return versioned_task(reading, task_id).task


def versioned_task(reading: Reading, task_id: UUID) -> VersionedTask:
    """The same with its version."""
    row = reading.connection.execute(sa.select(_TASKS).where(_TASKS.c.id == task_id)).mappings().one_or_none()
    if row is None or not reading.actor.sees(row["region_code"]):
        raise TaskNotFound(says("no-such-task", task=task_id, region=reading.actor.place))
    return VersionedTask(show_tasks(reading, [row])[0], row["version"])


def tasks(reading: Reading, asked: TaskList) -> Page[TaskOut]:
    """Tasks with their measures."""
    rows = sa.select(_TASKS)
    return asked.page(reading, rows, lambda found: show_tasks(reading, [row._asdict() for row in found]))


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
