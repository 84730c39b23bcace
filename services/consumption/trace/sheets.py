"""What the page of a trace code says, heading by heading."""

from typing import Final

from shared.codes.consumption import InspectionResult, TraceStep
from shared.sheets.columns import Column, Form, Sheet

TRACE: Final = Sheet(
    "trace",
    "产品溯源",
    "Trace",
    (
        Column("product", "产品", "Product"),
        Column("producer", "供应主体", "Producer"),
        Column("county", "产地", "Origin"),
        Column("base", "菜篮子基地", "Base"),
        Column("harvested_on", "采收日期", "Harvested on", Form.DAY),
        Column("inspections/*/kind", "检验项目", "Inspections"),
        Column("inspections/*/on", "检验日期", "Inspected on", Form.DAY),
        Column("inspections/*/result", "检验结论", "Results", Form.CODE, InspectionResult),
        Column("steps/*/step", "流通环节", "On its way", Form.CODE, TraceStep),
        Column("steps/*/on", "流通日期", "On", Form.DAY),
        Column("households", "交货农户数", "Households behind it", Form.WHOLE),
        Column("to_households", "农户已得（元）", "Households got (yuan)", Form.YUAN),
    ),
)
