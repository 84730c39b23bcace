"""Files of agreements."""

from typing import Final

from services.consumption.buyers.sheets import BUYER_CODE
from shared.codes.consumption import PurchaseWay
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import REGION_CODE, UPDATED_AT, VERSION

AGREEMENT_LIST: Final = Sheet(
    "agreements",
    "产销协议",
    "Agreements",
    (
        Column("agreement_no", "协议编号", "Agreement number", width=20),
        BUYER_CODE,
        Column("year", "年度", "Year", Form.WHOLE),
        REGION_CODE,
        Column("way", "协作方式", "Way", Form.CODE, PurchaseWay),
        Column("pledged", "约定金额（元）", "Pledged (yuan)", Form.YUAN),
        VERSION,
        UPDATED_AT,
    ),
)
