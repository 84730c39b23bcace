"""Deadlines counted again when the calendar is announced 时限重算."""

import datetime as dt

import sqlalchemy as sa

from services.assistance.models import Task
from services.assistance.tasks.store import write_task
from shared.codes.assistance import TaskChange, TaskStatus
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.words.said import Said, says
from shared.workdays import WorkdayCalendar

BATCH = 500
_TASKS = table_of(Task)


def recount_deadlines(uow: UnitOfWork) -> bool:
    """Count the provisional deadlines anew whose days are announced by now; tells whether more is waiting.

    Each is counted once, says so in the history of its task, and is never later than what was promised.
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
    for row in rows:
        due = calendar.add_workdays(row["due_from"], row["due_workdays"]).kept(row["due_on"])
        write_task(uow, row, TaskChange.RECOUNTED, _note(due, row["due_on"]), due_on=due, due_provisional=False)
        context = uow.context.in_chain(row["correlation_id"])
        before = {"due_on": row["due_on"].isoformat()}
        after, told = {"due_on": due.isoformat()}, {"household": row["household_code"]}
        uow.record("task.recounted", row["id"], told, before=before, after=after, context=context)
    return len(rows) == BATCH


def _note(due: dt.date, promised: dt.date) -> Said:
    if due == promised:
        return says("calendar-announced-due-as-promised", due=due)
    return says("calendar-announced-due-earlier", due=due, promised=promised)
