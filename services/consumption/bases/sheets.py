"""Files of bases."""

from dataclasses import replace
from typing import Final

from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import REGION_CODE, UPDATED_AT, VERSION

BASE_CODE: Final = Column("base_code", "菜篮子基地编号", "Base code", width=18)
_SAID: Final = (
    replace(BASE_CODE, needed=True, example="DJ-BASE-01"),
    Column("name", "基地名称", "Name", needed=True, width=28, example="沙坝蔬菜基地"),
    Column("producer_code", "供应主体编号", "Producer code", width=18, note="由已登记的经营主体种植的填写"),
    replace(REGION_CODE, needed=True),
    Column("certificate_no", "证书编号", "Certificate", needed=True, width=20, example="CLZ-2024-0081"),
    Column("certified_on", "认证日期", "Certified on", Form.DAY, needed=True, width=12, example="2024-05-10"),
    Column("valid_to", "证书有效期至", "Valid to", Form.DAY, width=12, note="不填则为规定的最长有效期"),
)
BASE_LIST: Final = Sheet("bases", "菜篮子基地", "Bases", (*_SAID, VERSION, UPDATED_AT))
BASES: Final = Sheet("bases", "菜篮子基地", "Bases", _SAID, listed=BASE_LIST)
"""基地表: a row a base."""
