"""Files of buyers."""

from dataclasses import replace
from typing import Final

from shared.codes.consumption import BuyerKind
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import UPDATED_AT, VERSION

BUYER_CODE: Final = Column("buyer_code", "采购单位编号", "Buyer code", width=18)
_SAID: Final = (
    replace(BUYER_CODE, needed=True, example="DG-0001"),
    Column("name", "采购单位名称", "Name", width=28, example="东莞市某小学"),
    Column("kind", "采购单位类型", "Kind", Form.CODE, BuyerKind, example=BuyerKind.BUDGET_UNIT.label_zh),
    Column("city_code", "所在区划代码", "City", width=16, example="441900"),
    Column("unit_code", "计入预算单位编号", "Counts with", width=18, note="采购计入另一预算单位的填写"),
    Column("uscc", "统一社会信用代码", "Credit code", width=20),
    Column("clients/*", "绑定客户端", "Clients", width=28, note="可代其下单的客户端，以顿号分隔"),
)
BUYER_LIST: Final = Sheet(
    "buyers",
    "采购单位",
    "Buyers",
    (*_SAID, Column("client_id", "客户端", "Client", width=18), VERSION, UPDATED_AT),
)
BUYERS: Final = Sheet("buyers", "采购单位", "Buyers", _SAID, listed=BUYER_LIST)
"""采购单位表: a row a buyer."""
