"""Files of what every house keeps for operations."""

from shared.codes.operations import DeadLetterState, DeliveryStatus, JobStatus, PauseCause, WebhookState
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

WEBHOOK_LIST = Sheet(
    "webhooks",
    "推送地址",
    "Webhooks",
    (
        Column("client_id", "客户端", "client", width=18),
        Column("code", "推送编码", "code", width=18),
        Column("url", "推送地址", "url", width=40),
        Column("types", "事件类型", "types", width=28),
        Column("active", "是否启用", "active", Form.FLAG),
        Column("state", "推送状态", "state", Form.CODE, WebhookState),
        Column("paused_because", "暂停原因", "paused because", Form.CODE, PauseCause),
        Column("waiting", "待投递", "waiting", Form.WHOLE),
        Column("oldest_waiting_at", "最早待投递变更时间", "oldest waiting", Form.MOMENT, width=20),
        Column("behind_since", "缺漏开始时间", "behind since", Form.MOMENT, width=20),
        Column("failures", "连续失败次数", "failures in a row", Form.WHOLE),
        Column("next_try_at", "下次尝试时间", "next try", Form.MOMENT, width=20),
        Column("last_delivered_at", "最近送达时间", "last delivered", Form.MOMENT, width=20),
        Column("last_failed_at", "最近失败时间", "last failed", Form.MOMENT, width=20),
        Column("last_error", "最近错误", "last error", width=40),
        Column("two_secrets_until", "旧密钥有效至", "two secrets until", Form.MOMENT, width=20),
        Column("created_at", "创建时间", "created at", Form.MOMENT, width=20),
        Column("set_up_at", "最近设置时间", "set up at", Form.MOMENT, width=20),
    ),
)

DELIVERY_LIST = Sheet(
    "webhook-deliveries",
    "投递记录",
    "Deliveries",
    (
        Column("id", "变更编号", "change", width=38),
        Column("seq", "变更流序号", "place in the feed", Form.WHOLE),
        Column("type", "事件类型", "event type", width=28),
        Column("subject", "对象", "subject", width=24),
        Column("status", "投递结果", "status", Form.CODE, DeliveryStatus),
        Column("attempts", "尝试次数", "attempts", Form.WHOLE),
        Column("first_tried_at", "首次失败时间", "first failed", Form.MOMENT, width=20),
        Column("next_try_at", "下次尝试时间", "next try", Form.MOMENT, width=20),
        Column("answered", "应答状态", "answered", Form.WHOLE),
        Column("error", "错误", "error", width=40),
        Column("changed_at", "更新时间", "changed at", Form.MOMENT, width=20),
    ),
)
