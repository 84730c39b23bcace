"""Files of supply reports."""

from typing import Final

from services.consumption.series.sheets import ABOUT_THE_REPORT, WHAT_BECAME_OF_IT
from shared.sheets.columns import Column, Form, Sheet

SUPPLY_REPORT_LIST: Final = Sheet(
    "supply-reports",
    "存量与上市量",
    "Supply reports",
    (
        *ABOUT_THE_REPORT,
        Column("stock", "存量", "Stock", Form.DECIMAL),
        Column("due", "即将上市量", "Due", Form.DECIMAL),
        Column("sold_7d", "近七日销量", "Sold in seven days", Form.DECIMAL),
        Column("covered", "已有订单量", "Covered by orders", Form.DECIMAL),
        *WHAT_BECAME_OF_IT,
    ),
)
