"""Files of measures."""

from shared.codes.assistance import MeasureKind, MeasureStatus, RefusalReason
from shared.sheets.columns import Column, Form, Sheet

MEASURE_LIST = Sheet(
    "measures",
    "帮扶措施",
    "Measures",
    (
        Column("measure_id", "措施编号", "measure", width=38),
        Column("task_id", "任务编号", "task", width=38),
        Column("household_code", "户编号", "household", width=18),
        Column("kind", "措施类型", "kind", Form.CODE, MeasureKind),
        Column("status", "措施状态", "status", Form.CODE, MeasureStatus),
        Column("reason", "无法满足原因", "reason", Form.CODE, RefusalReason),
        Column("member_no", "家庭成员序号", "member", Form.WHOLE),
        Column("amount", "申请金额（元）", "amount asked for (yuan)", Form.YUAN),
        Column("paid", "已发放金额（元）", "amount paid (yuan)", Form.YUAN),
        Column("note", "备注", "note", width=28),
        Column("requested_at", "申请时间", "requested at", Form.MOMENT, width=20),
        Column("requested_by", "申请客户端", "requested by", width=18),
        Column("answer_by", "答复时限", "answer by", Form.DAY, width=12),
        Column("answer_provisional", "时限是否暂定", "answer day provisional", Form.FLAG),
        Column("answered_at", "答复时间", "answered at", Form.MOMENT, width=20),
        Column("updated_at", "更新时间", "updated at", Form.MOMENT, width=20),
        Column("correlation_id", "关联编号", "correlation id", width=38),
    ),
)
