"""Routes of payments."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.consumption.buyers.errors import BuyerNotFound, BuyerOfAnotherClient, NotSupplying
from services.consumption.buyers.rules import SUPPLYING
from services.consumption.payments import queries
from services.consumption.payments.commands import record_payment, withdraw_payment
from services.consumption.payments.errors import (
    PaymentAlreadySuperseded,
    PaymentContradicts,
    PaymentInvalid,
    PaymentNotFound,
    PaymentWithdrawnBefore,
    SupersededPaymentNotFound,
)
from services.consumption.payments.schemas import PaymentIn, PaymentOut
from services.consumption.withdrawals.schemas import WithdrawalIn, WithdrawalOut
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.problems import responses
from shared.lists.page import Page
from shared.records.api import record_responses, recorded
from shared.records.errors import WithdrawalContradicts
from shared.security.actor import RegionNotAllowed, SourceNotYours

router = APIRouter(prefix="/payments", tags=["payments 付款"])
READ = "consumption:read"


@router.get(
    "",
    operation_id="listPayments",
    summary="Payments of your buyers, or of your regions, the newest first",
    responses=responses(BuyerOfAnotherClient, RegionNotAllowed),
    response_model=Page[PaymentOut],
)
async def list_payments(
    call: Annotated[Call, calling(READ)], asked: Annotated[queries.PaymentList, Query()]
) -> Page[PaymentOut] | Response:
    """A payment and its correction are both in the list; `status` says which counts.

    With `updated_after` in the order of the changes; none is missed.
    """
    return await call.page(queries.payments, asked)


@router.post(
    "",
    operation_id="recordPayment",
    summary="Record that a buyer paid, or correct a payment",
    status_code=201,
    response_model=PaymentOut,
    responses=record_responses(
        PaymentOut,
        BuyerNotFound,
        NotSupplying,
        RegionNotAllowed,
        SourceNotYours,
        PaymentContradicts,
        PaymentInvalid,
        SupersededPaymentNotFound,
        PaymentAlreadySuperseded,
        PaymentWithdrawnBefore,
    ),
)
async def post(
    body: PaymentIn, call: Annotated[Call, calling(SUPPLYING)], idempotency_key: IdempotencyKey = None
) -> Response:
    """201 stored; 200 the same again; 409 the reference belongs to another payment.

    It counts in the month in which it was paid, also where that is over: a correction restates its statement.
    """
    return await recorded(call, idempotency_key, record_payment, body)


@router.post(
    "/{payment_id}/withdrawal",
    operation_id="withdrawPayment",
    summary="Withdraw a payment that never came",
    status_code=201,
    response_model=WithdrawalOut,
    responses=record_responses(
        WithdrawalOut,
        PaymentNotFound,
        PaymentInvalid,
        NotSupplying,
        SourceNotYours,
        WithdrawalContradicts,
        PaymentAlreadySuperseded,
    ),
)
async def post_withdrawal(
    payment_id: UUID,
    body: WithdrawalIn,
    call: Annotated[Call, calling(SUPPLYING)],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """It counts in no statement any longer. What came instead is recorded under another reference."""
    return await recorded(call, idempotency_key, withdraw_payment, payment_id, body)
