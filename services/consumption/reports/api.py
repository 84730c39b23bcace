"""Routes of reports."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.consumption.reports import queries
from services.consumption.reports.rules import span_of
from services.consumption.reports.schemas import SalesLine, SalesReport, SalesReportQuery
from services.consumption.reports.sheets import SALES
from shared.http.dependencies import Call, calling
from shared.http.problems import responses
from shared.http.reports import Items, Leaf, ReportTooLong, report_answer
from shared.security.actor import RegionNotAllowed

router = APIRouter(prefix="/reports", tags=["reports 报表"])
WRITE, APPROVE = "consumption:write", "consumption:approve"


@router.get(
    "/sales",
    operation_id="reportSales",
    summary="What was sold in a week, month or quarter, by county",
    response_model=SalesReport,
    responses=responses(RegionNotAllowed, ReportTooLong),
)
async def sales(
    call: Annotated[Call, calling(WRITE, APPROVE)], asked: Annotated[SalesReportQuery, Query()]
) -> Response:
    """周报、月报、季报, made from what was settled whenever it is asked for. For the supply side."""
    period = asked.period or call.house.database.resources.clock.today().strftime("%Y-%m")
    lines = await call.query(queries.sales, asked.region_code, span_of(period))
    head = {"report": "sales", "region_code": asked.region_code, "period": period}
    return await report_answer(call, asked, head, [Leaf("items", SALES)], _once(lines))


async def _once(lines: Sequence[SalesLine]) -> AsyncIterator[Sequence[Items]]:
    yield [lines]
