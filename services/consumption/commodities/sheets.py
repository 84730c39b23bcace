"""Files of commodities."""

from dataclasses import replace
from typing import Final

from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import UPDATED_AT, VERSION

COMMODITY_CODE: Final = Column("commodity_code", "品类编号", "Commodity code", width=18)
_SAID: Final = (
    replace(COMMODITY_CODE, needed=True, example="WHITE-TEA"),
    Column("name", "品类名称", "Name", needed=True, width=24, example="白茶"),
    Column("unit", "计量单位", "Unit", needed=True, width=10, example="kg"),
    Column("shelf_life_days", "保质期（天）", "Shelf life (days)", Form.WHOLE, width=12, example="540"),
)
COMMODITY_LIST: Final = Sheet("commodities", "大宗品类", "Commodities", (*_SAID, VERSION, UPDATED_AT))
COMMODITIES: Final = Sheet("commodities", "大宗品类", "Commodities", _SAID, listed=COMMODITY_LIST)
"""大宗品类表: a row a commodity."""
