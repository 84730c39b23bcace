"""Files of agreements."""

from dataclasses import replace
from typing import Final

from services.consumption.buyers.sheets import BUYER_CODE
from shared.codes.consumption import PurchaseWay
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import REGION_CODE, UPDATED_AT, VERSION

_SAID: Final = (
    Column("agreement_no", "协议编号", "Agreement number", needed=True, width=20, example="DG-XY-2026-01"),
    replace(BUYER_CODE, needed=True, example="DG-0001"),
    Column("year", "年度", "Year", Form.WHOLE, needed=True, example="2026"),
    replace(REGION_CODE, needed=True),
    Column("way", "协作方式", "Way", Form.CODE, PurchaseWay, needed=True, example=PurchaseWay.PURCHASE.label_zh),
    Column("pledged", "约定金额（元）", "Pledged (yuan)", Form.YUAN, needed=True, example="500000.00"),
)
AGREEMENT_LIST: Final = Sheet("agreements", "产销协议", "Agreements", (*_SAID, VERSION, UPDATED_AT))
AGREEMENTS: Final = Sheet("agreements", "产销协议", "Agreements", _SAID, listed=AGREEMENT_LIST)
"""产销协议表: a row an agreement."""
