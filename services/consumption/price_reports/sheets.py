"""Files of price reports."""

from typing import Final

from services.consumption.series.sheets import ABOUT_THE_REPORT, WHAT_BECAME_OF_IT
from shared.sheets.columns import Column, Form, Sheet

PRICE_REPORT_LIST: Final = Sheet(
    "price-reports",
    "价格采集",
    "Price reports",
    (
        *ABOUT_THE_REPORT,
        Column("market", "市场", "Market", width=24),
        Column("low", "最低价（元）", "Low (yuan)", Form.YUAN),
        Column("mean", "平均价（元）", "Mean (yuan)", Form.YUAN),
        Column("high", "最高价（元）", "High (yuan)", Form.YUAN),
        *WHAT_BECAME_OF_IT,
    ),
)
