"""Routes of screenings."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.monitoring.screenings import queries
from services.monitoring.screenings.commands.screen import ask_for_screening
from services.monitoring.screenings.errors import ScreeningNotFound
from services.monitoring.screenings.schemas import ScreenedHousehold, ScreeningIn, ScreeningOut, ScreeningResult
from shared.errors import Invalid
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.jobs import JobStarted
from shared.http.problems import responses
from shared.lists.page import Page
from shared.security.actor import RegionNotAllowed

router = APIRouter(prefix="/screenings", tags=["screenings 集中排查"])
READ, WRITE = "monitoring:read", "monitoring:write"


@router.post(
    "",
    operation_id="startScreening",
    summary="Have all households of a region judged; a job does it",
    status_code=202,
    response_model=JobStarted,
    responses=responses(RegionNotAllowed, Invalid),
)
async def start(
    body: ScreeningIn, call: Annotated[Call, calling(WRITE)], idempotency_key: IdempotencyKey = None
) -> Response:
    """The very rules of a fact, as of today. A dry run, also of another day, keeps nothing but its result."""
    return await call.once(
        idempotency_key,
        202,
        lambda uow: JobStarted.of(
            call.house.name, ask_for_screening(uow, body.region_code, body.as_of, dry_run=body.dry_run)
        ),
    )


@router.get(
    "",
    operation_id="listScreenings",
    summary="Screenings of your region, the newest first",
    response_model=Page[ScreeningOut],
    responses=responses(RegionNotAllowed),
)
async def list_screenings(
    call: Annotated[Call, calling(READ)], asked: Annotated[queries.ScreeningList, Query()]
) -> Page[ScreeningOut] | Response:
    """One of a region that is wider than yours is not among them."""
    return await call.page(queries.screenings, asked)


@router.get(
    "/{screening_id}",
    operation_id="getScreening",
    summary="What came of a screening, by kind of risk and by region",
    responses=responses(ScreeningNotFound),
)
async def get_screening(screening_id: UUID, call: Annotated[Call, calling(READ)]) -> ScreeningResult:
    """The same as the result of its job, and kept when the job is forgotten."""
    return await call.query(queries.screening, screening_id)


@router.get(
    "/{screening_id}/households",
    operation_id="listScreenedHouseholds",
    summary="Households at risk behind a screening, newly so, or no longer",
    response_model=Page[ScreenedHousehold],
    responses=responses(RegionNotAllowed, ScreeningNotFound),
)
async def list_households(
    screening_id: UUID, call: Annotated[Call, calling(READ)], asked: Annotated[queries.ScreenedList, Query()]
) -> Page[ScreenedHousehold] | Response:
    """By code. `change` compares with the last screening of the same region."""
    return await call.page(queries.screened_households, asked, screening_id)
