"""Files of requests."""

from shared.codes.assistance import MeasureKind, MeasureStatus, RefusalReason
from shared.sheets.columns import Column, Form, Sheet

REQUEST_LIST = Sheet(
    "requests",
    "帮扶措施需求",
    "Requests",
    (
        Column("request_id", "需求编号", "request", width=38),
        Column("task_id", "任务编号", "task", width=38),
        Column("household_code", "户编号", "household", width=18),
        Column("region_code", "区划代码", "region"),
        Column("kind", "措施类型", "kind", Form.CODE, MeasureKind),
        Column("member_no", "家庭成员序号", "member", Form.WHOLE),
        Column("status", "措施状态", "status", Form.CODE, MeasureStatus),
        Column("reason", "无法满足原因", "reason", Form.CODE, RefusalReason),
        Column("answer_by", "答复时限", "answer by", Form.DAY, width=12),
        Column("requested_at", "申请时间", "requested at", Form.MOMENT, width=20),
        Column("answered_at", "答复时间", "answered at", Form.MOMENT, width=20),
        Column("updated_at", "更新时间", "updated at", Form.MOMENT, width=20),
        Column("correlation_id", "关联编号", "correlation id", width=38),
    ),
)
