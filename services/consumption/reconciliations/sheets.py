"""Files of reconciliation."""

from typing import Final

from services.consumption.buyers.sheets import BUYER_CODE
from shared.codes.consumption import OrderStatus
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import REGION_CODE

RECONCILIATION: Final = Sheet(
    "reconciliation",
    "对账文件",
    "Reconciliation",
    (
        Column("order_id", "订单编号", "Order", width=38),
        BUYER_CODE,
        Column("buyer_order_no", "采购单位订单号", "Buyer's number", width=20),
        REGION_CODE,
        Column("status", "当日末订单状态", "Status at the end of the day", Form.CODE, OrderStatus),
        Column("ordered", "订购金额（元）", "Ordered (yuan)", Form.YUAN),
        Column("settled", "当日结算（元）", "Settled that day (yuan)", Form.YUAN),
        Column("restated", "当日重述（元）", "Restated that day (yuan)", Form.YUAN),
    ),
)
"""对账文件: a row an order that changed on the day."""
