"""Files of orders."""

from dataclasses import replace
from typing import Final

from services.consumption.buyers.sheets import BUYER_CODE
from services.consumption.products.sheets import NAME, PRICE, PRODUCT_CODE, SPECIFICATION, UNIT
from shared.codes.consumption import OrderStatus
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import REGION_CODE, REQUEST_ID, UPDATED_AT

_OF_THE_ORDER: Final = "同一订单各行填写一致，或只在第一行填写"
_BUYER_ORDER_NO: Final = Column(
    "buyer_order_no", "采购单位订单号", "Buyer's number", needed=True, width=20, example="DG-2026-0017"
)
_DELIVER_BY: Final = Column(
    "deliver_by", "最迟交货日期", "Deliver by", Form.DAY, example="2026-12-31", note=_OF_THE_ORDER
)
_DELIVER_TO: Final = Column("deliver_to", "交货地点", "Deliver to", width=28, note=_OF_THE_ORDER)
_CONTACT: Final = Column("contact", "联系人", "Contact", width=18, note=_OF_THE_ORDER)
_INVOICE_TITLE: Final = Column("invoice_title", "发票抬头", "Invoice title", width=28, note=_OF_THE_ORDER)
_PRODUCT: Final = replace(PRODUCT_CODE, place="lines/*/product_code", width=28)
_QUANTITY: Final = Column("lines/*/quantity", "订购数量", "Quantity", Form.DECIMAL, needed=True, example="20")
_PRICE: Final = replace(PRICE, place="lines/*/price")

ORDERS: Final = Sheet(
    "orders",
    "订单",
    "Orders",
    (
        replace(BUYER_CODE, needed=True, example="DG-CANTEEN", note="每行填写"),
        replace(_BUYER_ORDER_NO, note="每种产品一行；采购单位编号与订单号相同的各行为一个订单"),
        _PRODUCT,
        _QUANTITY,
        replace(_PRICE, needed=False, note="下单时看到的单价；与现价不符的订单退回，不填则按现价"),
        _DELIVER_BY,
        _DELIVER_TO,
        _CONTACT,
        _INVOICE_TITLE,
        replace(REQUEST_ID, note=f"落实帮扶措施需求的，填系统给出的编号；{_OF_THE_ORDER}"),
    ),
    group=("buyer_code", "buyer_order_no"),
)
"""订单表: a row a line of an order."""

ORDER_LIST: Final = Sheet(
    "orders",
    "订单",
    "Orders",
    (
        Column("order_id", "订单编号", "Order", width=38),
        BUYER_CODE,
        _BUYER_ORDER_NO,
        REGION_CODE,
        REQUEST_ID,
        Column("status", "订单状态", "Status", Form.CODE, OrderStatus),
        Column("placed_at", "下单时间", "Placed at", Form.MOMENT, width=20),
        UPDATED_AT,
        Column("settled_on", "结算日期", "Settled on", Form.DAY, width=12),
        _DELIVER_BY,
        _DELIVER_TO,
        replace(_CONTACT, masked=True),
        _INVOICE_TITLE,
        Column("total", "合计金额（元）", "Total (yuan)", Form.YUAN),
        _PRODUCT,
        replace(NAME, place="lines/*/name", width=28),
        replace(SPECIFICATION, place="lines/*/specification"),
        _QUANTITY,
        replace(UNIT, place="lines/*/unit"),
        _PRICE,
        Column("lines/*/received", "收货数量", "Received", Form.DECIMAL),
        Column("lines/*/value", "明细金额（元）", "Value (yuan)", Form.YUAN),
        Column("lines/*/producer_amount", "供应主体所得（元）", "Producer's part (yuan)", Form.YUAN),
    ),
)
