"""Files of what every house keeps for operations."""

from shared.codes.operations import DeadLetterState, JobStatus
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import CORRELATION_ID

AUDIT_LIST = Sheet(
    "audit",
    "审计记录",
    "Audit",
    (
        Column("seq", "序号", "Number", Form.WHOLE),
        Column("at", "时间", "At", Form.MOMENT, width=20),
        Column("actor", "操作客户端", "Actor", width=18),
        Column("action", "操作", "Action", width=24),
        Column("subject", "对象", "Subject", width=24),
        Column("before", "变更前", "Before", width=28, masked=True),
        Column("after", "变更后", "After", width=28, masked=True),
        Column("reason", "用途", "Purpose", width=28),
        CORRELATION_ID,
        Column("prev", "前一条散列值", "Hash before", width=66),
        Column("hash", "散列值", "Hash", width=66),
    ),
)

DEAD_LETTER_LIST = Sheet(
    "dead-letters",
    "处理失败的消息",
    "Dead letters",
    (
        Column("id", "编号", "Id", width=38),
        Column("event_id", "事件编号", "Event", width=38),
        Column("event_type", "事件类型", "Event type", width=28),
        Column("state", "状态", "State", Form.CODE, DeadLetterState),
        Column("topic", "主题", "Topic", width=20),
        Column("partition", "分区", "Partition", Form.WHOLE),
        Column("offset", "位置", "Offset", Form.WHOLE),
        Column("key", "键", "Key", width=18),
        Column("error", "错误", "Error", width=40),
        Column("attempts", "尝试次数", "Attempts", Form.WHOLE),
        Column("first_seen_at", "首次出现时间", "First seen at", Form.MOMENT, width=20),
        Column("last_tried_at", "最近尝试时间", "Last tried at", Form.MOMENT, width=20),
    ),
)

JOB_LIST = Sheet(
    "jobs",
    "任务",
    "Jobs",
    (
        Column("job_id", "任务编号", "Job", width=38),
        Column("kind", "任务类型", "Kind", width=20),
        Column("status", "任务状态", "Status", Form.CODE, JobStatus),
        Column("asked", "任务内容", "Asked for", width=28),
        Column("done", "已完成", "Done", Form.WHOLE),
        Column("total", "总数", "Total", Form.WHOLE),
        Column("per_second", "每秒处理", "A second", Form.DECIMAL),
        Column("expected_end", "预计完成时间", "Expected end", Form.MOMENT, width=20),
        Column("created_at", "提交时间", "Created at", Form.MOMENT, width=20),
        Column("started_at", "开始时间", "Started at", Form.MOMENT, width=20),
        Column("ended_at", "结束时间", "Ended at", Form.MOMENT, width=20),
        Column("result", "结果", "Result", width=40),
        Column("problem/detail", "失败原因", "Problem", width=40),
    ),
)
