"""Files of the reports of sales."""

from typing import Final

from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import REGION_CODE

SALES: Final = Sheet(
    "sales",
    "消费协作报表",
    "Sales",
    (
        REGION_CODE,
        Column("orders", "结算订单数", "Orders", Form.WHOLE),
        Column("buyers", "采购单位数", "Buyers", Form.WHOLE),
        Column("products", "产品数", "Products", Form.WHOLE),
        Column("purchased", "采购额（元）", "Purchased (yuan)", Form.YUAN),
        Column("helped_to_sell", "帮助销售额（元）", "Helped to sell (yuan)", Form.YUAN),
    ),
)
