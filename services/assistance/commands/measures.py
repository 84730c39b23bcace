"""Measures: asked for on a task, answered by the other houses, overdue, and cancelled with their task.

A measure changes only while its task is locked, so that an answer and the end of the task never cross.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from services.assistance.commands.history import history_entry, hold_tasks_beside, touch_tasks
from services.assistance.errors import AlreadyRequested, TaskIsClosed
from services.assistance.models import Measure, Task
from services.assistance.rules import (
    ANSWER_WORKDAYS,
    MEASURE_ANSWERS,
    TaskChange,
    answer_deadline,
    kept_promise,
    next_measure_status,
)
from services.assistance.schemas import MeasureIn, MeasureOut
from shared.context import Context
from shared.contracts import assets, consumption, employment
from shared.contracts.assistance import MeasureCancelled, MeasureOverdue, MeasureRequested
from shared.contracts.codes import MeasureKind, MeasureStatus, RefusalReason, TaskStatus
from shared.contracts.envelope import Event
from shared.contracts.help import MeasureAnswer
from shared.db.base import table_of
from shared.db.rows import execute_rows, insert_rows
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.ids import new_id
from shared.workdays import WorkdayCalendar

BATCH = 500
_MEASURES, _TASKS = table_of(Measure), table_of(Task)
_THEIR_TASKS = (
    sa.select(_TASKS.c.id, _TASKS.c.region_code, _TASKS.c.status)
    .where(_TASKS.c.id.in_(sa.select(_MEASURES.c.task_id).where(is_one_of(_MEASURES.c.id, "ids"))))
    .order_by(_TASKS.c.id)
    .with_for_update()
)
_HELD = sa.select(_MEASURES).where(is_one_of(_MEASURES.c.id, "ids")).order_by(_MEASURES.c.id)
_OF_TASKS = (
    sa.select(_MEASURES).where(is_one_of(_MEASURES.c.task_id, "ids")).order_by(_MEASURES.c.requested_at, _MEASURES.c.id)
)
_CHANGED = sa.update(_MEASURES).where(_MEASURES.c.id == sa.bindparam("of_measure"))
_CHANGING = ("status", "reason", "accepted_at", "answered_at")
_ANSWERS: Mapping[str, MeasureStatus] = {
    answer.event_type: status
    for house in (employment, consumption, assets)
    for answer, status in (
        (house.MeasureAccepted, MeasureStatus.ACCEPTED),
        (house.MeasureRefused, MeasureStatus.REFUSED),
        (house.MeasureCompleted, MeasureStatus.COMPLETED),
    )
}


class Answer(NamedTuple):
    """What becomes of a measure, when, and through whom."""

    measure_id: UUID
    status: MeasureStatus
    reason: RefusalReason | None
    at: dt.datetime
    by: str
    context: Context


def request_measure(uow: UnitOfWork, task_id: UUID, body: MeasureIn) -> MeasureOut:
    """Ask for help on a task 申请帮扶措施. That is work begun, and it belongs to the chain of the task.

    Raises:
        TaskNotFound: there is no such task within the caller's region.
        TaskIsClosed: nothing is asked for on it any more.
        AlreadyRequested: the same is asked for the household, on this task or another, and not answered.
    """
    task = hold_tasks_beside(uow, task_id)
    if task.status is TaskStatus.CLOSED:
        raise TaskIsClosed("a closed task asks for nothing; reopen it")
    _refuse_repeated(uow, task, body)
    row = _new_row(uow, task, body)
    insert_rows(uow.connection, _MEASURES, [row])
    task.taken_up = True
    task.version += 1
    task.updated_at = uow.stamp()
    at = row["requested_at"].isoformat()
    entry = history_entry(at, TaskChange.MEASURE_REQUESTED, uow.actor.id, task.status, str(body.kind), task.verdict)
    task.history = [*task.history, entry]
    measure_id, context = str(row["id"]), uow.context.in_chain(task.correlation_id)
    if body.kind is not MeasureKind.TRANSFER:
        uow.emit(_asked(row, task.region_code, uow.today()), region=task.region_code, context=context)
    after = {"task_id": str(task_id), "kind": str(body.kind), "status": str(row["status"]), "version": task.version}
    uow.audit("measure.requested", measure_id, after=after)
    uow.note("measure.requested", context=context, measure_id=measure_id, household=task.household_code, kind=body.kind)
    return MeasureOut.model_validate(row)


def record_answers(uow: UnitOfWork, events: Sequence[Event[MeasureAnswer]]) -> None:
    """Take the answers of the other houses. They may come twice and in any order; what is completed stays so."""
    answers = [
        Answer(
            measure_id=event.data.measure_id,
            status=_ANSWERS[event.type],
            reason=event.data.reason,
            at=event.time,
            by=event.house,
            context=event.caused(),
        )
        for event in events
    ]
    changed = answer_measures(uow, hold_measures(uow, [answer.measure_id for answer in answers]), answers)
    touch_tasks(uow, [row["task_id"] for row in changed])


def cancel_measures(uow: UnitOfWork, task_id: UUID, region_code: str, by: str) -> None:
    """Ask no more for what the task, which is locked, still asks for, and tell whoever was asked."""
    waiting = _MEASURES.c.status.in_(MEASURE_ANSWERS[MeasureStatus.CANCELLED])
    found = sa.select(_MEASURES.c.id).where(_MEASURES.c.task_id == task_id, waiting)
    ids = uow.connection.scalars(found).all()
    if not ids:
        return
    now = uow.now()
    answers = [Answer(each, MeasureStatus.CANCELLED, None, now, by, uow.context) for each in sorted(ids)]
    for row in answer_measures(uow, hold_measures(uow, ids), answers):
        if row["kind"] is not MeasureKind.TRANSFER:
            cancelled = MeasureCancelled(**_named(row, region_code), cancelled_on=uow.today())
            context = uow.context.in_chain(row["correlation_id"])
            uow.emit(cancelled, region=region_code, context=context)


def mark_overdue(uow: UnitOfWork) -> bool:
    """Tell once of each measure that nobody answered in time 逾期未答复. Tells whether more is waiting."""
    table = _MEASURES
    is_late = (table.c.status == MeasureStatus.REQUESTED) & (table.c.answer_by < uow.today())
    late = sa.select(table.c.id).where(is_late, table.c.overdue_at.is_(None)).order_by(table.c.answer_by, table.c.id)
    ids = uow.connection.scalars(late.limit(BATCH)).all()
    if not ids:
        return False
    held = hold_measures(uow, ids).values()
    rows = [row for row in held if row["status"] is MeasureStatus.REQUESTED and row["overdue_at"] is None]
    for row in rows:
        context = uow.context.in_chain(row["correlation_id"])
        overdue = MeasureOverdue(**_named(row, row["region_code"]), answer_by=row["answer_by"])
        uow.emit(overdue, region=row["region_code"], context=context)
        uow.audit("measure.overdue", str(row["id"]), context=context)
        uow.note("measure.overdue", context=context, measure_id=str(row["id"]), household=row["household_code"])
    told = sa.update(table).where(is_one_of(table.c.id, "ids")).values(overdue_at=uow.now())
    uow.connection.execute(told, {"ids": [row["id"] for row in rows]})
    return len(ids) == BATCH


def recount_answers(uow: UnitOfWork) -> bool:
    """Count the provisional days of answers anew that are announced by now 时限重算; tells whether more is waiting.

    None is later than what was promised. Where one is earlier, the house that was asked is told by the same request.
    """
    table, calendar = _MEASURES, WorkdayCalendar(uow.policy.workday_overrides())
    waiting = table.c.answer_provisional & (table.c.status == MeasureStatus.REQUESTED)
    announced = waiting & (table.c.answer_by <= calendar.last_official_day())
    ids = uow.connection.scalars(sa.select(table.c.id).where(announced).order_by(table.c.id).limit(BATCH)).all()
    held = hold_measures(uow, ids).values() if ids else ()
    rows = [row for row in held if row["status"] is MeasureStatus.REQUESTED and row["answer_provisional"]]
    for row in rows:
        by = kept_promise(row["answer_by"], calendar.add_workdays(row["answer_from"], row["answer_workdays"]))
        before, after = row["answer_by"], {"answer_by": by, "answer_provisional": False}
        uow.connection.execute(sa.update(table).where(table.c.id == row["id"]).values(after))
        context = uow.context.in_chain(row["correlation_id"])
        if by < before and row["kind"] is not MeasureKind.TRANSFER:
            asked = _asked({**row, **after}, row["region_code"], row["answer_from"])
            uow.emit(asked, region=row["region_code"], context=context)
        days = {"before": {"answer_by": before.isoformat()}, "after": {"answer_by": by.isoformat()}}
        uow.audit("measure.recounted", str(row["id"]), **days, context=context)
        uow.note("measure.recounted", context=context, measure_id=str(row["id"]), household=row["household_code"])
    touch_tasks(uow, [row["task_id"] for row in rows])
    return len(ids) == BATCH


def measures_of(reading: Reading, task_ids: Collection[UUID]) -> dict[UUID, list[Mapping[Any, Any]]]:
    """The measures of each of these tasks, the oldest first."""
    found: dict[UUID, list[Mapping[Any, Any]]] = {task_id: [] for task_id in task_ids}
    for row in reading.connection.execute(_OF_TASKS, {"ids": list(found)}).mappings():
        found[row["task_id"]].append(row)
    return found


def hold_measures(uow: UnitOfWork, measure_ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """Those of these measures that exist, each with region and status of its task, which is locked.

    They are read only after their tasks are locked, in the order of ids: as nobody can change them any more.
    """
    ids = {"ids": list(measure_ids)}
    tasks = {row.id: row for row in uow.connection.execute(_THEIR_TASKS, ids)}
    return {
        row["id"]: {
            **row,
            "region_code": tasks[row["task_id"]].region_code,
            "task_status": tasks[row["task_id"]].status,
        }
        for row in uow.connection.execute(_HELD, ids).mappings()
    }


def answer_measures(
    uow: UnitOfWork, held: Mapping[UUID, dict[str, Any]], answers: Sequence[Answer]
) -> list[dict[str, Any]]:
    """Give the answers to measures in hand, in the order given; returns those that changed, as they stand now."""
    changed: dict[UUID, dict[str, Any]] = {}
    for answer in answers:
        row = held.get(answer.measure_id)
        status = None if row is None else next_measure_status(row["status"], answer.status)
        if row is None or status is None:
            continue
        before, reason = {"status": str(row["status"])}, answer.reason and str(answer.reason)
        row |= {"status": status, "reason": answer.reason, "answered_at": answer.at}
        if status is MeasureStatus.ACCEPTED:
            row["accepted_at"] = answer.at
        changed[answer.measure_id] = row
        measure_id, after = str(answer.measure_id), {"status": str(status), "reason": reason}
        uow.audit(f"measure.{status}", measure_id, before=before, after=after, actor=answer.by, context=answer.context)
        uow.note("measure.answered", context=answer.context, measure_id=measure_id, status=str(status))
    rows = [{"of_measure": row["id"], **{name: row[name] for name in _CHANGING}} for row in changed.values()]
    execute_rows(uow.connection, _CHANGED, rows)
    return list(changed.values())


def _refuse_repeated(uow: UnitOfWork, task: Task, body: MeasureIn) -> None:
    table = _MEASURES
    same = (table.c.household_code == task.household_code) & (table.c.kind == body.kind)
    same &= table.c.member_no.is_not_distinct_from(body.member_no)
    waiting = same & table.c.status.in_(MEASURE_ANSWERS[MeasureStatus.CANCELLED])
    found = sa.select(table.c.id, table.c.task_id).where(waiting).order_by(table.c.requested_at, table.c.id).limit(1)
    known = uow.connection.execute(found).one_or_none()
    if known is not None:
        ids = {"measure_id": str(known.id), "task_id": str(known.task_id)}
        raise AlreadyRequested("the same is asked for this household and waits for its answer", **ids)


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
    }


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


def _asked(row: Mapping[str, Any], region_code: str, requested_on: dt.date) -> MeasureRequested:
    named = _named(row, region_code)
    return MeasureRequested(**named, member_no=row["member_no"], requested_on=requested_on, answer_by=row["answer_by"])


def _named(row: Mapping[str, Any], region_code: str) -> dict[str, Any]:
    """What every event of a measure says."""
    names = ("task_id", "household_code", "kind")
    return {"measure_id": row["id"], "region_code": region_code, **{name: row[name] for name in names}}
