"""What assistance can be asked. Every answer is limited to the caller's region."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from services.assistance.commands.measures import measures_of
from services.assistance.errors import TaskNotFound
from services.assistance.models import HOUSEHOLDS, Credit, Disbursement, Measure, Task, Withdrawal
from services.assistance.rules import CreditLine, TaskChange, effect_of, superseded
from services.assistance.schemas import DisbursementOut, EffectOut, MeasureOut, StoryEntry, StoryOut, TaskOut
from shared import metrics
from shared.contracts.codes import IncomeBranch, MeasureKind, MeasureStatus, RiskKind, TaskAction, TaskStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.db.within import within
from shared.helping.households import HouseholdUnknown
from shared.http.pagination import PageRequest, as_wanted, newest_first, oldest_first
from shared.money import format_yuan
from shared.months import format_month
from shared.security.actor import SYSTEM, Actor
from shared.workdays import WorkdayCalendar

Row = Mapping[Any, Any]


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


@dataclass(frozen=True, slots=True)
class MeasureFilter:
    """Which measures are asked for."""

    household_code: str | None
    region_code: str | None
    kind: MeasureKind | None
    status: MeasureStatus | None
    overdue: bool | None
    """逾期: nobody answered, and an answer was due before the business date."""


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
    if wanted.updated_after is not None:
        changed = statement.where(table.c.updated_at > wanted.updated_after)
        ordered = oldest_first(changed, table.c.updated_at, table.c.id, page)
    else:
        ordered = newest_first(statement, table.c.opened_at, table.c.id, page)
    return _tasks_out(reading, reading.connection.execute(ordered).mappings().all())


def task_key(shown: TaskOut) -> tuple[str, ...]:
    """Where a task stands in the list."""
    return shown.opened_at.isoformat(), str(shown.task_id)


def changed_task_key(shown: TaskOut) -> tuple[str, ...]:
    """Where a task stands in the list of what changed."""
    return shown.updated_at.isoformat(), str(shown.task_id)


def measures(reading: Reading, wanted: MeasureFilter, page: PageRequest) -> Sequence[MeasureOut]:
    """Measures of tasks of the caller's region, the newest first; one more than the page holds."""
    table, of_task = table_of(Measure), table_of(Task)
    mine = within(of_task.c.region_code, reading.actor, wanted.region_code)
    statement = sa.select(table).join(of_task, of_task.c.id == table.c.task_id).where(mine)
    statement = as_wanted(statement, table, wanted, "household_code", "kind", "status")
    if wanted.overdue is not None:
        in_time = sa.func.coalesce(table.c.answer_by >= reading.today(), sa.true())
        late = (table.c.status == MeasureStatus.REQUESTED) & sa.not_(in_time)
        statement = statement.where(late if wanted.overdue else sa.not_(late))
    ordered = newest_first(statement, table.c.requested_at, table.c.id, page)
    return [MeasureOut.model_validate(row) for row in reading.connection.execute(ordered)]


def measure_key(shown: MeasureOut) -> tuple[str, ...]:
    """Where a measure stands in the list."""
    return shown.requested_at.isoformat(), str(shown.measure_id)


def disbursements(
    reading: Reading, household_code: str | None, region_code: str | None, page: PageRequest
) -> Sequence[DisbursementOut]:
    """Disbursements, the newest first; one more than the page holds."""
    table = table_of(Disbursement)
    statement = sa.select(table).where(within(table.c.region_code, reading.actor, region_code))
    if household_code is not None:
        statement = statement.where(table.c.household_code == household_code)
    ordered = newest_first(statement, table.c.recorded_at, table.c.id, page)
    return [DisbursementOut.model_validate(row) for row in reading.connection.execute(ordered)]


def disbursement_key(shown: DisbursementOut) -> tuple[str, ...]:
    """Where a disbursement stands in the list."""
    return shown.recorded_at.isoformat(), str(shown.disbursement_id)


def story(reading: Reading, household_code: str) -> StoryOut:
    """What happened to a household and what came of it: all of it for whoever has the household in the own region.

    Where the household is not known there, as much as the own region has done for it.
    """
    known = HOUSEHOLDS.find(reading, [household_code]).get(household_code)
    actor = SYSTEM if known else reading.actor
    of_household = _rows(reading, Task, household_code, actor)
    asked = [row for rows in measures_of(reading, [row["id"] for row in of_household]).values() for row in rows]
    money = [
        *map(_own_credit, _rows(reading, Disbursement, household_code, actor)),
        *_rows(reading, Credit, household_code, actor),
    ]
    if known is None and not of_household and not money:
        raise HouseholdUnknown(f"no household {household_code} in region {reading.actor.place}")
    chains = {row["id"]: row["correlation_id"] for row in asked}
    taken_back = {(row["house"], row["credit_id"]): row for row in _rows(reading, Withdrawal, household_code, actor)}
    lines = [_credit_line(row, withdrawn=(row["house"], row["credit_id"]) in taken_back) for row in money]
    entries = [
        *[entry for row in of_household for entry in _task_entries(row)],
        *[entry for row in asked for entry in _measure_entries(row)],
        *_credit_entries(money, superseded(lines), taken_back, chains),
        *_withdrawal_entries(taken_back.values()),
    ]
    members = known.members if known else None
    effect = EffectOut(members=members, **effect_of(lines, members)._asdict())
    entries.sort(key=lambda entry: entry.at)  # of one moment: tasks, measures, money, withdrawals, each as it was kept
    return StoryOut(household_code=household_code, entries=entries, effect=effect)


def _tasks_out(reading: Reading, rows: Sequence[Row]) -> list[TaskOut]:
    """Tasks with their measures, which one statement finds for all."""
    found = measures_of(reading, [row["id"] for row in rows])
    return [TaskOut.model_validate({**row, "measures": found[row["id"]]}) for row in rows]


def _rows(
    reading: Reading, model: type[Task | Disbursement | Credit | Withdrawal], code: str, actor: Actor
) -> Sequence[Row]:
    table = table_of(model)
    mine = (table.c.household_code == code) & within(table.c.region_code, actor)
    return reading.connection.execute(sa.select(table).where(mine).order_by(*table.primary_key)).mappings().all()


def _own_credit(row: Row) -> Row:
    """A disbursement as the credit it is."""
    return {
        **row,
        "house": "assistance",
        "credit_id": row["id"],
        "branch": IncomeBranch.TRANSFER,
        "supersedes": row["supersedes_id"],
        "at": row["recorded_at"],
    }


def _credit_line(row: Row, *, withdrawn: bool) -> CreditLine:
    """One that is withdrawn is worth nothing; what it corrected does not count again."""
    amount = 0 if withdrawn else row["amount"]
    return CreditLine(row["house"], row["credit_id"], row["branch"], amount, row["supersedes"])


_OF_RISK = {
    TaskChange.OPENED: "raised",
    TaskChange.UPDATED: "updated",
    TaskChange.ESCALATED: "updated",
    TaskChange.NEW_CAUSE: "updated",
    TaskChange.CLOSED: "cleared",
    TaskChange.CAUSE_GONE: "cleared",
}
"""What the risk did, where that is why something happened to its task."""
_WITHOUT_OWN_WORDS = (
    TaskChange.UPDATED,
    TaskChange.CAUSE_GONE,
    TaskChange.MEASURE_REQUESTED,
    TaskChange.PAYMENT_WITHDRAWN,
)
"""What the history of a task says and the story tells of the risk, the measure or the money alone."""


def _task_entries(row: Row) -> Iterator[StoryEntry]:
    chain = {"correlation_id": row["correlation_id"], "task_id": row["id"], "risk_id": row["risk_id"]}
    named = f"{row['kind']}, episode {row['episode']}"
    for entry in row["history"]:
        at, action = entry["at"], entry["action"]
        if clue := entry.get("clue"):
            yield StoryEntry(at=at, what="clue", text=f"clue: {clue['type']}", fact_id=clue["fact_id"], **chain)
        if action in _OF_RISK:
            text = f"risk {_OF_RISK[action]}: {named}; {entry['note']}"
            yield StoryEntry(at=at, what=f"risk.{_OF_RISK[action]}", text=text, **chain)
        if action not in _WITHOUT_OWN_WORDS:
            found = f"; found: {entry['verdict']}" if action == TaskAction.VERIFY else ""
            text = f"task for {named}: {action} by {entry['by']}, now {entry['status']}{found}"
            yield StoryEntry(at=at, what=f"task.{action}", text=text, **chain)


def _measure_entries(row: Row) -> Iterator[StoryEntry]:
    chain = {"correlation_id": row["correlation_id"], "task_id": row["task_id"], "measure_id": row["id"]}
    wish = f" of {format_yuan(row['amount'])} yuan" if row["amount"] else ""
    told = [("requested", row["requested_at"]), ("accepted", row["accepted_at"]), ("overdue", row["overdue_at"])]
    if row["status"] is not MeasureStatus.ACCEPTED:
        told.append((str(row["status"]), row["answered_at"]))
    for what, at in told:
        if at is not None:
            why = f": {row['reason']}" if what == MeasureStatus.REFUSED else ""
            text = f"measure {row['kind']}{wish} {what}{why}"
            yield StoryEntry(at=at, what=f"measure.{what}", text=text, **chain)


def _credit_entries(
    money: Sequence[Row],
    corrected: frozenset[tuple[str, UUID]],
    taken_back: Mapping[tuple[str, UUID], Row],
    chains: Mapping[UUID, str],
) -> Iterator[StoryEntry]:
    for row in money:
        text = f"{row['branch']} income of {format_yuan(row['amount'])} yuan for {format_month(row['month'])}"
        text += f" through {row['house']}"
        text += f"; corrects {row['supersedes']}" if row["supersedes"] else ""
        text += "; corrected since, does not count" if (row["house"], row["credit_id"]) in corrected else ""
        text += "; withdrawn since, does not count" if (row["house"], row["credit_id"]) in taken_back else ""
        yield StoryEntry(
            at=row["at"],
            what=f"credit.{row['branch']}",
            text=text,
            correlation_id=chains.get(row["measure_id"], row["correlation_id"]),
            measure_id=row["measure_id"],
            credit_id=row["credit_id"],
        )


def _withdrawal_entries(taken_back: Iterable[Row]) -> Iterator[StoryEntry]:
    for row in taken_back:
        yield StoryEntry(
            at=row["at"],
            what=f"withdrawal.{row['branch']}",
            text=f"{row['branch']} income for {format_month(row['month'])} through {row['house']} withdrawn: "
            f"{row['reason']}",
            correlation_id=row["correlation_id"],
            credit_id=row["credit_id"],
        )


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
