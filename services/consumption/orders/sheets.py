"""Files of orders."""

from dataclasses import replace
from typing import Final

from services.consumption.buyers.sheets import BUYER_CODE
from services.consumption.products.sheets import NAME, PRICE, PRODUCT_CODE, SPECIFICATION, UNIT
from shared.codes.consumption import OrderMode, OrderStatus, PurchaseWay
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

_CHANNEL: Final = Column("channel", "销售渠道", "Channel", width=14, example="832", note=_OF_THE_ORDER)
_WAY: Final = Column("way", "协作方式", "Way", Form.CODE, PurchaseWay, note=_OF_THE_ORDER)

CHANNEL_SALES: Final = Sheet(
    "channel-sales",
    "渠道结算",
    "Channel settlements",
    (
        replace(BUYER_CODE, needed=True, example="DG-CANTEEN", note="每行填写"),
        replace(
            _BUYER_ORDER_NO,
            zh="渠道订单号",
            example="832-2026-000917",
            note="每种产品一行；采购单位编号与订单号相同的各行为一个订单",
        ),
        replace(_CHANNEL, needed=True),
        _PRODUCT,
        _QUANTITY,
        replace(_PRICE, needed=True, note="平台结算的单价"),
        _WAY,
    ),
    group=("buyer_code", "buyer_order_no"),
)
"""832 平台等渠道的结算: a row a line."""

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
        Column("mode", "下单方式", "Mode", Form.CODE, OrderMode),
        Column("way", "协作方式", "Way", Form.CODE, PurchaseWay),
        Column("channel", "销售渠道", "Channel", width=14),
        Column("placed_at", "下单时间", "Placed at", Form.MOMENT, width=20),
        UPDATED_AT,
        Column("agreement_no", "协议编号", "Agreement number", width=18),
        Column("incident_id", "滞销事件编号", "Incident", width=38),
        Column("confirm_by", "预订确认时限", "Confirm by", Form.MOMENT, width=20),
        Column("due_on", "办理时限", "Due on", Form.DAY, width=12),
        Column("due_provisional", "时限是否暂定", "Due day provisional", Form.FLAG),
        Column("overdue", "是否逾期", "Overdue", Form.FLAG),
        Column("settled_on", "结算日期", "Settled on", Form.DAY, width=12),
        Column("closes_on", "退货期满日", "Closes on", Form.DAY, width=12),
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
        Column("lines/*/shipped", "发货数量", "Shipped", Form.DECIMAL),
        Column("lines/*/received", "收货数量", "Received", Form.DECIMAL),
        Column("lines/*/rejected", "拒收数量", "Rejected", Form.DECIMAL),
        Column("lines/*/returned", "退货数量", "Returned", Form.DECIMAL),
        Column("lines/*/value", "明细金额（元）", "Value (yuan)", Form.YUAN),
        Column("lines/*/producer_amount", "供应主体所得（元）", "Producer's part (yuan)", Form.YUAN),
    ),
)
