"""Days of answers counted again when the calendar is announced 时限重算."""

import sqlalchemy as sa

from services.assistance.measures.commands.publish import publish_requested
from services.assistance.measures.store import lock_measures, touch_tasks
from services.assistance.models import Measure
from shared.codes.assistance import MeasureKind, MeasureStatus
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.workdays import WorkdayCalendar

BATCH = 500
_MEASURES = table_of(Measure)


def recount_answers(uow: UnitOfWork) -> bool:
    """Count the provisional days of answers anew that are announced by now; tells whether more is waiting.

    None is later than what was promised. Where one is earlier, the house that was asked hears of it by the same
    request.
    """
    table, calendar = _MEASURES, WorkdayCalendar(uow.policy.workday_overrides())
    waiting = table.c.answer_provisional & (table.c.status == MeasureStatus.REQUESTED)
    announced = waiting & (table.c.answer_by <= calendar.last_official_day())
    ids = uow.connection.scalars(sa.select(table.c.id).where(announced).order_by(table.c.id).limit(BATCH)).all()
    locked = lock_measures(uow, ids).values() if ids else ()
    rows = [row for row in locked if row["status"] is MeasureStatus.REQUESTED and row["answer_provisional"]]
    for row in rows:
        by = calendar.add_workdays(row["answer_from"], row["answer_workdays"]).kept(row["answer_by"])
        before, after = row["answer_by"], {"answer_by": by, "answer_provisional": False}
        uow.connection.execute(
            sa.update(table).where(table.c.id == row["id"]).values({**after, "updated_at": uow.stamp()})
        )
        context = uow.context.in_chain(row["correlation_id"])
        if by < before and row["kind"] is not MeasureKind.TRANSFER:
            publish_requested(uow, {**row, **after}, row["region_code"], row["answer_from"])
        promised, counted = {"answer_by": before.isoformat()}, {"answer_by": by.isoformat()}
        told = {"household": row["household_code"]}
        uow.record("measure.recounted", row["id"], told, before=promised, after=counted, context=context)
    touch_tasks(uow, [row["task_id"] for row in rows])
    return len(ids) == BATCH
