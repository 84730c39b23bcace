"""Routes of disbursements."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.assistance.disbursements import queries
from services.assistance.disbursements.commands.record import record_disbursement
from services.assistance.disbursements.commands.withdraw import withdraw_disbursement
from services.assistance.disbursements.errors import (
    DisbursementAlreadySuperseded,
    DisbursementAlreadyWithdrawn,
    DisbursementContradicts,
    DisbursementInvalid,
    DisbursementNotFound,
    MeasureNotTransfer,
    MeasurePaid,
    SupersededDisbursementNotFound,
)
from services.assistance.disbursements.schemas import DisbursementIn, DisbursementOut, WithdrawalIn, WithdrawalOut
from services.assistance.measures.errors import MeasureNotFound
from shared.helping.households import HouseholdUnknown
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.problems import responses
from shared.lists.page import Page
from shared.records.api import record_responses, recorded
from shared.security.actor import RegionNotAllowed, SourceNotYours

router = APIRouter(prefix="/disbursements", tags=["disbursements 发放"])
READ, WRITE = "assistance:read", "assistance:write"


@router.get(
    "",
    operation_id="listDisbursements",
    summary="Disbursements of your region, the newest first",
    responses=responses(RegionNotAllowed),
    response_model=Page[DisbursementOut],
)
async def list_disbursements(
    call: Annotated[Call, calling(READ)],
    asked: Annotated[queries.DisbursementList, Query()],
) -> Page[DisbursementOut] | Response:
    """Filter by household or region."""
    return await call.page(queries.disbursements, asked)


@router.post(
    "",
    operation_id="recordDisbursement",
    summary="Record cash paid to a household",
    status_code=201,
    response_model=DisbursementOut,
    responses=record_responses(
        DisbursementOut,
        SourceNotYours,
        HouseholdUnknown,
        MeasureNotFound,
        SupersededDisbursementNotFound,
        DisbursementContradicts,
        MeasureNotTransfer,
        MeasurePaid,
        DisbursementAlreadySuperseded,
        DisbursementAlreadyWithdrawn,
        DisbursementInvalid,
    ),
)
async def post(
    body: DisbursementIn, call: Annotated[Call, calling(WRITE)], idempotency_key: IdempotencyKey = None
) -> Response:
    """201 recorded and credited; 200 the same again; 409 the reference belongs to another disbursement.

    A measure is paid up to its amount; 409 `measure-paid` says how much is `left`. A part of it is an `instalment`.
    """
    return await recorded(call, idempotency_key, record_disbursement, body)


@router.post(
    "/{disbursement_id}/withdrawal",
    operation_id="withdrawDisbursement",
    summary="Take a disbursement back, as if nobody had told of it",
    status_code=201,
    response_model=WithdrawalOut,
    responses=record_responses(
        WithdrawalOut,
        SourceNotYours,
        DisbursementNotFound,
        DisbursementContradicts,
        DisbursementAlreadySuperseded,
        DisbursementAlreadyWithdrawn,
        DisbursementInvalid,
    ),
)
async def post_withdrawal(
    disbursement_id: UUID,
    body: WithdrawalIn,
    call: Annotated[Call, calling(WRITE)],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """201 withdrawn, and its credit with it; 200 the same again. The measure that it paid is open again for as much."""
    return await recorded(call, idempotency_key, withdraw_disbursement, disbursement_id, body)
