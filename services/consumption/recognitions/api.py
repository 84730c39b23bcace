"""Routes of recognitions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.consumption.products.errors import ProductNotFound
from services.consumption.recognitions import queries
from services.consumption.recognitions.commands import apply_for_recognition, transition_recognition
from services.consumption.recognitions.errors import (
    RecognitionGoesOn,
    RecognitionNotFound,
    RecognitionPublicityNotOver,
    RecognitionStepInvalid,
)
from services.consumption.recognitions.procedure import TRANSITIONS
from services.consumption.recognitions.schemas import RecognitionIn, RecognitionOut, RecognitionTransitionIn
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.problems import responses
from shared.lists.page import Page
from shared.policy.parameters import PolicyValueMissing
from shared.procedures.drawing import describe
from shared.procedures.errors import LevelTooLow, TransitionNotAllowed
from shared.security.actor import RegionNotAllowed

router = APIRouter(prefix="/recognitions", tags=["recognitions 重点产品认定"])
WRITE, APPROVE = "consumption:write", "consumption:approve"


@router.post(
    "",
    operation_id="applyForRecognition",
    status_code=201,
    summary="Apply for the recognition of a product",
    response_model=RecognitionOut,
    responses=responses(ProductNotFound, RecognitionGoesOn, PolicyValueMissing),
)
async def post(
    body: RecognitionIn, call: Annotated[Call, calling(WRITE)], idempotency_key: IdempotencyKey = None
) -> Response:
    """For a producer of your region. What is found of the product stands beside it, and decides nothing."""
    return await call.once(idempotency_key, 201, apply_for_recognition, body)


@router.get(
    "",
    operation_id="listRecognitions",
    summary="Recognitions of your region, the newest first",
    responses=responses(RegionNotAllowed),
    response_model=Page[RecognitionOut],
)
async def list_recognitions(
    call: Annotated[Call, calling(WRITE, APPROVE)], asked: Annotated[queries.RecognitionList, Query()]
) -> Page[RecognitionOut] | Response:
    """Filter by product, region or status. With `updated_after` they come in the order in which they changed."""
    return await call.page(queries.recognitions, asked)


@router.get(
    "/{recognition_id}",
    operation_id="getRecognition",
    summary="A recognition with the steps taken",
    responses=responses(RecognitionNotFound),
)
async def get(recognition_id: UUID, call: Annotated[Call, calling(WRITE, APPROVE)]) -> RecognitionOut:
    """Who decided when, until when it holds, and what is found of the product today."""
    return await call.query(queries.recognition, recognition_id)


@router.post(
    "/{recognition_id}/transitions",
    operation_id="takeRecognitionStep",
    summary="Take a step: review, endorse, decide, publish, object, recognise, refuse or revoke",
    description=describe(TRANSITIONS, "409 tells in `allowed_actions` what you may do instead."),
    response_model=RecognitionOut,
    responses=responses(
        RecognitionNotFound,
        TransitionNotAllowed,
        LevelTooLow,
        RecognitionPublicityNotOver,
        PolicyValueMissing,
        RecognitionStepInvalid,
    ),
)
async def post_transition(
    recognition_id: UUID,
    body: RecognitionTransitionIn,
    call: Annotated[Call, calling(*TRANSITIONS.scopes)],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Take a step of the procedure."""
    return await call.once(idempotency_key, 200, transition_recognition, recognition_id, body)
