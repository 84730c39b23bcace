"""Files of outlets."""

from typing import Final

from shared.codes.consumption import OutletKind
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import REGION_CODE, UPDATED_AT, VERSION

OUTLET_LIST: Final = Sheet(
    "outlets",
    "专柜专馆专区",
    "Outlets",
    (
        Column("outlet_code", "编号", "Outlet code", width=18),
        Column("name", "名称", "Name", width=28),
        Column("kind", "类型", "Kind", Form.CODE, OutletKind),
        REGION_CODE,
        Column("place_code", "所在区划代码", "Place", width=16),
        Column("opened_on", "开业日期", "Opened on", Form.DAY, width=12),
        Column("closed_on", "关闭日期", "Closed on", Form.DAY, width=12),
        VERSION,
        UPDATED_AT,
    ),
)
