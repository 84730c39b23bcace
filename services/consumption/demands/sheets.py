"""Files of demands."""

from typing import Final

from shared.codes.consumption import DemandStatus
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import UPDATED_AT

DEMAND_LIST: Final = Sheet(
    "demands",
    "采购需求",
    "Demands",
    (
        Column("demand_id", "需求编号", "Demand", width=38),
        Column("buyer_code", "采购单位编号", "Buyer code", width=18),
        Column("demand_no", "采购方需求号", "Its number", width=18),
        Column("commodity_code", "品类编号", "Commodity code", width=18),
        Column("quantity", "需求数量", "Quantity", Form.DECIMAL),
        Column("max_price", "最高限价（元）", "At most (yuan)", Form.YUAN),
        Column("deliver_by", "最迟交货日期", "Deliver by", Form.DAY),
        Column("needs/grade", "等级要求", "Grade"),
        Column("needs/cold_chain", "是否冷链", "Cold chain", Form.FLAG),
        Column("needs/recognised", "是否重点产品", "Recognised", Form.FLAG),
        Column("needs/base", "是否菜篮子基地", "From a base", Form.FLAG),
        Column("status", "状态", "Status", Form.CODE, DemandStatus),
        Column("placed_at", "提出时间", "Placed at", Form.MOMENT, width=20),
        Column("orders/*", "订单编号", "Orders", width=38),
        UPDATED_AT,
    ),
)
