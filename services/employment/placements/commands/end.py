"""Ending work, for whatever reason: a reported step, or a worker who left the household."""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

import sqlalchemy as sa

from services.employment.models import Placement, Worker
from services.employment.placements.commands.views import audit_view, of_whom
from services.employment.placements.errors import TransitionDateInvalid
from services.employment.placements.procedure import TRANSITIONS
from services.employment.placements.store import STEPS
from services.employment.workers.commands import WorkersChange
from shared.codes.employment import PlacementAction, PlacementEndReason, PlacementStatus, WorkerStatus
from shared.context import Context
from shared.contracts.employment import PlacementEnded
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import UnitOfWork
from shared.procedures.steps import Caller
from shared.procedures.taking import As, Asked, Taker

TAKER = Taker(TRANSITIONS, STEPS, audit_view, wrong_day=TransitionDateInvalid)
"""Takes the steps of placements."""
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
    placement.ended_on, placement.end_reason = on, reason
    worker.status, worker.updated_at = WorkerStatus.IDLE, uow.stamp()
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
        last_step = max((day for day in (placement.departed_on, placement.started_on) if day), default=on)
        last_day, reason = max(on, last_step), PlacementEndReason.LEFT_HOUSEHOLD
        asked = Asked(
            action=PlacementAction.END,
            region_code=worker.region_code,
            caller=Caller(TRANSITIONS.scopes, digits=0),
            on=last_day,
            details={"reason": str(reason)},
            by=As("monitoring", context),
            logged={"household": placement.household_code},
        )
        TAKER.take(uow, placement, asked, partial(end_placement, uow, placement, worker, reason, last_day, context))
        uow.session.flush()  # flush: whether another one of the household still works is asked of the database


def carry_over(uow: UnitOfWork, changes: Sequence[WorkersChange]) -> None:
    """Have the running work of workers who passed to another household count for that one."""
    homes = {one.worker_id: one.to.household_code for change in changes for one in change.passed}
    if not homes:
        return
    for placement in uow.session.scalars(_SELECT_RUNNING_FOR_UPDATE, {"workers": sorted(homes)}).all():
        placement.household_code, placement.updated_at = homes[placement.worker_id], uow.stamp()
    uow.session.flush()  # flush: whether another one of the household works is asked of the database


def _others_work(uow: UnitOfWork, placement: Placement) -> bool:
    others = sa.select(_PLACEMENTS.c.id).where(
        (_PLACEMENTS.c.household_code == placement.household_code)
        & (_PLACEMENTS.c.status == PlacementStatus.STARTED)
        & (_PLACEMENTS.c.id != placement.id)
    )
    return uow.connection.execute(others.limit(1)).first() is not None
