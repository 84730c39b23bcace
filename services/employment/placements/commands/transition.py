"""Placing workers, and following them until the work ends."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.employment.models import HOUSEHOLDS, REQUESTS, Placement, Vacancy, Worker
from services.employment.placements.commands.end import end_placement, note_placement, of_whom, standing
from services.employment.vacancies.commands import places_taken
from services.employment.vacancies.rules import TRANSITIONS, Birth, Candidate, Offer, WhyNot, why_not, why_not_by_age
from services.employment.wages.errors import (
    ConstraintBroken,
    NoHeadcountLeft,
    PlacementNotFound,
    TransitionDateInvalid,
    VacancyExpired,
    VacancyNotFound,
    WorkerAlreadyPlaced,
    WorkerNotFound,
)
from services.employment.wages.schemas import PlacementIn, PlacementOut, PlacementTransitionIn
from services.employment.workers.commands import working_age
from shared.contracts.codes import PlacementAction, PlacementStatus, WorkerStatus
from shared.contracts.employment import PlacementStarted
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
_BY_AGE = frozenset({WhyNot.NOT_OF_WORKING_AGE, WhyNot.TOO_YOUNG, WhyNot.TOO_OLD})


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
        updated_at=uow.stamp(),
    )
    uow.session.add(placement)
    worker.status = WorkerStatus.OFFERED
    uow.audit("placement.placed", str(placement.id), after=standing(placement) | {"vacancy": vacancy.code})
    note_placement(uow, "placement.placed", placement)
    return _shown(placement, worker)


def transition_placement(uow: UnitOfWork, placement_id: UUID, body: PlacementTransitionIn) -> PlacementOut:
    """Take a placement to its next step: departure, first day of work, end."""
    placement, worker = _hold(uow, placement_id)
    status = TRANSITIONS.take(placement.status, body.action)
    _refuse_impossible_day(uow, placement, body.on)
    before = standing(placement)
    match body.action:
        case PlacementAction.DEPART:
            placement.departed_on = body.on
        case PlacementAction.START:
            _start(uow, placement, worker, body.on)
        case PlacementAction.END:
            assert body.reason is not None, "an end says why"
            end_placement(uow, placement, worker, body.reason, body.on)
    placement.status = status
    placement.version += 1
    placement.updated_at = uow.stamp()
    uow.audit(f"placement.{body.action}", str(placement_id), before=before, after=standing(placement))
    note_placement(uow, "placement.transition", placement)
    return _shown(placement, worker)


def candidate_of(worker: Any) -> Candidate:
    """What decisions about work see of a worker's row."""
    return Candidate(
        worker_id=worker.id,
        member_no=worker.member_no,
        region_code=worker.region_code,
        birth=Birth(worker.birth_year, worker.born_on),
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
    _refuse(why_not(candidate_of(worker), offer, working_age(uow, worker.region_code), uow.today()), worker, vacancy)


def _refuse(against: Sequence[WhyNot], worker: Worker, vacancy: Vacancy) -> None:
    if not against:
        return
    detail = f"worker {worker.id} and vacancy {vacancy.code}: {', '.join(against)}"
    if worker.born_on is None and _BY_AGE.intersection(against):
        detail += "; of the worker the year of birth alone is known, so the lower age of the year counts"
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
    """The help has reached the household: the request is completed. The age of the first day decides."""
    vacancy = uow.session.get_one(Vacancy, placement.vacancy_code)
    limits = working_age(uow, worker.region_code)
    _refuse(why_not_by_age(candidate_of(worker), offer_of(vacancy, taken=0), limits, on), worker, vacancy)
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


def _shown(placement: Placement, worker: Worker) -> PlacementOut:
    return PlacementOut.model_validate(placement.model_dump() | of_whom(placement, worker))
