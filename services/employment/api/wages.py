"""Routes of wages."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from services.employment import queries
from services.employment.commands.wages import WageToRecord, record_wages
from services.employment.errors import (
    PlacementNotFound,
    PlacementNotStarted,
    SupersededWageNotFound,
    WageAfterPlacement,
    WageAlreadySuperseded,
    WageBeforePlacement,
    WageContradicts,
    WageInFuture,
)
from services.employment.schemas import WageIn, WageOut
from shared.db.unit_of_work import UnitOfWork
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.idempotency import Answer
from shared.http.pagination import Page, PageRequest, page_of, page_request
from shared.http.problems import responses

router = APIRouter(prefix="/wages", tags=["wages 务工月报"])
READ, WRITE = "employment:read", "employment:write"
_STATUS = {"stored": 201, "duplicate": 200}


@router.get("", summary="Wages of your region, the newest first")
async def list_wages(
    call: Annotated[Call, calling(READ)],
    page: Annotated[PageRequest, Depends(page_request)],
    placement_id: UUID | None = None,
) -> Page[WageOut]:
    """Filter by placement. A wage and its correction both stand in the list."""
    return page_of(await call.query(queries.wages, placement_id, page), page, queries.wage_key)


@router.post(
    "",
    summary="Record the wage of a month",
    status_code=201,
    response_model=WageOut,
    responses={
        200: {"model": WageOut, "description": "The same again"},
        **responses(
            PlacementNotFound,
            SupersededWageNotFound,
            WageContradicts,
            WageAlreadySuperseded,
            PlacementNotStarted,
            WageBeforePlacement,
            WageAfterPlacement,
            WageInFuture,
        ),
    },
)
async def post(body: WageIn, call: Annotated[Call, calling(WRITE)], idempotency_key: IdempotencyKey = None) -> Response:
    """201 stored and credited to the household; 200 the same again; 409 the reference belongs to another wage."""
    return await call.answer(idempotency_key, _record_one, WageToRecord(body, call.actor, call.context))


def _record_one(uow: UnitOfWork, item: WageToRecord) -> Answer:
    [outcome] = record_wages(uow, [item])
    if outcome.wage is None:
        raise outcome.error or AssertionError("a wage that is not refused is answered")
    return Answer(_STATUS[outcome.result], outcome.wage.model_dump_json())
