"""Files of products and of their stock."""

from typing import Final

from shared.sheets.columns import Column, Form, Sheet

PRODUCTS: Final = Sheet(
    "products",
    "产品",
    "Products",
    (
        Column("product_code", "产品编号", "Product code", needed=True, example="TEA-0001"),
        Column("producer_code", "生产者编号", "Producer code", needed=True, example="COOP-0001"),
        Column("name", "产品名称", "Name", needed=True, width=20, example="绿茶"),
        Column("unit", "计量单位", "Unit", needed=True, width=10, example="kg"),
        Column("specification", "规格", "Specification", width=24, example="特级，250 g × 4"),
        Column("price", "单价（元）", "Price (yuan)", Form.YUAN, needed=True, example="120.00"),
        Column("step", "订购倍数", "Step", Form.DECIMAL, width=10, example="1"),
        Column("minimum", "起订量", "Minimum", Form.DECIMAL, width=10, example="1"),
        Column("stock", "库存", "Stock", Form.DECIMAL, width=10, note="只在首次上架时填写，以后由订单和库存调整变动"),
    ),
)
"""产品表: a row a product."""

PRODUCT_LIST = Sheet(
    "products",
    "产品目录",
    "Products",
    (
        Column("product_code", "产品编号", "product", width=18),
        Column("producer_code", "供应主体编号", "producer", width=18),
        Column("region_code", "区划代码", "region"),
        Column("name", "产品名称", "name", width=24),
        Column("unit", "计量单位", "unit"),
        Column("specification", "规格", "specification", width=24),
        Column("price", "单价（元）", "price (yuan)", Form.YUAN),
        Column("step", "订购倍数", "step", Form.DECIMAL),
        Column("minimum", "起订量", "minimum", Form.DECIMAL),
        Column("stock", "可订数量", "stock", Form.DECIMAL),
        Column("version", "版本", "version", Form.WHOLE),
        Column("updated_at", "更新时间", "updated at", Form.MOMENT, width=20),
    ),
)

STOCK_MOVE_LIST = Sheet(
    "stock-moves",
    "库存调整",
    "Stock moves",
    (
        Column("move_id", "调整编号", "move", width=38),
        Column("product_code", "产品编号", "product", width=18),
        Column("at", "调整时间", "at", Form.MOMENT, width=20),
        Column("by", "调整客户端", "by", width=18),
        Column("counted", "是否盘点", "counted", Form.FLAG),
        Column("before", "调整前数量", "before", Form.DECIMAL),
        Column("change", "增减数量", "change", Form.DECIMAL),
        Column("stock", "调整后数量", "stock", Form.DECIMAL),
        Column("reason", "调整原因", "reason", width=28),
        Column("updated_at", "更新时间", "updated at", Form.MOMENT, width=20),
    ),
)
