"""Routes of wages."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.employment.placements.errors import PlacementNotFound
from services.employment.wages import queries
from services.employment.wages.commands.record import WageToRecord, record_wages
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
    WithdrawalContradicts,
)
from services.employment.wages.schemas import WageIn, WageOut, WageWithdrawalIn, WageWithdrawalOut
from shared.db.unit_of_work import UnitOfWork
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.idempotency import Answer
from shared.http.problems import responses
from shared.lists.page import Page
from shared.security.actor import SourceNotYours

router = APIRouter(prefix="/wages", tags=["wages 务工月报"])
READ, WRITE = "employment:read", "employment:write"
_STATUS = {"stored": 201, "duplicate": 200}


@router.get("", operation_id="listWages", summary="Wages of your region, the newest first")
async def list_wages(
    call: Annotated[Call, calling(READ)],
    asked: Annotated[queries.WageList, Query()],
) -> Page[WageOut]:
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
    responses={
        200: {"model": WageOut, "description": "The same again"},
        **responses(
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
    },
)
async def post(body: WageIn, call: Annotated[Call, calling(WRITE)], idempotency_key: IdempotencyKey = None) -> Response:
    """201 stored and credited to the household; 200 the same again.

    409: the reference belongs to another wage, or a wage of the month stands already (`wage_id`).
    """
    return await call.answer(idempotency_key, _record_one, WageToRecord(body, call.actor, call.context))


@router.post(
    "/{wage_id}/withdrawal",
    operation_id="withdrawWage",
    summary="Withdraw a wage that should never have been reported",
    status_code=201,
    response_model=WageWithdrawalOut,
    responses={
        200: {"model": WageWithdrawalOut, "description": "The same again"},
        **responses(WageNotFound, SourceNotYours, WithdrawalContradicts, WageAlreadySuperseded),
    },
)
async def post_withdrawal(
    wage_id: UUID,
    body: WageWithdrawalIn,
    call: Annotated[Call, calling(WRITE)],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """The month is as unknown as it was and can be reported anew. Zero would say that nothing was paid."""
    return await call.answer(idempotency_key, _withdraw, wage_id, body)


def _withdraw(uow: UnitOfWork, wage_id: UUID, body: WageWithdrawalIn) -> Answer:
    done = withdraw_wage(uow, wage_id, body)
    return Answer(201 if done.created else 200, done.withdrawal.model_dump_json())


def _record_one(uow: UnitOfWork, item: WageToRecord) -> Answer:
    [outcome] = record_wages(uow, [item])
    if outcome.wage is None:
        raise outcome.error or AssertionError("a wage that is not refused is answered")
    return Answer(_STATUS[outcome.result], outcome.wage.model_dump_json())
