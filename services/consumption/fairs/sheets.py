"""Files of fairs."""

from typing import Final

from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import REGION_CODE, UPDATED_AT, VERSION

FAIR_LIST: Final = Sheet(
    "fairs",
    "展销会",
    "Fairs",
    (
        Column("fair_code", "展销会编号", "Fair code", width=18),
        Column("name", "展销会名称", "Name", width=28),
        REGION_CODE,
        Column("place_code", "举办地区划代码", "Place", width=16),
        Column("from", "开始日期", "From", Form.DAY, width=12),
        Column("to", "结束日期", "To", Form.DAY, width=12),
        Column("producers", "参展主体数", "Producers", Form.WHOLE),
        Column("sales", "销售额（元）", "Sales (yuan)", Form.YUAN),
        VERSION,
        UPDATED_AT,
    ),
)
