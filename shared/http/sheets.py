"""Files of what every house keeps for operations."""

from shared.codes.operations import DeadLetterState, DeliveryStatus, JobStatus, PauseCause, WebhookState
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import CORRELATION_ID, UPDATED_AT

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
        UPDATED_AT,
        Column("result", "结果", "Result", width=40),
        Column("problem/detail", "失败原因", "Problem", width=40),
    ),
)

WEBHOOK_LIST = Sheet(
    "webhooks",
    "推送地址",
    "Webhooks",
    (
        Column("client_id", "客户端", "Client", width=18),
        Column("code", "推送编码", "Code", width=18),
        Column("url", "推送地址", "Url", width=40),
        Column("types", "事件类型", "Types", width=28),
        Column("active", "是否启用", "Active", Form.FLAG),
        Column("state", "推送状态", "State", Form.CODE, WebhookState),
        Column("paused_because", "暂停原因", "Paused because", Form.CODE, PauseCause),
        Column("waiting", "待投递", "Waiting", Form.WHOLE),
        Column("oldest_waiting_at", "最早待投递变更时间", "Oldest waiting", Form.MOMENT, width=20),
        Column("behind_since", "缺漏开始时间", "Behind since", Form.MOMENT, width=20),
        Column("failures", "连续失败次数", "Failures in a row", Form.WHOLE),
        Column("next_try_at", "下次尝试时间", "Next try", Form.MOMENT, width=20),
        Column("last_delivered_at", "最近送达时间", "Last delivered", Form.MOMENT, width=20),
        Column("last_failed_at", "最近失败时间", "Last failed", Form.MOMENT, width=20),
        Column("last_error", "最近错误", "Last error", width=40),
        Column("two_secrets_until", "旧密钥有效至", "Two secrets until", Form.MOMENT, width=20),
        Column("created_at", "创建时间", "Created at", Form.MOMENT, width=20),
        Column("set_up_at", "最近设置时间", "Set up at", Form.MOMENT, width=20),
    ),
)

DELIVERY_LIST = Sheet(
    "webhook-deliveries",
    "投递记录",
    "Deliveries",
    (
        Column("id", "变更编号", "Change", width=38),
        Column("seq", "变更流序号", "Place in the feed", Form.WHOLE),
        Column("type", "事件类型", "Event type", width=28),
        Column("subject", "对象", "Subject", width=24),
        Column("status", "投递结果", "Status", Form.CODE, DeliveryStatus),
        Column("attempts", "尝试次数", "Attempts", Form.WHOLE),
        Column("first_tried_at", "首次失败时间", "First failed", Form.MOMENT, width=20),
        Column("next_try_at", "下次尝试时间", "Next try", Form.MOMENT, width=20),
        Column("answered", "应答状态", "Answered", Form.WHOLE),
        Column("error", "错误", "Error", width=40),
        Column("changed_at", "更新时间", "Changed at", Form.MOMENT, width=20),
    ),
)
