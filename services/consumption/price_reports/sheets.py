"""Files of price reports."""

from typing import Final

from services.consumption.series.sheets import ABOUT_THE_REPORT, SAID_OF_A_SERIES, WHAT_BECAME_OF_IT
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import CORRECTS

_SAID: Final = (
    Column("market", "市场", "Market", needed=True, width=24, example="德江县城关农贸市场"),
    Column("low", "最低价（元）", "Low (yuan)", Form.YUAN, needed=True, example="8.00"),
    Column("mean", "平均价（元）", "Mean (yuan)", Form.YUAN, needed=True, example="9.50"),
    Column("high", "最高价（元）", "High (yuan)", Form.YUAN, needed=True, example="11.00"),
)
PRICE_REPORT_LIST: Final = Sheet(
    "price-reports",
    "价格采集",
    "Price reports",
    (*ABOUT_THE_REPORT, *_SAID, *WHAT_BECAME_OF_IT),
)
PRICE_REPORTS: Final = Sheet(
    "price-reports",
    "价格采集",
    "Price reports",
    (*SAID_OF_A_SERIES, *_SAID, CORRECTS),
    listed=PRICE_REPORT_LIST,
)
"""价格采集表: a row a report."""
