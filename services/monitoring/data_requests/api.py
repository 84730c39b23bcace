"""Routes of fields and of requests for data."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.monitoring.data_requests import queries
from services.monitoring.data_requests.commands import request_data, transition_request
from services.monitoring.data_requests.errors import DataRequestInvalid, DataRequestNotFound, FieldHeld
from services.monitoring.data_requests.procedure import TRANSITIONS, WRITE
from services.monitoring.data_requests.schemas import (
    DataRequestIn,
    DataRequestOut,
    DataRequestTransitionIn,
    FieldsOut,
)
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.problems import responses
from shared.lists.page import Page
from shared.procedures.drawing import describe
from shared.procedures.errors import LevelTooLow, TransitionNotAllowed
from shared.security.actor import RegionNotAllowed

router = APIRouter(tags=["data requests 一张表"])
READ = "monitoring:read"


@router.get(
    "/fields", operation_id="listFields", summary="The fields that are held, and those that are being collected"
)
async def list_fields(call: Annotated[Call, calling(READ)]) -> FieldsOut:
    """Look here before anybody asks a village: what is held is taken from here."""
    return await call.query(queries.fields)


@router.post(
    "/data-requests",
    operation_id="requestData",
    status_code=201,
    summary="Ask a region for data",
    response_model=DataRequestOut,
    responses=responses(DataRequestInvalid, FieldHeld, RegionNotAllowed),
)
async def post_request(
    body: DataRequestIn, call: Annotated[Call, calling(WRITE)], idempotency_key: IdempotencyKey = None
) -> Response:
    """What is held, or collected there already, is not collected again. The township decides about the rest."""
    return await call.once(idempotency_key, 201, request_data, body)


@router.get(
    "/data-requests",
    operation_id="listDataRequests",
    summary="Requests for data of your region, the newest first",
    responses=responses(RegionNotAllowed),
    response_model=Page[DataRequestOut],
)
async def list_requests(
    call: Annotated[Call, calling(READ)], asked: Annotated[queries.DataRequestList, Query()]
) -> Page[DataRequestOut] | Response:
    """Filter by region, status, or by what changed since a moment."""
    return await call.page(queries.data_requests, asked)


@router.get(
    "/data-requests/{request_id}",
    operation_id="getDataRequest",
    summary="A request for data with the steps taken",
    responses=responses(DataRequestNotFound),
)
async def get_request(request_id: UUID, call: Annotated[Call, calling(READ)]) -> DataRequestOut:
    """Who asked for what, and what was decided."""
    return await call.query(queries.data_request, request_id)


@router.post(
    "/data-requests/{request_id}/transitions",
    operation_id="takeDataRequestStep",
    summary="Approve or refuse a request for data, or deliver",
    description=describe(TRANSITIONS, "409 tells in `allowed_actions` what you may do instead."),
    response_model=DataRequestOut,
    responses=responses(DataRequestNotFound, TransitionNotAllowed, LevelTooLow, DataRequestInvalid),
)
async def post_transition(
    request_id: UUID,
    body: DataRequestTransitionIn,
    call: Annotated[Call, calling(*TRANSITIONS.scopes)],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Take a step of the procedure."""
    return await call.once(idempotency_key, 200, transition_request, request_id, body)
