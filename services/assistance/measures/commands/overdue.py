"""Measures that nobody answered in time 逾期未答复."""

import sqlalchemy as sa

from services.assistance.measures.commands.publish import publish_overdue
from services.assistance.measures.store import lock_measures
from services.assistance.models import Measure
from shared.codes.assistance import MeasureStatus
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import UnitOfWork

BATCH = 500
_MEASURES = table_of(Measure)
_UPDATE_OVERDUE = sa.update(_MEASURES).where(is_one_of(_MEASURES.c.id, "ids"))


def mark_overdue(uow: UnitOfWork) -> bool:
    """Publish once of each measure that nobody answered in time. Tells whether more is waiting."""
    table = _MEASURES
    is_late = (table.c.status == MeasureStatus.REQUESTED) & (table.c.answer_by < uow.today())
    late = sa.select(table.c.id).where(is_late, table.c.overdue_at.is_(None)).order_by(table.c.answer_by, table.c.id)
    ids = uow.connection.scalars(late.limit(BATCH)).all()
    if not ids:
        return False
    locked = lock_measures(uow, ids).values()
    rows = [row for row in locked if row["status"] is MeasureStatus.REQUESTED and row["overdue_at"] is None]
    for row in rows:
        context = uow.context.in_chain(row["correlation_id"])
        publish_overdue(uow, row)
        uow.record("measure.overdue", row["id"], {"household": row["household_code"]}, context=context)
    uow.connection.execute(_UPDATE_OVERDUE.values(overdue_at=uow.now()), {"ids": [row["id"] for row in rows]})
    return len(ids) == BATCH
