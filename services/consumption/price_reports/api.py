"""Routes of price reports."""

from pydantic import TypeAdapter

from services.consumption.price_reports import queries
from services.consumption.price_reports.commands import (
    PRICE_REPORTS,
    record_price_reports,
    withdraw_price_report,
)
from services.consumption.price_reports.schemas import PRICE_REPORT, PriceReportBatchDocument, PriceReportOut
from services.consumption.series.api import ReportDoor, reports_router

router = reports_router(
    ReportDoor(
        kind=PRICE_REPORTS,
        zh="价格采集",
        body=PRICE_REPORT,
        document=TypeAdapter(PriceReportBatchDocument),
        shown=PriceReportOut,
        asked=queries.PriceReportList,
        record=record_price_reports,
        page=queries.price_reports,
        withdraw=withdraw_price_report,
    )
)
