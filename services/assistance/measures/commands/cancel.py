"""Measures cancelled with their task."""

from uuid import UUID

import sqlalchemy as sa

from services.assistance.measures.commands.answer import Answer, answer_measures
from services.assistance.measures.commands.publish import publish_cancelled
from services.assistance.measures.procedure import MEASURE_ANSWERS
from services.assistance.measures.store import lock_measures
from services.assistance.models import Measure
from shared.codes.assistance import MeasureKind, MeasureStatus
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork

_MEASURES = table_of(Measure)


def cancel_measures(uow: UnitOfWork, task_id: UUID, region_code: str, by: str) -> None:
    """Ask no more for what the task, which is locked, still asks for, and publish that to whoever was asked."""
    waiting = _MEASURES.c.status.in_(MEASURE_ANSWERS[MeasureStatus.CANCELLED])
    found = sa.select(_MEASURES.c.id).where(_MEASURES.c.task_id == task_id, waiting)
    ids = uow.connection.scalars(found).all()
    if not ids:
        return
    now = uow.now()
    answers = [Answer(each, MeasureStatus.CANCELLED, None, now, by, uow.context) for each in sorted(ids)]
    for row in answer_measures(uow, lock_measures(uow, ids), answers):
        if row["kind"] is not MeasureKind.TRANSFER:
            publish_cancelled(uow, row, region_code)
