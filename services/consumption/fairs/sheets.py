"""Files of fairs."""

from dataclasses import replace
from typing import Final

from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import REGION_CODE, UPDATED_AT, VERSION

_SAID: Final = (
    Column("fair_code", "展销会编号", "Fair code", needed=True, width=18, example="DG-FAIR-2026"),
    Column("name", "展销会名称", "Name", needed=True, width=28, example="铜仁农特产品东莞展销会"),
    replace(REGION_CODE, needed=True, note=f"{REGION_CODE.note}；参展的市或区县"),
    Column("place_code", "举办地区划代码", "Place", needed=True, width=16, example="441900"),
    Column("from", "开始日期", "From", Form.DAY, needed=True, width=12, example="2026-10-01"),
    Column("to", "结束日期", "To", Form.DAY, needed=True, width=12, example="2026-10-07"),
    Column("producers", "参展主体数", "Producers", Form.WHOLE, example="12"),
    Column("sales", "销售额（元）", "Sales (yuan)", Form.YUAN, example="350000.00"),
)
FAIR_LIST: Final = Sheet("fairs", "展销会", "Fairs", (*_SAID, VERSION, UPDATED_AT))
FAIRS: Final = Sheet("fairs", "展销会", "Fairs", _SAID, listed=FAIR_LIST)
"""展销会表: a row a fair."""
