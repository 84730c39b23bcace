"""Files of measures."""

from shared.codes.assistance import MeasureKind, MeasureStatus, RefusalReason
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import CORRELATION_ID, HOUSEHOLD_CODE, MEASURE_ID, MEMBER_NO, TASK_ID, UPDATED_AT

MEASURE_LIST = Sheet(
    "measures",
    "帮扶措施",
    "Measures",
    (
        MEASURE_ID,
        TASK_ID,
        HOUSEHOLD_CODE,
        Column("kind", "措施类型", "Kind of measure", Form.CODE, MeasureKind),
        Column("status", "措施状态", "Status of the measure", Form.CODE, MeasureStatus),
        Column("reason", "无法满足原因", "Reason", Form.CODE, RefusalReason),
        MEMBER_NO,
        Column("amount", "申请金额（元）", "Amount asked for (yuan)", Form.YUAN),
        Column("paid", "已发放金额（元）", "Amount paid (yuan)", Form.YUAN),
        Column("note", "备注", "Note", width=28),
        Column("requested_at", "申请时间", "Requested at", Form.MOMENT, width=20),
        Column("requested_by", "申请客户端", "Requested by", width=18),
        Column("answer_by", "答复时限", "Answer by", Form.DAY, width=12),
        Column("answer_provisional", "时限是否暂定", "Answer day provisional", Form.FLAG),
        Column("answered_at", "答复时间", "Answered at", Form.MOMENT, width=20),
        UPDATED_AT,
        CORRELATION_ID,
    ),
)
