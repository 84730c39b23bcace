"""Files of the ledger of insurance."""

from typing import Final

from shared.codes.circumstances import InsurancePayer, InsuranceScheme
from shared.codes.monitoring import InsuranceStanding
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import HOUSEHOLD_CODE, MEMBER_NO, REGION_CODE, SOURCE

INSURANCE_LEDGER: Final = Sheet(
    "insurance-ledger",
    "参保台账",
    "Ledger of insurance",
    (
        HOUSEHOLD_CODE,
        REGION_CODE,
        MEMBER_NO,
        Column("scheme", "险种", "Scheme", Form.CODE, InsuranceScheme, width=24),
        Column("year", "年度", "Year", Form.WHOLE, width=10),
        Column("status", "参保状态", "Status", Form.CODE, InsuranceStanding),
        Column("paid_by", "缴费方式", "Paid by", Form.CODE, InsurancePayer),
        Column("observed_on", "发现日期", "Observed on", Form.DAY),
        SOURCE,
    ),
)
"""参保台账: a row a member."""
