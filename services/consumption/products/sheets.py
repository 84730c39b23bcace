"""Files of products and of their stock."""

from typing import Final

from services.consumption.bases.sheets import BASE_CODE
from services.consumption.commodities.sheets import COMMODITY_CODE
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import REGION_CODE, UPDATED_AT, VERSION

PRODUCT_CODE: Final = Column("product_code", "产品编号", "Product code", needed=True, width=18, example="TEA-0001")
NAME: Final = Column("name", "产品名称", "Product name", needed=True, width=24, example="绿茶")
UNIT: Final = Column("unit", "计量单位", "Unit", needed=True, width=10, example="kg")
SPECIFICATION: Final = Column("specification", "规格", "Specification", width=24, example="特级，250 g × 4")
PRICE: Final = Column("price", "单价（元）", "Price (yuan)", Form.YUAN, needed=True, example="120.00")
_PRODUCER_CODE: Final = Column(
    "producer_code", "供应主体编号", "Producer code", needed=True, width=18, example="COOP-0001"
)
_STEP: Final = Column("step", "订购倍数", "Step", Form.DECIMAL, width=10, example="1")
_MINIMUM: Final = Column("minimum", "起订量", "Minimum", Form.DECIMAL, width=10, example="1")
_AS_OFFERED: Final = (
    NAME,
    UNIT,
    SPECIFICATION,
    PRICE,
    _STEP,
    _MINIMUM,
    COMMODITY_CODE,
    Column("unit_code", "计量单位代码", "Unit code", width=10, example="KGM", note="UN/ECE 第 20 号建议书代码"),
    Column("grade", "等级", "Grade", width=10),
    Column("season/from", "上市季节开始", "Season from", width=12, example="03-15", note="月-日"),
    Column("season/to", "上市季节结束", "Season to", width=12, example="05-31", note="月-日"),
    Column("shelf_life_days", "保质期（天）", "Shelf life (days)", Form.WHOLE, width=12),
    Column("cold_chain", "是否冷链", "Cold chain", Form.FLAG),
    BASE_CODE,
)

PRODUCT_LIST: Final = Sheet(
    "products",
    "产品目录",
    "Products",
    (
        PRODUCT_CODE,
        _PRODUCER_CODE,
        REGION_CODE,
        *_AS_OFFERED,
        Column("stock", "可订数量", "Available", Form.DECIMAL),
        Column("recognised", "是否重点产品", "Recognised", Form.FLAG),
        Column("in_season", "是否当季", "In season", Form.FLAG),
        Column("households", "带动户数", "Households", Form.WHOLE),
        VERSION,
        UPDATED_AT,
    ),
)
PRODUCTS: Final = Sheet(
    "products",
    "产品",
    "Products",
    (
        PRODUCT_CODE,
        _PRODUCER_CODE,
        *_AS_OFFERED,
        Column(
            "stock", "首次上架数量", "First stock", Form.DECIMAL, note="只在首次上架时填写，以后由订单和库存调整变动"
        ),
    ),
    listed=PRODUCT_LIST,
)
"""产品表: a row a product."""

STOCK_MOVE_LIST = Sheet(
    "stock-moves",
    "库存调整",
    "Stock moves",
    (
        Column("move_id", "调整编号", "Move", width=38),
        PRODUCT_CODE,
        Column("at", "调整时间", "At", Form.MOMENT, width=20),
        Column("by", "调整客户端", "By", width=18),
        Column("counted", "是否盘点", "Counted", Form.FLAG),
        Column("before", "调整前数量", "Before", Form.DECIMAL),
        Column("change", "增减数量", "Change", Form.DECIMAL),
        Column("stock", "调整后数量", "Stock after", Form.DECIMAL),
        Column("reason", "调整原因", "Reason", width=28),
        UPDATED_AT,
    ),
)
