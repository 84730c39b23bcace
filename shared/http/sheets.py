"""Files of what every house keeps for operations."""

from shared.codes.operations import DeadLetterState, JobStatus
from shared.sheets.columns import Column, Form, Sheet

AUDIT_LIST = Sheet(
    "audit",
    "审计记录",
    "Audit",
    (
        Column("seq", "序号", "number", Form.WHOLE),
        Column("at", "时间", "at", Form.MOMENT, width=20),
        Column("actor", "操作客户端", "actor", width=18),
        Column("action", "操作", "action", width=24),
        Column("subject", "对象", "subject", width=24),
        Column("before", "变更前", "before", width=28, masked=True),
        Column("after", "变更后", "after", width=28, masked=True),
        Column("reason", "用途", "purpose", width=28),
        Column("correlation_id", "关联编号", "correlation id", width=38),
        Column("prev", "前一条散列值", "hash before", width=66),
        Column("hash", "散列值", "hash", width=66),
    ),
)

DEAD_LETTER_LIST = Sheet(
    "dead-letters",
    "处理失败的消息",
    "Dead letters",
    (
        Column("id", "编号", "id", width=38),
        Column("event_id", "事件编号", "event", width=38),
        Column("event_type", "事件类型", "event type", width=28),
        Column("state", "状态", "state", Form.CODE, DeadLetterState),
        Column("topic", "主题", "topic", width=20),
        Column("partition", "分区", "partition", Form.WHOLE),
        Column("offset", "位置", "offset", Form.WHOLE),
        Column("key", "键", "key", width=18),
        Column("error", "错误", "error", width=40),
        Column("attempts", "尝试次数", "attempts", Form.WHOLE),
        Column("first_seen_at", "首次出现时间", "first seen at", Form.MOMENT, width=20),
        Column("last_tried_at", "最近尝试时间", "last tried at", Form.MOMENT, width=20),
    ),
)

JOB_LIST = Sheet(
    "jobs",
    "任务",
    "Jobs",
    (
        Column("job_id", "任务编号", "job", width=38),
        Column("kind", "任务类型", "kind", width=20),
        Column("status", "任务状态", "status", Form.CODE, JobStatus),
        Column("asked", "任务内容", "asked for", width=28),
        Column("done", "已完成", "done", Form.WHOLE),
        Column("total", "总数", "total", Form.WHOLE),
        Column("per_second", "每秒处理", "a second", Form.DECIMAL),
        Column("expected_end", "预计完成时间", "expected end", Form.MOMENT, width=20),
        Column("created_at", "提交时间", "created at", Form.MOMENT, width=20),
        Column("started_at", "开始时间", "started at", Form.MOMENT, width=20),
        Column("ended_at", "结束时间", "ended at", Form.MOMENT, width=20),
        Column("result", "结果", "result", width=40),
        Column("problem/detail", "失败原因", "problem", width=40),
    ),
)
