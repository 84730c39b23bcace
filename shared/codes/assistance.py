"""Code lists of assistance 帮扶: tasks, and the measures that other houses answer."""

from shared.codes.code import Code


class TaskStatus(Code):
    """Where an assistance task stands 帮扶任务状态."""

    OPEN = "open", "待受理", "waiting to be accepted", "opened by a risk, nobody has it in hand"
    ACCEPTED = "accepted", "已受理", "accepted", "its owner knows of it"
    IN_PROGRESS = "in_progress", "核查中", "being checked", "the household is being visited"
    VERIFIED = "verified", "已核实", "verified", "the visit has a verdict"
    CLOSED = "closed", "已办结", "closed"


class TaskVerdict(Code):
    """What the visit to the household found 核实结论."""

    CONFIRMED = "confirmed", "风险属实", "risk confirmed", "the risk is real"
    NO_RISK = "no_risk", "无风险", "no risk", "the household can cope by itself, or the clue was wrong"


class TaskAction(Code):
    """What an officer can do with a task 任务操作."""

    ACCEPT = "accept", "受理", "accept"
    START = "start", "开始核查", "start checking"
    VERIFY = "verify", "核实", "verify", "needs a verdict"
    CLOSE = "close", "办结", "close"
    REOPEN = "reopen", "重新打开", "reopen"


class TaskEndedBy(Code):
    """What ended a task 办结来源."""

    PERSON = "person", "人工办结", "a person"
    CAUSE_GONE = "cause_gone", "致险原因消失", "the cause is gone"


class TaskReopenedBy(Code):
    """What brought a judged task back 重新打开来源."""

    PERSON = "person", "人工重新打开", "a person"
    NEW_CAUSE = "new_cause", "新增致险原因", "a new cause"
    ESCALATION = "escalation", "风险升级", "a more urgent grade"


class MeasureKind(Code):
    """What help a task asks for 帮扶措施."""

    JOB = "job", "就业帮扶", "help to find work", "work for one member; employment answers"
    PURCHASE = "purchase", "消费帮扶", "help to sell", "somebody who buys what the household makes; consumption answers"
    ASSET_SHARE = (
        "asset_share",
        "资产收益帮扶",
        "share of asset income",
        "a share of what a village asset earns; assets answers",
    )
    TRANSFER = "transfer", "现金救助", "cash assistance", "cash, which assistance disburses itself"


class MeasureStatus(Code):
    """Where a measure stands 措施状态."""

    REQUESTED = "requested", "已申请", "requested", "nobody has answered"
    ACCEPTED = "accepted", "已受理", "accepted", "somebody is at it"
    REFUSED = "refused", "无法满足", "cannot be met", "it cannot be met, and the reason says why"
    COMPLETED = "completed", "已落实", "help delivered", "the help reached the household"
    CANCELLED = "cancelled", "已取消", "cancelled", "its task closed before"


class RefusalReason(Code):
    """Why a measure cannot be met 无法满足原因. A code and never free text: it travels on the bus."""

    NO_OFFER = "no_offer", "无合适资源", "nothing that fits", "there is nothing that fits"
    NOT_ELIGIBLE = "not_eligible", "不符合条件", "not eligible"
    DECLINED = "declined", "本人不愿", "declined by the household", "the household does not want it"
    OTHER = "other", "其他", "other"


class TaskChange(Code):
    """What happens to a task beside its transitions, as its history tells it."""

    OPENED = "opened", "生成", "opened", "the risk is open and nobody has a task for it in hand"
    UPDATED = "updated", "更新", "updated", "another grade or other reasons; the work goes on"
    ESCALATED = (
        "escalated",
        "升级",
        "escalated",
        "the risk became more urgent after a person had judged the task, which is open again",
    )
    NEW_CAUSE = (
        "new_cause",
        "新增致险原因",
        "new cause",
        "something that the verdict did not see would raise the risk by itself; the task is open again",
    )
    CLOSED = "closed_itself", "自动办结", "closed by itself", "the cause was gone before anybody began"
    CAUSE_GONE = (
        "cause_gone",
        "预警自动解除",
        "cause gone",
        "the cause is gone; whoever has the task in hand, or had it, is told",
    )
    MOVED = (
        "moved",
        "随户迁移",
        "moved with the household",
        "the household lives elsewhere now, and the task belongs to that place",
    )
    HOUSEHOLD_ENDED = (
        "household_ended",
        "农户注销",
        "household ended",
        "the household is no more; whoever has the task in hand is told",
    )
    RECOUNTED = (
        "recounted",
        "时限重算",
        "recounted",
        "the calendar was announced, and the deadline that was provisional is certain",
    )
    OVERDUE = "overdue", "逾期", "overdue", "its due date has passed; its owner is told once"
    PAYMENT_WITHDRAWN = (
        "payment_withdrawn",
        "发放撤回",
        "payment withdrawn",
        "cash that a measure had asked for did not reach the household",
    )
    MEASURE_REQUESTED = (
        "measure_requested",
        "申请帮扶措施",
        "measure requested",
        "a person asked for help that the household needs",
    )
