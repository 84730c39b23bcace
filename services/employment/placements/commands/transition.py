"""Taking a placement further: departure, first day of work, end."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa

from services.employment.models import Placement, Vacancy, Worker
from services.employment.placements.commands.end import TAKER, end_placement
from services.employment.placements.commands.fit import refuse_unfit
from services.employment.placements.commands.views import of_whom, shown
from services.employment.placements.schemas import PlacementOut, PlacementTransitionIn
from services.employment.placements.store import lock_placement
from services.employment.requests.store import REQUESTS
from services.employment.vacancies.rules import why_not_by_age
from services.employment.vacancies.store import candidate_of, offer_of
from services.employment.workers.store import working_age
from shared.codes.employment import PlacementAction, WorkerStatus
from shared.contracts.employment import PlacementStarted
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.procedures.steps import Caller
from shared.procedures.taking import Asked
from shared.regions import CODE_LENGTH

_PLACEMENTS = table_of(Placement)


def transition_placement(uow: UnitOfWork, placement_id: UUID, body: PlacementTransitionIn) -> PlacementOut:
    """Take a placement to its next step: departure, first day of work, end."""
    placement, worker = lock_placement(uow, placement_id)
    asked = Asked(
        action=body.action,
        region_code=worker.region_code,
        caller=Caller.of(uow.actor, worker.region_code),
        on=body.on,
        previous=_last_day(uow, placement),
        details={"reason": body.reason and str(body.reason)},
        logged={"household": placement.household_code},
    )
    TAKER.take(uow, placement, asked, lambda: _follow(uow, placement, worker, body))
    return shown(uow, placement, worker)


def _last_day(uow: UnitOfWork, placement: Placement) -> dt.date | None:
    """The day before which no step lies: of the last one, or of the end of the worker's work before."""
    earlier = sa.select(sa.func.max(_PLACEMENTS.c.ended_on)).where(
        (_PLACEMENTS.c.worker_id == placement.worker_id) & _PLACEMENTS.c.started_on.is_not(None)
    )
    days = (placement.departed_on, placement.started_on, uow.connection.scalar(earlier))
    return max((day for day in days if day), default=None)


def _follow(uow: UnitOfWork, placement: Placement, worker: Worker, body: PlacementTransitionIn) -> None:
    """What comes with the new status."""
    match body.action:
        case PlacementAction.DEPART:
            placement.departed_on = body.on
        case PlacementAction.START:
            _start(uow, placement, worker, body.on)
        case PlacementAction.END:
            assert body.reason is not None, "an end says why"
            end_placement(uow, placement, worker, body.reason, body.on)


def _start(uow: UnitOfWork, placement: Placement, worker: Worker, on: dt.date) -> None:
    """The help has reached the household: the request is completed. The age of the first day decides."""
    vacancy = uow.session.get_one(Vacancy, placement.vacancy_code)
    limits = working_age(uow, worker.region_code)
    refuse_unfit(why_not_by_age(candidate_of(worker), offer_of(vacancy, taken=0), limits, on), worker, vacancy)
    placement.started_on, worker.status = on, WorkerStatus.EMPLOYED
    started = PlacementStarted(
        **of_whom(placement, worker),
        vacancy_kind=vacancy.kind,
        place_code=vacancy.place_code.ljust(CODE_LENGTH, "0"),
        started_on=on,
    )
    uow.emit(started, region=worker.region_code)
    if placement.request_id is not None:
        REQUESTS.complete(uow, placement.request_id)
    worker.updated_at = uow.stamp()
