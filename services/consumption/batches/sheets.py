"""Files of batches."""

from typing import Final

from services.consumption.products.sheets import PRODUCT_CODE
from shared.codes.consumption import InspectionResult
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import UPDATED_AT, VERSION

BATCH_LIST: Final = Sheet(
    "batches",
    "批次",
    "Batches",
    (
        Column("batch_code", "批次编号", "Batch code", width=24),
        PRODUCT_CODE,
        Column("harvested_on", "采收日期", "Harvested on", Form.DAY),
        Column("quantity", "批次数量", "Quantity", Form.DECIMAL),
        Column("shipped", "已发数量", "Shipped", Form.DECIMAL),
        Column("base_code", "菜篮子基地编号", "Base code", width=18),
        Column("inspections/*/kind", "检验项目", "Inspections", width=24),
        Column("inspections/*/on", "检验日期", "Inspected on", Form.DAY, width=24),
        Column("inspections/*/result", "检验结论", "Results", Form.CODE, InspectionResult, width=24),
        Column("contributions/*/household_code", "户编号", "Household code", width=28),
        Column("contributions/*/quantity", "交货数量", "Brought in", Form.DECIMAL, width=28),
        Column("trace_code", "追溯码", "Trace code", width=28),
        Column("trace_url", "追溯地址", "Trace address", width=48),
        VERSION,
        UPDATED_AT,
    ),
)
