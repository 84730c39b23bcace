"""Measures asked for on a task 申请帮扶措施, each once while it waits for its answer."""

from typing import Any

import sqlalchemy as sa

from services.assistance.measures.errors import AlreadyRequested
from services.assistance.measures.procedure import ANSWER_WORKDAYS, MEASURE_ANSWERS
from services.assistance.measures.rules import answer_deadline
from services.assistance.measures.schemas import MeasureIn
from services.assistance.models import Measure, Task
from shared.codes.assistance import MeasureStatus
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.ids import new_id
from shared.words.said import says
from shared.workdays import WorkdayCalendar

_MEASURES = table_of(Measure)


def enter_measure(uow: UnitOfWork, task: Task, body: MeasureIn) -> dict[str, Any]:
    """Enter what is asked for on the task, which is locked with all the tasks of its household; returns its row.

    Raises AlreadyRequested where the household waits for the same, on whatever task.
    """
    _refuse_repeated(uow, task, body)
    row = _new_row(uow, task, body)
    insert_rows(uow.connection, _MEASURES, [row])
    return row


def answer_deadline_from_today(reading: Reading, region_code: str) -> dict[str, Any]:
    """By when something asked for today is to be answered, in the columns of a measure."""
    workdays = reading.policy.at(region_code, reading.today()).find(ANSWER_WORKDAYS)
    due = answer_deadline(reading.today(), workdays, WorkdayCalendar(reading.policy.workday_overrides()))
    return {
        "answer_by": due and due.due_on,
        "answer_provisional": due is not None and due.provisional,
        "answer_from": due and due.counted_from,
        "answer_workdays": due and due.workdays,
    }


def _refuse_repeated(uow: UnitOfWork, task: Task, body: MeasureIn) -> None:
    table = _MEASURES
    same = (table.c.household_code == task.household_code) & (table.c.kind == body.kind)
    same &= table.c.member_no.is_not_distinct_from(body.member_no)
    waiting = same & table.c.status.in_(MEASURE_ANSWERS[MeasureStatus.CANCELLED])
    found = sa.select(table.c.id, table.c.task_id).where(waiting).order_by(table.c.requested_at, table.c.id).limit(1)
    known = uow.connection.execute(found).one_or_none()
    if known is not None:
        ids = {"measure_id": str(known.id), "task_id": str(known.task_id)}
        raise AlreadyRequested(says("asked-for-already"), **ids)


def _new_row(uow: UnitOfWork, task: Task, body: MeasureIn) -> dict[str, Any]:
    return {
        "id": new_id(),
        "task_id": task.id,
        "household_code": task.household_code,
        "kind": body.kind,
        "status": MeasureStatus.REQUESTED,
        "reason": None,
        "member_no": body.member_no,
        "amount": body.amount,
        "paid": None if body.amount is None else 0,
        "note": body.note,
        "requested_at": uow.now(),
        "requested_by": uow.actor.id,
        **answer_deadline_from_today(uow, task.region_code),
        "accepted_at": None,
        "answered_at": None,
        "overdue_at": None,
        "correlation_id": task.correlation_id,
        "updated_at": uow.stamp(),
    }
