"""Routes of measures."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.assistance import queries
from services.assistance.commands.measures import request_measure
from services.assistance.errors import AlreadyRequested, TaskIsClosed, TaskNotFound
from services.assistance.schemas import MeasureIn, MeasureOut
from shared.contracts.codes import MeasureKind, MeasureStatus
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.fields import HouseholdCode
from shared.http.pagination import Page, PageRequest, page_of, page_request
from shared.http.problems import responses
from shared.regions import RegionFilter
from shared.security.actor import RegionNotAllowed

router = APIRouter(tags=["measures 帮扶措施"])
READ, WRITE = "assistance:read", "assistance:write"


def _wanted(
    household_code: HouseholdCode | None = None,
    region_code: RegionFilter | None = None,
    kind: MeasureKind | None = None,
    status: MeasureStatus | None = None,
    overdue: Annotated[bool | None, Query(description="Not answered, and due before the business date")] = None,
) -> queries.MeasureFilter:
    return queries.MeasureFilter(household_code, region_code, kind, status, overdue)


@router.get(
    "/measures",
    operation_id="listMeasures",
    summary="Measures of your region, the newest first",
    responses=responses(RegionNotAllowed),
)
async def list_measures(
    call: Annotated[Call, calling(READ)],
    wanted: Annotated[queries.MeasureFilter, Depends(_wanted)],
    page: Annotated[PageRequest, Depends(page_request)],
) -> Page[MeasureOut]:
    """Filter by household, region, kind, status, or by being overdue."""
    return page_of(await call.query(queries.measures, wanted, page), page, queries.measure_key)


@router.post(
    "/tasks/{task_id}/measures",
    operation_id="requestMeasure",
    summary="Ask for help that a task needs",
    status_code=201,
    response_model=MeasureOut,
    responses=responses(TaskNotFound, TaskIsClosed, AlreadyRequested),
)
async def post(
    task_id: UUID,
    body: MeasureIn,
    call: Annotated[Call, calling(WRITE)],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """A job, a purchase or an asset share is asked of its house; cash is disbursed here.

    The same for the same member is asked once while it waits: 409 `already-requested` names the measure.
    """
    return await call.once(idempotency_key, 201, request_measure, task_id, body)
