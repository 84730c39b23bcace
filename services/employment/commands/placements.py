"""Placing workers, and following them until the work ends."""

import datetime as dt
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.employment.commands.vacancies import places_taken
from services.employment.commands.workers import working_age
from services.employment.errors import (
    ConstraintBroken,
    NoHeadcountLeft,
    PlacementNotFound,
    TransitionDateInvalid,
    VacancyExpired,
    VacancyNotFound,
    WorkerAlreadyPlaced,
    WorkerNotFound,
)
from services.employment.models import HOUSEHOLDS, REQUESTS, Placement, Vacancy, Worker
from services.employment.rules import TRANSITIONS, Candidate, Offer, WhyNot, why_not
from services.employment.schemas import PlacementIn, PlacementOut, PlacementTransitionIn
from shared.contracts.codes import PlacementAction, PlacementStatus, WorkerStatus
from shared.contracts.employment import PlacementEnded, PlacementStarted
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.errors import Conflict
from shared.ids import new_id
from shared.regions import CODE_LENGTH

_PLACEMENTS, _WORKERS = table_of(Placement), table_of(Worker)
_HOME = sa.select(_WORKERS.c.household_code, _WORKERS.c.region_code).join(
    _PLACEMENTS, _PLACEMENTS.c.worker_id == _WORKERS.c.id
)
_REFUSALS: dict[WhyNot, type[Conflict]] = {
    WhyNot.EXPIRED: VacancyExpired,
    WhyNot.NO_HEADCOUNT_LEFT: NoHeadcountLeft,
    WhyNot.ALREADY_PLACED: WorkerAlreadyPlaced,
}
"""What has a name of its own; everything else is a broken constraint."""


def place_worker(uow: UnitOfWork, body: PlacementIn) -> PlacementOut:
    """Place a worker in a vacancy 岗位匹配. A request it answers is accepted with it."""
    vacancy = uow.session.get(Vacancy, body.vacancy_code, with_for_update=True)
    if vacancy is None:
        raise VacancyNotFound(f"no vacancy {body.vacancy_code}")
    worker = uow.session.get(Worker, body.worker_id, with_for_update=True)
    if worker is None or not uow.actor.sees(worker.region_code):
        raise WorkerNotFound(f"no worker {body.worker_id} in region {uow.actor.place}")
    _refuse_unfit(uow, worker, vacancy)
    if body.request_id is not None:
        _accept(uow, body.request_id, worker)
    placement = Placement(
        id=new_id(),
        worker_id=worker.id,
        household_code=worker.household_code,
        vacancy_code=vacancy.code,
        request_id=body.request_id,
        status=PlacementStatus.PLACED,
        placed_at=uow.now(),
        departed_on=None,
        started_on=None,
        ended_on=None,
        end_reason=None,
        version=1,
    )
    uow.session.add(placement)
    worker.status = WorkerStatus.OFFERED
    uow.audit("placement.placed", str(placement.id), after=_standing(placement) | {"vacancy": vacancy.code})
    _note(uow, "placement.placed", placement)
    return _shown(placement, worker)


def transition_placement(uow: UnitOfWork, placement_id: UUID, body: PlacementTransitionIn) -> PlacementOut:
    """Take a placement to its next step: departure, first day of work, end."""
    placement, worker = _hold(uow, placement_id)
    status = TRANSITIONS.take(placement.status, body.action)
    _refuse_impossible_day(uow, placement, body.on)
    before = _standing(placement)
    placement.status = status
    placement.version += 1
    match body.action:
        case PlacementAction.DEPART:
            placement.departed_on = body.on
        case PlacementAction.START:
            _start(uow, placement, worker, body.on)
        case PlacementAction.END:
            _end(uow, placement, worker, body)
    uow.audit(f"placement.{body.action}", str(placement_id), before=before, after=_standing(placement))
    _note(uow, "placement.transition", placement)
    return _shown(placement, worker)


def candidate_of(worker: Any) -> Candidate:
    """What decisions about work see of a worker's row."""
    return Candidate(
        worker_id=worker.id,
        member_no=worker.member_no,
        region_code=worker.region_code,
        birth_year=worker.birth_year,
        labour=worker.labour,
        active=worker.active,
        status=worker.status,
    )


def offer_of(vacancy: Any, taken: int) -> Offer:
    """What decisions about work see of a vacancy's row."""
    return Offer(
        vacancy_code=vacancy.code,
        place_code=vacancy.place_code,
        wage_month=vacancy.wage_month,
        headcount=vacancy.headcount,
        taken=taken,
        min_age=vacancy.min_age,
        max_age=vacancy.max_age,
        needs=vacancy.needs,
        valid_until=vacancy.valid_until,
    )


def _refuse_unfit(uow: UnitOfWork, worker: Worker, vacancy: Vacancy) -> None:
    offer = offer_of(vacancy, places_taken(uow, vacancy.code))
    against = why_not(candidate_of(worker), offer, working_age(uow, worker.region_code), uow.today())
    if not against:
        return
    detail = f"worker {worker.id} and vacancy {vacancy.code}: {', '.join(against)}"
    refusal = _REFUSALS.get(against[0])
    raise refusal(detail) if refusal else ConstraintBroken(detail, constraint=against[0].value)


def _accept(uow: UnitOfWork, request_id: UUID, worker: Worker) -> None:
    request = REQUESTS.accept(uow, request_id, [worker.household_code])
    if request.member_no not in {None, worker.member_no}:
        detail = f"the request is for member {request.member_no} of the household"
        raise ConstraintBroken(detail, constraint="request_for_another_member")


def _hold(uow: UnitOfWork, placement_id: UUID) -> tuple[Placement, Worker]:
    """A placement with its worker, locked after the household: its placements begin and end one after the other."""
    home = uow.connection.execute(_HOME.where(_PLACEMENTS.c.id == placement_id)).one_or_none()
    if home is None or not uow.actor.sees(home.region_code):
        raise PlacementNotFound(f"no placement {placement_id} in region {uow.actor.place}")
    known = HOUSEHOLDS.table
    household = sa.select(known.c.code).where(known.c.code == home.household_code)
    uow.connection.execute(household.with_for_update())
    placement = uow.session.get_one(Placement, placement_id, with_for_update=True)
    return placement, uow.session.get_one(Worker, placement.worker_id, with_for_update=True)


def _refuse_impossible_day(uow: UnitOfWork, placement: Placement, on: dt.date) -> None:
    """A step lies neither in the future nor before the step before it, nor in another placement of the worker."""
    earlier = sa.select(sa.func.max(_PLACEMENTS.c.ended_on)).where(
        (_PLACEMENTS.c.worker_id == placement.worker_id) & _PLACEMENTS.c.started_on.is_not(None)
    )
    steps = (placement.departed_on, placement.started_on, uow.connection.scalar(earlier))
    previous = max((day for day in steps if day), default=on)
    if on > uow.today():
        raise TransitionDateInvalid.at("/on", "lies in the future")
    if on < previous:
        raise TransitionDateInvalid.at("/on", f"lies before {previous}, the day of the step before it")


def _start(uow: UnitOfWork, placement: Placement, worker: Worker, on: dt.date) -> None:
    """The help has reached the household: the request is completed."""
    placement.started_on, worker.status = on, WorkerStatus.EMPLOYED
    vacancy = uow.session.get_one(Vacancy, placement.vacancy_code)
    started = PlacementStarted(
        **_of_whom(placement, worker),
        vacancy_kind=vacancy.kind,
        place_code=vacancy.place_code.ljust(CODE_LENGTH, "0"),
        started_on=on,
    )
    uow.emit(started, region=worker.region_code)
    if placement.request_id is not None:
        REQUESTS.complete(uow, placement.request_id)


def _end(uow: UnitOfWork, placement: Placement, worker: Worker, body: PlacementTransitionIn) -> None:
    """The place and the worker are free again. A request that was not completed stays accepted for the next match."""
    assert body.reason is not None
    placement.ended_on, placement.end_reason, worker.status = body.on, body.reason, WorkerStatus.IDLE
    ended = PlacementEnded(
        **_of_whom(placement, worker),
        reason=body.reason,
        ended_on=body.on,
        last_earner=placement.started_on is not None and not _others_work(uow, placement),
    )
    uow.emit(ended, region=worker.region_code)


def _others_work(uow: UnitOfWork, placement: Placement) -> bool:
    others = sa.select(_PLACEMENTS.c.id).where(
        (_PLACEMENTS.c.household_code == placement.household_code)
        & (_PLACEMENTS.c.status == PlacementStatus.STARTED)
        & (_PLACEMENTS.c.id != placement.id)
    )
    return uow.connection.execute(others.limit(1)).first() is not None


def _of_whom(placement: Placement, worker: Worker) -> dict[str, Any]:
    return {
        "placement_id": placement.id,
        "household_code": worker.household_code,
        "region_code": worker.region_code,
        "member_no": worker.member_no,
    }


def _standing(placement: Placement) -> dict[str, Any]:
    return {"status": str(placement.status), "version": placement.version}


def _note(uow: UnitOfWork, event: str, placement: Placement) -> None:
    placement_id, household = str(placement.id), placement.household_code
    uow.note(event, placement_id=placement_id, household=household, status=placement.status)


def _shown(placement: Placement, worker: Worker) -> PlacementOut:
    return PlacementOut.model_validate(placement.model_dump() | _of_whom(placement, worker))
