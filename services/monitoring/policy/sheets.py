"""Files of policy values."""

from typing import Final

from shared.codes.monitoring import PolicyValueStatus
from shared.codes.policy import ValueStatus
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import REGION_CODE, UPDATED_AT

POLICY_VALUE_LIST: Final = Sheet(
    "policy-values",
    "政策参数值",
    "Policy values",
    (
        Column("value_id", "参数值编号", "Value id", width=38),
        REGION_CODE,
        Column("key", "参数", "Parameter", width=36),
        Column("value", "参数值", "Value", width=24),
        Column("value_status", "参数效力", "How binding", Form.CODE, ValueStatus),
        Column("from", "起始日", "From", Form.DAY, width=12),
        Column("to", "截止日", "To", Form.DAY, width=12),
        Column("reference", "依据", "Reference", width=40),
        Column("status", "审批状态", "Status", Form.CODE, PolicyValueStatus),
        Column("proposed_by", "提出人", "Proposed by", width=18),
        Column("proposed_at", "提出时间", "Proposed at", Form.MOMENT, width=20),
        Column("approved_by", "批准人", "Approved by", width=18),
        Column("approved_at", "批准时间", "Approved at", Form.MOMENT, width=20),
        UPDATED_AT,
    ),
)
