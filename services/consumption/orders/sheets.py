"""Files of orders."""

from shared.codes.consumption import OrderStatus
from shared.sheets.columns import Column, Form, Sheet

ORDER_LIST = Sheet(
    "orders",
    "订单",
    "Orders",
    (
        Column("order_id", "订单编号", "order", width=38),
        Column("buyer_code", "采购单位编号", "buyer", width=18),
        Column("buyer_order_no", "采购单位订单号", "buyer's number", width=20),
        Column("region_code", "区划代码", "region"),
        Column("request_id", "需求编号", "request", width=38),
        Column("status", "订单状态", "status", Form.CODE, OrderStatus),
        Column("placed_at", "下单时间", "placed at", Form.MOMENT, width=20),
        Column("updated_at", "更新时间", "updated at", Form.MOMENT, width=20),
        Column("settled_on", "结算日期", "settled on", Form.DAY, width=12),
        Column("deliver_by", "最迟交货日期", "deliver by", Form.DAY, width=12),
        Column("deliver_to", "交货地点", "deliver to", width=28),
        Column("contact", "联系人", "contact", width=18, masked=True),
        Column("invoice_title", "发票抬头", "invoice title", width=28),
        Column("total", "合计金额（元）", "total (yuan)", Form.YUAN),
        Column("lines/*/product_code", "产品编号", "products", width=28),
        Column("lines/*/name", "产品名称", "names of the products", width=28),
        Column("lines/*/specification", "规格", "specifications", width=20),
        Column("lines/*/quantity", "订购数量", "quantities", Form.DECIMAL),
        Column("lines/*/unit", "计量单位", "units"),
        Column("lines/*/price", "单价（元）", "prices (yuan)", Form.YUAN),
        Column("lines/*/received", "收货数量", "quantities received", Form.DECIMAL),
        Column("lines/*/value", "明细金额（元）", "values (yuan)", Form.YUAN),
        Column("lines/*/producer_amount", "供应主体所得（元）", "producers' part (yuan)", Form.YUAN),
    ),
)
