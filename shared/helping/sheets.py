"""Files of requests."""

from shared.codes.assistance import MeasureKind, MeasureStatus, RefusalReason
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import CORRELATION_ID, HOUSEHOLD_CODE, MEMBER_NO, REGION_CODE, REQUEST_ID, TASK_ID, UPDATED_AT

REQUEST_LIST = Sheet(
    "requests",
    "帮扶措施需求",
    "Requests",
    (
        REQUEST_ID,
        TASK_ID,
        HOUSEHOLD_CODE,
        REGION_CODE,
        Column("kind", "措施类型", "Kind of measure", Form.CODE, MeasureKind),
        MEMBER_NO,
        Column("status", "措施状态", "Status of the measure", Form.CODE, MeasureStatus),
        Column("reason", "无法满足原因", "Reason", Form.CODE, RefusalReason),
        Column("answer_by", "答复时限", "Answer by", Form.DAY, width=12),
        Column("requested_at", "申请时间", "Requested at", Form.MOMENT, width=20),
        Column("answered_at", "答复时间", "Answered at", Form.MOMENT, width=20),
        UPDATED_AT,
        CORRELATION_ID,
    ),
)
