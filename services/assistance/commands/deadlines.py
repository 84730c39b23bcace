"""Deadlines of tasks: counted from the decision about the risk, and again when the calendar is announced."""

import datetime as dt

import sqlalchemy as sa

from services.assistance.commands.history import history_entry
from services.assistance.models import Task
from services.assistance.rules import DEADLINE_WORKDAYS, TaskChange, deadline, kept_promise
from shared.contracts.codes import RiskGrade, TaskStatus
from shared.contracts.monitoring import RiskState
from shared.db.base import table_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.security.actor import SYSTEM
from shared.workdays import Deadline, WorkdayCalendar

BATCH = 500
_TASKS = table_of(Task)


class Deadlines:
    """Deadlines by region of a pack, day and grade, each counted once for all the events of a command."""

    def __init__(self, reading: Reading) -> None:
        self._policy = reading.policy
        self._calendar = WorkdayCalendar(reading.policy.workday_overrides())
        self._counted: dict[tuple[str, dt.date, RiskGrade], Deadline | None] = {}

    def of(self, risk: RiskState) -> Deadline | None:
        """When a task would be due by this state of its risk; None where the policy does not say."""
        view = self._policy.at(risk.region_code, risk.decided_on)
        key = (view.region, risk.decided_on, risk.grade)
        if key not in self._counted:
            workdays = view.find(DEADLINE_WORKDAYS)
            self._counted[key] = deadline(risk.decided_on, risk.grade, workdays, self._calendar)
        return self._counted[key]


def recount_deadlines(uow: UnitOfWork) -> bool:
    """Count the provisional deadlines anew whose days are announced by now 时限重算; tells whether more is waiting.

    Each is told once, in the history of its task, and none is later than what was promised.
    """
    calendar = WorkdayCalendar(uow.policy.workday_overrides())
    waiting = (
        _TASKS.c.due_provisional
        & (_TASKS.c.status != TaskStatus.CLOSED)
        & (_TASKS.c.due_on <= calendar.last_official_day())
        & _TASKS.c.due_from.is_not(None)
        & _TASKS.c.due_workdays.is_not(None)
    )
    found = sa.select(_TASKS).where(waiting).order_by(_TASKS.c.id).limit(BATCH).with_for_update()
    rows = uow.connection.execute(found).mappings().all()
    at = uow.now().isoformat()
    for row in rows:
        due = kept_promise(row["due_on"], calendar.add_workdays(row["due_from"], row["due_workdays"]))
        note = f"the calendar is announced: due {due}, {'as promised' if due == row['due_on'] else row['due_on']}"
        note += "" if due == row["due_on"] else " was promised"
        entry = history_entry(at, TaskChange.RECOUNTED, SYSTEM.id, row["status"], note, row["verdict"])
        after = {"due_on": due, "due_provisional": False}
        uow.connection.execute(
            sa.update(_TASKS)
            .where(_TASKS.c.id == row["id"])
            .values(**after, version=row["version"] + 1, history=[*row["history"], entry], updated_at=uow.stamp())
        )
        context = uow.context.in_chain(row["correlation_id"])
        before = {"due_on": row["due_on"].isoformat()}
        uow.audit("task.recounted", str(row["id"]), before=before, after={"due_on": due.isoformat()}, context=context)
        uow.note("task.recounted", context=context, task_id=str(row["id"]), household=row["household_code"])
    return len(rows) == BATCH
