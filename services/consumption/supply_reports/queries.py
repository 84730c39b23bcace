"""What can be asked of supply reports."""

import sqlalchemy as sa

from services.consumption.commodities.schemas import CommodityCode
from services.consumption.models import SupplyReport
from services.consumption.supply_reports.schemas import SupplyReportOut
from services.consumption.supply_reports.sheets import SUPPLY_REPORT_LIST
from shared.codes.records import RecordStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.fields import UpdatedAfter
from shared.lists.order import newest_by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.regions import RegionFilter

_REPORTS = table_of(SupplyReport)


class SupplyReportList(ListQuery):
    """Which supply reports 存量与上市量 are asked for, the newest first."""

    order = newest_by("recorded_at")
    sheet = SUPPLY_REPORT_LIST
    region_code: RegionFilter | None = None
    commodity_code: CommodityCode | None = None
    status: RecordStatus | None = None
    updated_after: UpdatedAfter = None


def supply_reports(reading: Reading, asked: SupplyReportList) -> Page[SupplyReportOut]:
    """Reports of the caller's regions, those that were corrected among them."""
    rows = sa.select(_REPORTS)
    return asked.page(reading, rows, lambda found: [SupplyReportOut.model_validate(row) for row in found])
