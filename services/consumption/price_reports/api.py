"""Routes of price reports."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from pydantic import TypeAdapter

from services.consumption.price_reports import queries
from services.consumption.price_reports.commands import PRICE_REPORTS, record_price_reports
from services.consumption.price_reports.schemas import (
    PRICE_REPORT,
    PriceReportBatchDocument,
    PriceReportOut,
)
from services.consumption.series.api import ReportDoor, answer_reports
from services.consumption.series.schemas import ReportBatchAnswer, ReportBatchIn
from shared.http.batches import Returned
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.openapi import json_body_of
from shared.http.problems import responses
from shared.lists.page import Page
from shared.security.actor import RegionNotAllowed

router = APIRouter(prefix="/price-reports", tags=["price reports 价格采集"])
WRITE, APPROVE = "consumption:write", "consumption:approve"
_DOOR: Final = ReportDoor(PRICE_REPORTS, PRICE_REPORT, record_price_reports)


@router.post(
    "",
    operation_id="recordPriceReports",
    summary="Record up to 1,000 price reports",
    response_model=ReportBatchAnswer,
    openapi_extra=json_body_of(TypeAdapter(PriceReportBatchDocument)),
)
async def post(
    body: ReportBatchIn,
    call: Annotated[Call, calling(WRITE)],
    wanted: Returned = "all",
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Each is answered as it would be alone. A live one has its series judged at once, a backfill raises nothing."""
    return await answer_reports(call, idempotency_key, _DOOR, body, wanted)


@router.get(
    "",
    operation_id="listPriceReports",
    summary="Price reports of your region, the newest first",
    responses=responses(RegionNotAllowed),
    response_model=Page[PriceReportOut],
)
async def list_reports(
    call: Annotated[Call, calling(WRITE, APPROVE)], asked: Annotated[queries.PriceReportList, Query()]
) -> Page[PriceReportOut] | Response:
    """Filter by region, commodity, status, or by what changed since a moment. For the supply side."""
    return await call.page(queries.price_reports, asked)
