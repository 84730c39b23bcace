"""Files of payments."""

from typing import Final

from shared.codes.records import RecordStatus
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import AMOUNT, RECORDED_AT, REGION_CODE, SOURCE, SOURCE_REF, UPDATED_AT

PAYMENT_LIST: Final = Sheet(
    "payments",
    "付款",
    "Payments",
    (
        Column("payment_id", "付款记录编号", "Payment", width=38),
        SOURCE,
        SOURCE_REF,
        Column("buyer_code", "采购单位编号", "Buyer code", width=18),
        REGION_CODE,
        Column("paid_on", "付款日期", "Paid on", Form.DAY, width=12),
        AMOUNT,
        Column("supersedes_id", "所更正的记录", "Corrects", width=38),
        Column("status", "记录状态", "Status", Form.CODE, RecordStatus),
        RECORDED_AT,
        UPDATED_AT,
    ),
)
