"""Code lists of operations 运维."""

from shared.codes.code import Code


class DeadLetterState(Code):
    """Why a record waits."""

    DEAD = "dead", "处理失败", "failed itself", "It failed itself"
    PARKED = "parked", "排队等候", "parked", "A record of the same key before it is dead or waiting"
    WAITING = (
        "waiting",
        "等待重试",
        "waiting",
        "Time cures it: it is tried again until it applies, and later records of its key wait behind it",
    )
    UNKNOWN = (
        "unknown",
        "版本未知",
        "unknown",
        "This release does not know its type, or a code in it: the one that does applies it. Nothing waits for it",
    )
    FOREIGN = "foreign", "非本系统写入", "foreign", "No house wrote it. Nothing waits for it"


class JobStatus(Code):
    """Where long work stands 任务状态."""

    QUEUED = "queued", "排队中", "waiting for its turn"
    RUNNING = "running", "进行中", "running"
    DONE = "done", "已完成", "done"
    FAILED = "failed", "失败", "failed", "`problem` says why; what was committed before stays"
    CANCELLED = "cancelled", "已取消", "cancelled", "what was committed before stays"


class ImportMode(Code):
    """What becomes of a file 导入方式."""

    PREVIEW = "preview", "预检", "preview", "everything is tried and nothing is kept"
    COMMIT = "commit", "入库", "commit"


class ImportAccept(Code):
    """What is taken of a file with wrong rows 接收范围."""

    ALL = "all", "整份接收", "all or nothing", "one refused row refuses the file"
    GOOD = "good", "只收合格行", "the good rows", "refused rows come back"


class RowStatus(Code):
    """What became of a row 行处理结果."""

    ACCEPTED = "accepted", "已接收", "accepted"
    DUPLICATE = "duplicate", "重复", "known before and the same"
    REJECTED = "rejected", "退回", "rejected"
    AMBIGUOUS = "ambiguous", "待辨认", "ambiguous", "it fits several persons; somebody has to say which"


class RowError(Code):
    """Why a row of a file came back 退回原因代码."""

    ID_NUMBER_AS_NUMBER = (
        "id-number-as-number",
        "号码存成了数字",
        "an identity number in a numeric cell",
        "its last digits are lost; it is never repaired",
    )
    ID_NUMBER_INVALID = "id-number-invalid", "公民身份号码有误", "no identity number"
    HOUSEHOLD_NOT_FOUND = "household-not-found", "没有此农户", "no such household in the region"
    MEMBER_NOT_FOUND = "member-not-found", "户内没有此成员", "no such member of the household"
    HOUSEHOLD_AMBIGUOUS = "household-ambiguous", "号码登记在多户", "the identity number is of several households"
    REGION_NOT_ALLOWED = "region-not-allowed", "不在管辖区域", "a region outside the sender's"
    DATE_UNCLEAR = "date-unclear", "日期写法不明", "a day or month that can be read in more than one way, or in none"
    VALUE_INVALID = "value-invalid", "内容有误", "a value that cannot be"
    VALUE_MISSING = "value-missing", "缺少内容", "a value is missing"
    CODE_UNKNOWN = "code-unknown", "代码或名称不在列表内", "neither a code nor a label of the list"
    CONTRADICTS = "contradicts", "与已有内容不符", "it says something else than what is known, or than another row"


class WebhookState(Code):
    """How a webhook stands 推送状态."""

    ACTIVE = "active", "推送中", "active"
    FAILING = "failing", "重试中", "failing", "its receiver did not take some change: it is tried again"
    PAUSED = "paused", "已暂停", "paused", "`paused_because` says why; nothing is sent until it is taken up again"


class PauseCause(Code):
    """Why a webhook is paused 暂停原因."""

    OWNER = "owner", "客户端自行暂停", "its owner paused it"
    GONE = "gone", "接收端已注销", "the receiver is gone", "it answered 410"
    EXHAUSTED = "exhausted", "重试用尽", "retries are exhausted", "the receiver took nothing for three days"
    SHUT_OUT = "shut_out", "客户端已停用", "its owner is shut out", "it goes on where its owner is let in again"


class DeliveryStatus(Code):
    """What became of one change that a webhook tells 投递结果."""

    WAITING = "waiting", "等待投递", "waiting", "one of the same subject before it is not delivered yet"
    RETRYING = "retrying", "重试中", "retrying"
    DELIVERED = "delivered", "已送达", "delivered"
    EXHAUSTED = (
        "exhausted",
        "投递失败",
        "exhausted",
        "it is sent again when its owner takes the webhook up, or asks for it",
    )
