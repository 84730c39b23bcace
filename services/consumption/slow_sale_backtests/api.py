"""Routes of backtests."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.consumption.slow_sale_backtests.commands import ask_for_backtest
from services.consumption.slow_sale_backtests.errors import BacktestInvalid
from services.consumption.slow_sale_backtests.schemas import BacktestIn
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.jobs import JobStarted
from shared.http.problems import responses
from shared.security.actor import RegionNotAllowed

router = APIRouter(prefix="/slow-sale-backtests", tags=["slow sales 滞销"])
APPROVE = "consumption:approve"


@router.post(
    "",
    operation_id="startSlowSaleBacktest",
    summary="Judge the past of series once more; a job does it",
    status_code=202,
    response_model=JobStarted,
    responses=responses(RegionNotAllowed, BacktestInvalid),
)
async def start(
    body: BacktestIn, call: Annotated[Call, calling(APPROVE)], idempotency_key: IdempotencyKey = None
) -> Response:
    """Each day on what was known then. The result names the warnings, and the series with too little history.

    `{"warnings": [{"commodity_code", "region_code", "opened_on", "closed_on"}], "insufficient": […]}`. Changes nothing.
    """
    return await call.once(
        idempotency_key, 202, lambda uow: JobStarted.of(call.house.name, ask_for_backtest(uow, body))
    )
