"""Routes of supply reports."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from pydantic import TypeAdapter

from services.consumption.series.api import ReportDoor, answer_reports
from services.consumption.series.schemas import ReportBatchAnswer, ReportBatchIn
from services.consumption.supply_reports import queries
from services.consumption.supply_reports.commands import SUPPLY_REPORTS, record_supply_reports
from services.consumption.supply_reports.schemas import (
    SUPPLY_REPORT,
    SupplyReportBatchDocument,
    SupplyReportOut,
)
from shared.http.batches import Returned
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.openapi import json_body_of
from shared.http.problems import responses
from shared.lists.page import Page
from shared.security.actor import RegionNotAllowed

router = APIRouter(prefix="/supply-reports", tags=["supply reports 存量与上市量"])
WRITE, APPROVE = "consumption:write", "consumption:approve"
_DOOR: Final = ReportDoor(SUPPLY_REPORTS, SUPPLY_REPORT, record_supply_reports)


@router.post(
    "",
    operation_id="recordSupplyReports",
    summary="Record up to 1,000 supply reports",
    response_model=ReportBatchAnswer,
    openapi_extra=json_body_of(TypeAdapter(SupplyReportBatchDocument)),
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
    operation_id="listSupplyReports",
    summary="Supply reports of your region, the newest first",
    responses=responses(RegionNotAllowed),
    response_model=Page[SupplyReportOut],
)
async def list_reports(
    call: Annotated[Call, calling(WRITE, APPROVE)], asked: Annotated[queries.SupplyReportList, Query()]
) -> Page[SupplyReportOut] | Response:
    """Filter by region, commodity, status, or by what changed since a moment. For the supply side."""
    return await call.page(queries.supply_reports, asked)
