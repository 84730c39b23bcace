"""Files of buyers."""

from typing import Final

from shared.codes.consumption import BuyerKind
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import UPDATED_AT, VERSION

BUYER_CODE: Final = Column("buyer_code", "采购单位编号", "Buyer code", width=18)

BUYER_LIST: Final = Sheet(
    "buyers",
    "采购单位",
    "Buyers",
    (
        BUYER_CODE,
        Column("name", "采购单位名称", "Name", width=28),
        Column("kind", "采购单位类型", "Kind", Form.CODE, BuyerKind),
        Column("city_code", "所在区划代码", "City", width=16),
        Column("unit_code", "计入预算单位编号", "Counts with", width=18),
        Column("uscc", "统一社会信用代码", "Credit code", width=20),
        Column("clients/*", "绑定客户端", "Clients", width=28),
        Column("client_id", "客户端", "Client", width=18),
        VERSION,
        UPDATED_AT,
    ),
)
