"""Ending work, for whatever reason: a reported step, or a worker who left the household."""

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa

from services.employment.models import Placement, Worker
from services.employment.placements.commands.views import audit_view, log_placement, of_whom
from shared.codes.employment import PlacementEndReason, PlacementStatus, WorkerStatus
from shared.context import Context
from shared.contracts.employment import PlacementEnded
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import UnitOfWork

_PLACEMENTS = table_of(Placement)
_SELECT_RUNNING_FOR_UPDATE = (
    sa.select(Placement)
    .where(is_one_of(_PLACEMENTS.c.worker_id, "workers") & (_PLACEMENTS.c.status != PlacementStatus.ENDED))
    .order_by(_PLACEMENTS.c.id)
    .with_for_update()
    .execution_options(populate_existing=True)
)


def end_placement(
    uow: UnitOfWork,
    placement: Placement,
    worker: Worker,
    reason: PlacementEndReason,
    on: dt.date,
    context: Context | None = None,
) -> None:
    """Set worker and vacancy free again, and publish the end. An uncompleted request stays accepted for the next match.

    The placements of one household end one after the other: whoever calls has the household locked.
    """
    placement.status, placement.ended_on, placement.end_reason = PlacementStatus.ENDED, on, reason
    worker.status = WorkerStatus.IDLE
    ended = PlacementEnded(
        **of_whom(placement, worker),
        reason=reason,
        ended_on=on,
        last_earner=placement.started_on is not None and not _others_work(uow, placement),
    )
    uow.emit(ended, region=worker.region_code, context=context)


def end_work_of_those_who_left(uow: UnitOfWork, left: Mapping[UUID, tuple[dt.date, Context]]) -> None:
    """End what workers who left their households were placed in 离户; their households and rows are locked.

    ``left`` says of each worker the day, and the event that says so. Work that began later ends as it begins.
    """
    if not left:
        return
    for placement in uow.session.scalars(_SELECT_RUNNING_FOR_UPDATE, {"workers": sorted(left)}).all():
        on, context = left[placement.worker_id]
        worker = uow.session.get_one(Worker, placement.worker_id, with_for_update=True)
        before = audit_view(placement)
        last_step = max((day for day in (placement.departed_on, placement.started_on) if day), default=on)
        end_placement(uow, placement, worker, PlacementEndReason.LEFT_HOUSEHOLD, max(on, last_step), context)
        placement.version += 1
        placement.updated_at = uow.stamp()
        uow.session.flush()  # flush: whether another one of the household still works is asked of the database
        after = audit_view(placement)
        uow.audit("placement.end", str(placement.id), before=before, after=after, actor="monitoring", context=context)
        log_placement(uow, "placement.transition", placement, context)


def _others_work(uow: UnitOfWork, placement: Placement) -> bool:
    others = sa.select(_PLACEMENTS.c.id).where(
        (_PLACEMENTS.c.household_code == placement.household_code)
        & (_PLACEMENTS.c.status == PlacementStatus.STARTED)
        & (_PLACEMENTS.c.id != placement.id)
    )
    return uow.connection.execute(others.limit(1)).first() is not None
