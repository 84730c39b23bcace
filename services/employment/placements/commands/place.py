"""Placing a worker in a vacancy."""

from uuid import UUID

from services.employment.models import Placement, Vacancy, Worker
from services.employment.placements.commands.fit import refuse_unfit
from services.employment.placements.commands.views import audit_view, shown
from services.employment.placements.errors import ConstraintBroken
from services.employment.placements.procedure import PLACED
from services.employment.placements.schemas import PlacementIn, PlacementOut
from services.employment.placements.store import STEPS
from services.employment.requests.store import REQUESTS
from services.employment.vacancies.errors import VacancyNotFound
from services.employment.vacancies.rules import why_not
from services.employment.vacancies.store import candidate_of, count_taken, offer_of
from services.employment.workers.errors import WorkerNotFound
from services.employment.workers.store import working_age
from shared.codes.employment import PlacementStatus, WorkerStatus
from shared.db.unit_of_work import UnitOfWork
from shared.ids import new_id
from shared.procedures.rows import Taken
from shared.words.said import says


def place_worker(uow: UnitOfWork, body: PlacementIn) -> PlacementOut:
    """Place a worker in a vacancy 岗位匹配. A request it answers is accepted with it."""
    vacancy = uow.session.get(Vacancy, body.vacancy_code, with_for_update=True)
    if vacancy is None:
        raise VacancyNotFound(says("no-such-vacancy", vacancy=body.vacancy_code))
    worker = uow.session.get(Worker, body.worker_id, with_for_update=True)
    if worker is None or not uow.actor.sees(worker.region_code):
        raise WorkerNotFound(says("no-such-worker", worker=body.worker_id, region=uow.actor.place))
    _demand_fit(uow, worker, vacancy)
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
    worker.status, worker.updated_at = WorkerStatus.OFFERED, uow.stamp()
    STEPS.write(uow, [_first_step(uow, placement)])
    told = {"household": placement.household_code, "status": placement.status}
    uow.record("placement.placed", placement.id, told, after=audit_view(placement) | {"vacancy": vacancy.code})
    return shown(uow, placement, worker)


def _first_step(uow: UnitOfWork, placement: Placement) -> Taken:
    return Taken(
        thing_id=placement.id,
        step_no=placement.version,
        at=placement.placed_at,
        action=PLACED,
        status=str(placement.status),
        taken_by=uow.actor.id,
        details={"reason": None},
    )


def _demand_fit(uow: UnitOfWork, worker: Worker, vacancy: Vacancy) -> None:
    offer = offer_of(vacancy, count_taken(uow, vacancy.code))
    refuse_unfit(
        why_not(candidate_of(worker), offer, working_age(uow, worker.region_code), uow.today()), worker, vacancy
    )


def _accept(uow: UnitOfWork, request_id: UUID, worker: Worker) -> None:
    request = REQUESTS.accept(uow, request_id, [worker.household_code])
    if request.member_no not in {None, worker.member_no}:
        said = says("request-for-another-member", member=request.member_no)
        raise ConstraintBroken(said, constraint="request_for_another_member")
