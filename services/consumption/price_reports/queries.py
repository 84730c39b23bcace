"""What can be asked of price reports."""

import sqlalchemy as sa

from services.consumption.commodities.schemas import CommodityCode
from services.consumption.models import PriceReport
from services.consumption.price_reports.schemas import PriceReportOut
from services.consumption.price_reports.sheets import PRICE_REPORT_LIST
from shared.codes.records import RecordStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.fields import UpdatedAfter
from shared.lists.order import newest_by
from shared.lists.page import Page
from shared.lists.portions import AsKept
from shared.lists.query import ListQuery
from shared.regions import RegionFilter

_REPORTS = table_of(PriceReport)


class PriceReportList(ListQuery):
    """Which price reports 价格采集 are asked for, the newest first."""

    order = newest_by("recorded_at")
    sheet = PRICE_REPORT_LIST
    region_code: RegionFilter | None = None
    commodity_code: CommodityCode | None = None
    status: RecordStatus | None = None
    updated_after: UpdatedAfter = None


def price_reports(reading: Reading, asked: PriceReportList) -> Page[PriceReportOut]:
    """Reports of the caller's regions, those that were corrected among them."""
    return asked.page(reading, sa.select(_REPORTS), AsKept(PriceReportOut))
