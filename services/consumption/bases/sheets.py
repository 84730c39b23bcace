"""Files of bases."""

from typing import Final

from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import REGION_CODE, UPDATED_AT, VERSION

BASE_CODE: Final = Column("base_code", "菜篮子基地编号", "Base code", width=18)
BASE_LIST: Final = Sheet(
    "bases",
    "菜篮子基地",
    "Bases",
    (
        BASE_CODE,
        Column("name", "基地名称", "Name", width=28),
        Column("producer_code", "供应主体编号", "Producer code", width=18),
        REGION_CODE,
        Column("certificate_no", "证书编号", "Certificate", width=20),
        Column("certified_on", "认证日期", "Certified on", Form.DAY, width=12),
        Column("valid_to", "证书有效期至", "Valid to", Form.DAY, width=12),
        VERSION,
        UPDATED_AT,
    ),
)
