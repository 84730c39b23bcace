"""Routes of slow sale."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.consumption.commodities.errors import CommodityNotFound
from services.consumption.slow_sales import queries
from services.consumption.slow_sales.commands.report import report_slow_sale
from services.consumption.slow_sales.commands.transition import transition_slow_sale
from services.consumption.slow_sales.errors import NotAWarning, SlowSaleInvalid, SlowSaleNotFound
from services.consumption.slow_sales.procedure import TRANSITIONS
from services.consumption.slow_sales.schemas import SlowSaleIn, SlowSaleOut, SlowSaleTransitionIn
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.problems import responses
from shared.lists.page import Page
from shared.procedures.drawing import describe
from shared.procedures.errors import LevelTooLow, TransitionNotAllowed
from shared.security.actor import RegionNotAllowed

router = APIRouter(prefix="/slow-sales", tags=["slow sales 滞销"])
WRITE, APPROVE = "consumption:write", "consumption:approve"


@router.post(
    "",
    operation_id="reportSlowSale",
    status_code=201,
    summary="Report from a village that something does not sell",
    response_model=SlowSaleOut,
    responses=responses(CommodityNotFound, SlowSaleInvalid, RegionNotAllowed),
)
async def post(
    body: SlowSaleIn, call: Annotated[Call, calling(WRITE)], idempotency_key: IdempotencyKey = None
) -> Response:
    """Township and county confirm it. Send an `Idempotency-Key`, so that a report sent again counts once."""
    return await call.once(idempotency_key, 201, report_slow_sale, body)


@router.get(
    "",
    operation_id="listSlowSales",
    summary="Slow sales of your counties, the newest first",
    responses=responses(RegionNotAllowed),
    response_model=Page[SlowSaleOut],
)
async def list_slow_sales(
    call: Annotated[Call, calling(WRITE, APPROVE)], asked: Annotated[queries.SlowSaleList, Query()]
) -> Page[SlowSaleOut] | Response:
    """Filter by region, commodity, kind, status, level, or by what changed since a moment."""
    return await call.page(queries.slow_sales, asked)


@router.get(
    "/{alert_id}",
    operation_id="getSlowSale",
    summary="A slow sale with its incident and history",
    responses=responses(SlowSaleNotFound),
)
async def get_slow_sale(alert_id: UUID, call: Annotated[Call, calling(WRITE, APPROVE)]) -> SlowSaleOut:
    """Why it was raised, who acts, what was called for, and how it ended."""
    return await call.query(queries.slow_sale, alert_id)


@router.post(
    "/{alert_id}/transitions",
    operation_id="takeSlowSaleStep",
    summary="Act on a slow sale: confirm, respond, call for purchases, close",
    description=describe(TRANSITIONS, "409 `not-a-warning`: a notice has no incident."),
    response_model=SlowSaleOut,
    responses=responses(SlowSaleNotFound, SlowSaleInvalid, NotAWarning, TransitionNotAllowed, LevelTooLow),
)
async def post_transition(
    alert_id: UUID,
    body: SlowSaleTransitionIn,
    call: Annotated[Call, calling(*TRANSITIONS.scopes)],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Take a step of the procedure."""
    return await call.once(idempotency_key, 200, transition_slow_sale, alert_id, body)
