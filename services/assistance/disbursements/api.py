"""Routes of disbursements."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.assistance.disbursements import queries
from services.assistance.disbursements.commands.record import record_disbursement
from services.assistance.disbursements.commands.withdraw import withdraw_disbursement
from services.assistance.disbursements.errors import (
    AlreadySuperseded,
    AlreadyWithdrawn,
    DisbursementContradicts,
    DisbursementInvalid,
    DisbursementNotFound,
    MeasureNotTransfer,
    MeasurePaid,
    SupersededNotFound,
)
from services.assistance.disbursements.schemas import DisbursementIn, DisbursementOut, WithdrawalIn, WithdrawalOut
from services.assistance.measures.errors import MeasureNotFound
from shared.db.unit_of_work import UnitOfWork
from shared.helping.households import HouseholdUnknown
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.idempotency import Answer
from shared.http.problems import responses
from shared.lists.page import Page
from shared.security.actor import RegionNotAllowed, SourceNotYours

router = APIRouter(prefix="/disbursements", tags=["disbursements 发放"])
READ, WRITE = "assistance:read", "assistance:write"


@router.get(
    "",
    operation_id="listDisbursements",
    summary="Disbursements of your region, the newest first",
    responses=responses(RegionNotAllowed),
)
async def list_disbursements(
    call: Annotated[Call, calling(READ)],
    asked: Annotated[queries.DisbursementList, Query()],
) -> Page[DisbursementOut]:
    """Filter by household or region."""
    return await call.page(queries.disbursements, asked)


@router.post(
    "",
    operation_id="recordDisbursement",
    summary="Record cash paid to a household",
    status_code=201,
    response_model=DisbursementOut,
    responses={
        200: {"model": DisbursementOut, "description": "The same again"},
        **responses(
            SourceNotYours,
            HouseholdUnknown,
            MeasureNotFound,
            SupersededNotFound,
            DisbursementContradicts,
            MeasureNotTransfer,
            MeasurePaid,
            AlreadySuperseded,
            AlreadyWithdrawn,
            DisbursementInvalid,
        ),
    },
)
async def post(
    body: DisbursementIn, call: Annotated[Call, calling(WRITE)], idempotency_key: IdempotencyKey = None
) -> Response:
    """201 recorded and credited; 200 the same again; 409 the reference belongs to another disbursement.

    A measure is paid up to its amount; 409 `measure-paid` says how much is `left`. A part of it is an `instalment`.
    """
    return await call.answer(idempotency_key, _record, body)


def _record(uow: UnitOfWork, body: DisbursementIn) -> Answer:
    recorded = record_disbursement(uow, body)
    return Answer(201 if recorded.created else 200, recorded.disbursement.model_dump_json())


@router.post(
    "/{disbursement_id}/withdrawal",
    operation_id="withdrawDisbursement",
    summary="Take a disbursement back, as if nobody had told of it",
    status_code=201,
    response_model=WithdrawalOut,
    responses={
        200: {"model": WithdrawalOut, "description": "The same again"},
        **responses(
            SourceNotYours,
            DisbursementNotFound,
            DisbursementContradicts,
            AlreadySuperseded,
            AlreadyWithdrawn,
            DisbursementInvalid,
        ),
    },
)
async def post_withdrawal(
    disbursement_id: UUID,
    body: WithdrawalIn,
    call: Annotated[Call, calling(WRITE)],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """201 withdrawn, and its credit with it; 200 the same again. The measure that it paid is open again for as much."""
    return await call.answer(idempotency_key, _withdraw, disbursement_id, body)


def _withdraw(uow: UnitOfWork, disbursement_id: UUID, body: WithdrawalIn) -> Answer:
    done = withdraw_disbursement(uow, disbursement_id, body)
    return Answer(201 if done.created else 200, done.withdrawal.model_dump_json())
