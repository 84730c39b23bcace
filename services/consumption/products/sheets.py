"""Files of products."""

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
