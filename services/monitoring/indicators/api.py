"""Routes of indicators."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.monitoring.indicators import queries
from shared.errors import Invalid
from shared.http.dependencies import Call, calling
from shared.http.indicators import IndicatorsOut, indicators_answer
from shared.http.problems import responses
from shared.http.reports import PrintedReportQuery
from shared.policy.parameters import PolicyValueMissing
from shared.security.actor import RegionNotAllowed

router = APIRouter(prefix="/indicators", tags=["indicators 指标"])
READ = "monitoring:read"


@router.get(
    "",
    operation_id="getIndicators",
    summary="The indicators of monitoring for a region and a month",
    response_model=IndicatorsOut,
    responses=responses(RegionNotAllowed, Invalid, PolicyValueMissing),
)
async def get(call: Annotated[Call, calling(READ)], asked: Annotated[PrintedReportQuery, Query()]) -> Response:
    """Counted out of the ledgers when they are asked for, as of the last day of the month or as of today."""
    items = await call.query(queries.indicators, asked.region_code, asked.period)
    return await indicators_answer(call, asked, items)
