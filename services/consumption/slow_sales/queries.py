"""What can be asked of slow sale. Whoever has to do in a part of a county sees the alerts of the county."""

from uuid import UUID

import sqlalchemy as sa

from services.consumption.commodities.schemas import CommodityCode
from services.consumption.slow_sales.schemas import SlowSaleOut
from services.consumption.slow_sales.sheets import SLOW_SALE_LIST
from services.consumption.slow_sales.store.alerts import ALERTS, find_alert, show_alerts
from shared.codes.slow_sales import SlowSaleKind, SlowSaleLevel, SlowSaleStatus
from shared.db.unit_of_work import Reading
from shared.db.within import lies_in
from shared.http.fields import UpdatedAfter
from shared.lists.filters import Columns
from shared.lists.order import newest_by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.regions import RegionFilter, county_of


class SlowSaleList(ListQuery):
    """Which alerts 滞销预警 are asked for, the newest first."""

    order = newest_by("raised_at")
    sheet = SLOW_SALE_LIST
    region_code: RegionFilter | None = None
    commodity_code: CommodityCode | None = None
    kind: SlowSaleKind | None = None
    status: SlowSaleStatus | None = None
    level: SlowSaleLevel | None = None
    updated_after: UpdatedAfter = None

    def visible(self, reading: Reading, columns: Columns) -> sa.ColumnElement[bool]:
        """Return which alerts the caller may see: of a part of a county, those of the county."""
        counties = map(county_of, reading.actor.search_prefixes(self.region_code))
        return sa.or_(*(lies_in(columns["region_code"], county) for county in counties))


def slow_sale(reading: Reading, alert_id: UUID) -> SlowSaleOut:
    """An alert with its incident and history."""
    return show_alerts(reading, [find_alert(reading, alert_id)])[0]


def slow_sales(reading: Reading, asked: SlowSaleList) -> Page[SlowSaleOut]:
    """Alerts with their incidents and histories."""
    return asked.page(reading, sa.select(ALERTS), lambda rows: show_alerts(reading, [row._asdict() for row in rows]))
