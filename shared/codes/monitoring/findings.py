"""Code lists of findings 疑点."""

from shared.codes.code import Code


class FindingGroup(Code):
    """What a rule of findings looks at 疑点类别."""

    IDENTITY = "identity", "身份与关系", "identity and relations"
    COVERAGE = "coverage", "应纳未纳", "coverage", "bad, and in no monitoring"
    RISK = "risk", "风险与事实", "risk against facts"
    MEASURE = "measure", "措施与事实", "help against facts"
    TIME = "time", "时限", "time"
    ELIMINATION = "elimination", "风险解除", "cleared risks", "cleared, though the cause stands"
    LABOUR = "labour", "劳动能力", "ability to work"
    WORK = "work", "务工", "work"
    POST = "post", "公益性岗位", "public-welfare posts"
    MONEY = "money", "收入", "income"
    RANGE = "range", "取值范围", "ranges"
    SCHOOL = "school", "年龄与就学", "age against school"
    HEALTH = "health", "健康与残疾", "health and disability"


class FindingSeverity(Code):
    """How grave a finding is 疑点级别."""

    ERROR = "error", "错误", "error", "one of two things said cannot be true"
    WARNING = "warning", "疑似", "warning", "rare, and to be looked at"


class FindingStatus(Code):
    """Where a finding stands 疑点状态."""

    OPEN = "open", "待核实", "open"
    EXEMPTED = "exempted", "已豁免", "exempted", "looked at and found right, with a reason"
    CLEARED = "cleared", "已消除", "cleared", "what was odd is so no more; it clears by itself"


class FindingAction(Code):
    """What is done with a finding 疑点处置."""

    EXEMPT = "exempt", "豁免", "exempt"
    REVOKE = "revoke", "撤销豁免", "revoke the exemption"
    LAPSE = "lapse", "豁免失效", "lapse", "by itself: its last day is over, or what it rests on changed"
    CLEAR = "clear", "消除", "clear", "by itself"
    REOPEN = "reopen", "再次发现", "found again", "by itself"
