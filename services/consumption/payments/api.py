"""Routes of payments."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.consumption.buyers.errors import BuyerNotFound
from services.consumption.buyers.rules import SUPPLYING
from services.consumption.payments.commands import record_payment
from services.consumption.payments.errors import PaymentContradicts, PaymentInvalid
from services.consumption.payments.schemas import PaymentIn, PaymentOut
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.records.api import record_responses, recorded
from shared.security.actor import SourceNotYours

router = APIRouter(prefix="/payments", tags=["payments 付款"])


@router.post(
    "",
    operation_id="recordPayment",
    summary="Record that a buyer paid",
    status_code=201,
    response_model=PaymentOut,
    responses=record_responses(PaymentOut, BuyerNotFound, SourceNotYours, PaymentContradicts, PaymentInvalid),
)
async def post(
    body: PaymentIn, call: Annotated[Call, calling(SUPPLYING)], idempotency_key: IdempotencyKey = None
) -> Response:
    """201 stored; 200 the same again; 409 the reference belongs to another payment. It counts in the statement."""
    return await recorded(call, idempotency_key, record_payment, body)
