"""Files of buyers."""

from typing import Final

from shared.sheets.columns import Column, Sheet
from shared.sheets.common import UPDATED_AT, VERSION

BUYER_CODE: Final = Column("buyer_code", "采购单位编号", "Buyer code", width=18)

BUYER_LIST: Final = Sheet(
    "buyers",
    "采购单位",
    "Buyers",
    (
        BUYER_CODE,
        Column("name", "采购单位名称", "Name", width=28),
        Column("client_id", "客户端", "Client", width=18),
        VERSION,
        UPDATED_AT,
    ),
)
