"""Files of supply reports."""

from typing import Final

from services.consumption.series.sheets import ABOUT_THE_REPORT, SAID_OF_A_SERIES, WHAT_BECAME_OF_IT
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import CORRECTS

_SAID: Final = (
    Column("stock", "存量", "Stock", Form.DECIMAL, needed=True, example="1000"),
    Column("due", "即将上市量", "Due", Form.DECIMAL, needed=True, example="200"),
    Column("sold_7d", "近七日销量", "Sold in seven days", Form.DECIMAL, needed=True, example="350"),
    Column("covered", "已有订单量", "Covered by orders", Form.DECIMAL, note="不填则按系统中的订单计算"),
)
SUPPLY_REPORT_LIST: Final = Sheet(
    "supply-reports",
    "存量与上市量",
    "Supply reports",
    (*ABOUT_THE_REPORT, *_SAID, *WHAT_BECAME_OF_IT),
)
SUPPLY_REPORTS: Final = Sheet(
    "supply-reports",
    "存量与上市量",
    "Supply reports",
    (*SAID_OF_A_SERIES, *_SAID, CORRECTS),
    listed=SUPPLY_REPORT_LIST,
)
"""存量与上市量表: a row a report."""
