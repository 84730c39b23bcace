"""Routes of wages."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.employment.placements.errors import PlacementNotFound
from services.employment.wages import queries
from services.employment.wages.commands.record import WageToRecord, record_wage
from services.employment.wages.commands.withdraw import withdraw_wage
from services.employment.wages.errors import (
    MonthReported,
    PlacementNotStarted,
    SupersededWageNotFound,
    WageAfterPlacement,
    WageAlreadySuperseded,
    WageBeforePlacement,
    WageContradicts,
    WageInFuture,
    WageNotFound,
    WageWithdrawnBefore,
)
from services.employment.wages.schemas import WageIn, WageOut, WageWithdrawalIn, WageWithdrawalOut
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.lists.page import Page
from shared.records.api import record_responses, recorded
from shared.records.errors import WithdrawalContradicts
from shared.security.actor import SourceNotYours

router = APIRouter(prefix="/wages", tags=["wages 务工月报"])
READ, WRITE = "employment:read", "employment:write"


@router.get(
    "", operation_id="listWages", summary="Wages of your region, the newest first", response_model=Page[WageOut]
)
async def list_wages(
    call: Annotated[Call, calling(READ)],
    asked: Annotated[queries.WageList, Query()],
) -> Page[WageOut] | Response:
    """Filter by placement. A wage and its correction are both in the list; `status` says which counts.

    With `updated_after` in the order of the changes; none is missed.
    """
    return await call.page(queries.wages, asked)


@router.post(
    "",
    operation_id="recordWages",
    summary="Record the wage of a month",
    status_code=201,
    response_model=WageOut,
    responses=record_responses(
        WageOut,
        PlacementNotFound,
        SupersededWageNotFound,
        SourceNotYours,
        WageContradicts,
        MonthReported,
        WageWithdrawnBefore,
        WageAlreadySuperseded,
        PlacementNotStarted,
        WageBeforePlacement,
        WageAfterPlacement,
        WageInFuture,
    ),
)
async def post(body: WageIn, call: Annotated[Call, calling(WRITE)], idempotency_key: IdempotencyKey = None) -> Response:
    """201 stored and credited to the household; 200 the same again.

    409: the reference belongs to another wage, or a wage of the month stands already (`wage_id`).
    """
    return await recorded(call, idempotency_key, record_wage, WageToRecord(body, call.actor, call.context))


@router.post(
    "/{wage_id}/withdrawal",
    operation_id="withdrawWage",
    summary="Withdraw a wage that should never have been reported",
    status_code=201,
    response_model=WageWithdrawalOut,
    responses=record_responses(
        WageWithdrawalOut,
        WageNotFound,
        SourceNotYours,
        WithdrawalContradicts,
        WageAlreadySuperseded,
    ),
)
async def post_withdrawal(
    wage_id: UUID,
    body: WageWithdrawalIn,
    call: Annotated[Call, calling(WRITE)],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """The month is as unknown as it was and can be reported anew. Zero would say that nothing was paid."""
    return await recorded(call, idempotency_key, withdraw_wage, wage_id, body)
