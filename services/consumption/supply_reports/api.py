"""Routes of supply reports."""

from pydantic import TypeAdapter

from services.consumption.series.api import ReportDoor, reports_router
from services.consumption.supply_reports import queries
from services.consumption.supply_reports.commands import (
    SUPPLY_REPORTS,
    record_supply_reports,
    withdraw_supply_report,
)
from services.consumption.supply_reports.schemas import SUPPLY_REPORT, SupplyReportBatchDocument, SupplyReportOut

router = reports_router(
    ReportDoor(
        kind=SUPPLY_REPORTS,
        zh="存量与上市量",
        body=SUPPLY_REPORT,
        document=TypeAdapter(SupplyReportBatchDocument),
        shown=SupplyReportOut,
        asked=queries.SupplyReportList,
        record=record_supply_reports,
        page=queries.supply_reports,
        withdraw=withdraw_supply_report,
    )
)
