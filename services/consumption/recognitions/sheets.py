"""Files of recognitions."""

from typing import Final

from services.consumption.products.sheets import PRODUCT_CODE
from shared.codes.consumption import RecognitionStatus
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import REGION_CODE, UPDATED_AT

RECOGNITION_LIST: Final = Sheet(
    "recognitions",
    "重点产品认定",
    "Recognitions",
    (
        Column("recognition_id", "认定编号", "Recognition", width=38),
        PRODUCT_CODE,
        Column("producer_code", "供应主体编号", "Producer code", width=18),
        REGION_CODE,
        Column("evidence", "申请材料", "Evidence", width=40),
        Column("status", "认定状态", "Status", Form.CODE, RecognitionStatus),
        Column("publicity_ends_on", "公示期满日", "Publicity ends on", Form.DAY, width=12),
        Column("valid_to", "认定有效期至", "Valid to", Form.DAY, width=12),
        Column("applied_at", "申请时间", "Applied at", Form.MOMENT, width=20),
        UPDATED_AT,
    ),
)
