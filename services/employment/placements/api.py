"""Routes of placements."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.employment.placements import queries
from services.employment.placements.commands.place import place_worker
from services.employment.placements.commands.transition import transition_placement
from services.employment.placements.errors import (
    ConstraintBroken,
    NoHeadcountLeft,
    PlacementNotFound,
    TransitionDateInvalid,
    VacancyExpired,
    WorkerAlreadyPlaced,
)
from services.employment.placements.procedure import TRANSITIONS
from services.employment.placements.schemas import PlacementIn, PlacementOut, PlacementTransitionIn
from services.employment.vacancies.errors import VacancyNotFound
from services.employment.workers.errors import WorkerNotFound
from shared.helping.requests import RequestAnswered, RequestNotFound
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.problems import responses
from shared.lists.page import Page
from shared.policy.parameters import PolicyValueMissing
from shared.procedures.drawing import describe
from shared.procedures.errors import TransitionNotAllowed
from shared.security.actor import RegionNotAllowed

router = APIRouter(prefix="/placements", tags=["placements 输送就业"])
READ, WRITE = "employment:read", "employment:write"


@router.get(
    "",
    operation_id="listPlacements",
    summary="Placements of your region, the newest first",
    responses=responses(RegionNotAllowed),
    response_model=Page[PlacementOut],
)
async def list_placements(
    call: Annotated[Call, calling(READ)],
    asked: Annotated[queries.PlacementList, Query()],
) -> Page[PlacementOut] | Response:
    """Filter by household, region or status. With `updated_after` in the order of the changes; none is missed."""
    return await call.page(queries.placements, asked)


@router.get(
    "/{placement_id}", operation_id="getPlacement", summary="A placement", responses=responses(PlacementNotFound)
)
async def get_placement(placement_id: UUID, call: Annotated[Call, calling(READ)]) -> PlacementOut:
    """Who works where, and since when."""
    return await call.query(queries.placement, placement_id)


@router.post(
    "",
    operation_id="placeWorker",
    summary="Place a worker in a vacancy",
    status_code=201,
    response_model=PlacementOut,
    responses=responses(
        WorkerNotFound,
        VacancyNotFound,
        RequestNotFound,
        NoHeadcountLeft,
        WorkerAlreadyPlaced,
        ConstraintBroken,
        VacancyExpired,
        RequestAnswered,
        PolicyValueMissing,
    ),
)
async def post(
    body: PlacementIn, call: Annotated[Call, calling(WRITE)], idempotency_key: IdempotencyKey = None
) -> Response:
    """409 names what stands against it; a broken constraint is named in `constraint`."""
    return await call.once(idempotency_key, 201, place_worker, body)


@router.post(
    "/{placement_id}/transitions",
    operation_id="takePlacementStep",
    summary="Take a placement further: depart, start or end",
    description=describe(
        TRANSITIONS,
        "409 tells in `allowed_actions` what may be done instead. The age on the first day of work decides.",
    ),
    response_model=PlacementOut,
    responses=responses(
        PlacementNotFound, TransitionNotAllowed, TransitionDateInvalid, ConstraintBroken, PolicyValueMissing
    ),
)
async def post_transition(
    placement_id: UUID,
    body: PlacementTransitionIn,
    call: Annotated[Call, calling(*TRANSITIONS.scopes)],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Take a step of the procedure."""
    return await call.once(idempotency_key, 200, transition_placement, placement_id, body)
