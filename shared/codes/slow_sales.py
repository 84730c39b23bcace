"""Code lists of slow sale 滞销: what is reported, what is judged of it, and what is done about it."""

from shared.codes.code import Code


class ReportMode(Code):
    """How a report of prices or supply came in 录入方式."""

    LIVE = "live", "实时上报", "live", "as it happens: the series is judged at once"
    BACKFILL = "backfill", "历史补录", "backfill", "history: raises nothing when it comes in"


class SlowSaleKind(Code):
    """Who found that something sells slowly 滞销来源."""

    JUDGED = "judged", "系统研判", "judged", "prices and supply say so"
    REPORTED = "reported", "村级上报", "reported", "a village reported it; township and county confirm"


class SlowSaleLevel(Code):
    """How strong the signals are 预警级别."""

    NOTICE = "notice", "提示", "notice", "one signal: the bulletin tells of it"
    WARNING = "warning", "预警", "warning", "both signals, or confirmed by the county: an incident"


class SlowSaleSignal(Code):
    """What speaks for a slow sale 滞销信号."""

    PRICE = "price", "价格明显低于常年同期走势", "price", "below what the season leads to expect"
    UNSOLD = "unsold", "存量难以售出", "unsold", "what is there and due does not sell at the present pace"


class SlowSaleStatus(Code):
    """Where an alert stands 滞销预警状态."""

    REPORTED = "reported", "村级已上报", "reported", "the township looks at it"
    CHECKED = "checked", "乡镇已核实", "checked", "the county decides"
    REJECTED = "rejected", "未予采纳", "rejected"
    OPEN = "open", "预警中", "open"
    RESPONDING = "responding", "应急处置中", "responding"
    EASED = "eased", "滞销缓解", "eased", "the signals are gone; the closing report is due"
    CLOSED = "closed", "已结束", "closed"


class SlowSaleAction(Code):
    """What is done with an alert 滞销处置操作."""

    CHECK = "check", "乡镇核实", "check"
    REJECT = "reject", "不予采纳", "reject"
    CONFIRM = "confirm", "县级确认", "confirm"
    RESPOND = "respond", "启动响应", "respond", "sets the response level; again, changes it"
    CALL = "call", "发出消费倡议", "call", "calls for purchases"
    CLOSE = "close", "结束处置", "close", "with the closing report"


class ResponseLevel(Code):
    """How wide the response to a slow sale is 响应等级."""

    FOUR = "iv", "四级响应", "level IV"
    THREE = "iii", "三级响应", "level III"
    TWO = "ii", "二级响应", "level II"
    ONE = "i", "一级响应", "level I"


class CallKind(Code):
    """What a call asks for 消费倡议方式."""

    DONATION_BY_PURCHASE = "donation_by_purchase", "以购代捐", "donation by purchase"
    CHARITY_SUBSCRIPTION = "charity_subscription", "爱心认购", "charity subscription"
    MARKET_PURCHASE = "market_purchase", "企业市场化采购", "purchase by firms"
    GROUP_PURCHASE = "group_purchase", "社区团购", "group purchase"
    LOCAL_CONSUMPTION = "local_consumption", "就近就地消费", "local consumption"
