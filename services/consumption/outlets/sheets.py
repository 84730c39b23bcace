"""Files of outlets."""

from dataclasses import replace
from typing import Final

from shared.codes.consumption import OutletKind
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import REGION_CODE, UPDATED_AT, VERSION

_SAID: Final = (
    Column("outlet_code", "编号", "Outlet code", needed=True, width=18, example="DG-HALL-01"),
    Column("name", "名称", "Name", needed=True, width=28, example="东莞铜仁馆"),
    Column("kind", "类型", "Kind", Form.CODE, OutletKind, needed=True, example=OutletKind.HALL.label_zh),
    replace(REGION_CODE, needed=True, note=f"{REGION_CODE.note}；所销产品的区县"),
    Column("place_code", "所在区划代码", "Place", needed=True, width=16, example="441900"),
    Column("opened_on", "开业日期", "Opened on", Form.DAY, needed=True, width=12, example="2025-03-01"),
    Column("closed_on", "关闭日期", "Closed on", Form.DAY, width=12),
)
OUTLET_LIST: Final = Sheet("outlets", "专柜专馆专区", "Outlets", (*_SAID, VERSION, UPDATED_AT))
OUTLETS: Final = Sheet("outlets", "专柜专馆专区", "Outlets", _SAID, listed=OUTLET_LIST)
"""三专表: a row an outlet."""
