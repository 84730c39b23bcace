"""Measures answered: by the houses that were asked, by payments, and by the end of their task.

A measure changes only while its task is locked, so that an answer and the end of the task never cross.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from services.assistance.measures.procedure import next_measure_status
from services.assistance.measures.store import lock_measures, touch_tasks
from services.assistance.models import Measure
from shared.codes.assistance import MeasureStatus, RefusalReason
from shared.context import Context
from shared.contracts import assets, consumption, employment
from shared.contracts.envelope import Event
from shared.contracts.help import MeasureAnswer
from shared.db.base import table_of
from shared.db.rows import execute_rows
from shared.db.unit_of_work import UnitOfWork

_MEASURES = table_of(Measure)
_UPDATE_ANSWERED = sa.update(_MEASURES).where(_MEASURES.c.id == sa.bindparam("of_measure"))
_CHANGING_COLUMNS = ("status", "reason", "accepted_at", "answered_at", "updated_at")
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
    changed = answer_measures(uow, lock_measures(uow, [answer.measure_id for answer in answers]), answers)
    touch_tasks(uow, [row["task_id"] for row in changed])


def answer_measures(
    uow: UnitOfWork, locked: Mapping[UUID, dict[str, Any]], answers: Sequence[Answer]
) -> list[dict[str, Any]]:
    """Give the answers to locked measures, in the order given; returns those that changed, as they stand now."""
    changed: dict[UUID, dict[str, Any]] = {}
    for answer in answers:
        row = locked.get(answer.measure_id)
        status = None if row is None else next_measure_status(row["status"], answer.status)
        if row is None or status is None:
            continue
        before, reason = {"status": str(row["status"])}, answer.reason and str(answer.reason)
        row |= {"status": status, "reason": answer.reason, "answered_at": answer.at, "updated_at": uow.stamp()}
        if status is MeasureStatus.ACCEPTED:
            row["accepted_at"] = answer.at
        changed[answer.measure_id] = row
        measure_id, after = str(answer.measure_id), {"status": str(status), "reason": reason}
        uow.audit(f"measure.{status}", measure_id, before=before, after=after, actor=answer.by, context=answer.context)
        uow.log_after_commit("measure.answered", context=answer.context, measure_id=measure_id, status=str(status))
    rows = [{"of_measure": row["id"], **{name: row[name] for name in _CHANGING_COLUMNS}} for row in changed.values()]
    execute_rows(uow.connection, _UPDATE_ANSWERED, rows)
    return list(changed.values())
