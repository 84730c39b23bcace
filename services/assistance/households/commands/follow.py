"""Help that moves with its household 随户迁移."""

from collections.abc import Sequence

import sqlalchemy as sa

from services.assistance.known_households.store import HOUSEHOLDS
from services.assistance.models import Disbursement, Measure
from services.assistance.tasks.store import lock_tasks_of, write_task
from shared.codes.assistance import TaskChange, TaskStatus
from shared.contracts.envelope import Event
from shared.contracts.monitoring import HouseholdChanged
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.security.actor import SYSTEM
from shared.words.said import says

_DISBURSEMENTS, _MEASURES = table_of(Disbursement), table_of(Measure)


def follow_households(uow: UnitOfWork, events: Sequence[Event[HouseholdChanged]]) -> None:
    """Take every task that is not closed along to where its household lives now, with what was paid for it."""
    HOUSEHOLDS.remember(uow, events)
    contexts = {event.data.household_code: event.caused() for event in events}
    homes = HOUSEHOLDS.find_anywhere(uow, list(contexts))
    unfinished = [row for row in lock_tasks_of(uow, contexts) if row["status"] is not TaskStatus.CLOSED]
    moving = [row for row in unfinished if row["region_code"] != homes[row["household_code"]].region_code]
    for row in moving:
        home, context = homes[row["household_code"]].region_code, contexts[row["household_code"]]
        note = says("moved-with-the-household", before=row["region_code"], after=home)
        write_task(uow, row, TaskChange.MOVED, note, region_code=home)
        asked = sa.select(_MEASURES.c.id).where(_MEASURES.c.task_id == row["id"])
        uow.connection.execute(
            sa.update(_DISBURSEMENTS).where(_DISBURSEMENTS.c.measure_id.in_(asked)).values(region_code=home)
        )
        before, after = {"region_code": row["region_code"]}, {"region_code": home}
        told = {"household": row["household_code"]}
        uow.record("task.moved", row["id"], told, before=before, after=after, actor=SYSTEM.id, context=context)
