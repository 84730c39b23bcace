"""Files of commodities."""

from typing import Final

from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import UPDATED_AT, VERSION

COMMODITY_CODE: Final = Column("commodity_code", "品类编号", "Commodity code", width=18)
COMMODITY_LIST: Final = Sheet(
    "commodities",
    "大宗品类",
    "Commodities",
    (
        COMMODITY_CODE,
        Column("name", "品类名称", "Name", width=24),
        Column("unit", "计量单位", "Unit", width=10),
        Column("shelf_life_days", "保质期（天）", "Shelf life (days)", Form.WHOLE, width=12),
        VERSION,
        UPDATED_AT,
    ),
)
