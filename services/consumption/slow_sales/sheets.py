"""Files of slow-sale alerts."""

from typing import Final

from services.consumption.series.sheets import COMMODITY_CODE
from shared.codes.slow_sales import ResponseLevel, SlowSaleKind, SlowSaleLevel, SlowSaleStatus
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import REGION_CODE, UPDATED_AT

SLOW_SALE_LIST: Final = Sheet(
    "slow-sales",
    "滞销预警",
    "Slow sales",
    (
        Column("alert_id", "预警编号", "Alert", width=38),
        Column("kind", "来源", "Kind", Form.CODE, SlowSaleKind),
        COMMODITY_CODE,
        REGION_CODE,
        Column("place_code", "上报地区划代码", "Reported in", width=16),
        Column("level", "预警级别", "Level", Form.CODE, SlowSaleLevel),
        Column("status", "预警状态", "Status", Form.CODE, SlowSaleStatus),
        Column("episode", "发生次数", "Episode", Form.WHOLE),
        Column("opened_on", "预警日期", "Opened on", Form.DAY, width=12),
        Column("closed_on", "解除日期", "Closed on", Form.DAY, width=12),
        Column("quantity", "上报滞销数量", "Reported quantity", Form.DECIMAL),
        Column("ripe_on", "上市日期", "Ripe on", Form.DAY, width=12),
        Column("lowest_price", "最低售价（元）", "Lowest price (yuan)", Form.YUAN),
        Column("incident/response_level", "响应等级", "Response level", Form.CODE, ResponseLevel),
        Column("incident/households", "涉及户数", "Households", Form.WHOLE),
        Column("incident/closing_report/sold", "销售数量", "Sold", Form.DECIMAL),
        Column("incident/closing_report/price", "销售均价（元）", "Mean price (yuan)", Form.YUAN),
        Column("incident/closing_report/loss", "损失（元）", "Loss (yuan)", Form.YUAN),
        UPDATED_AT,
    ),
)
