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
