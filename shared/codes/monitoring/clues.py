"""Code lists of clues 线索."""

from shared.codes.code import Code


class ClueChannel(Code):
    """By which way a clue came 线索渠道. Places have more: what the policy does not list is taken with a warning."""

    SELF_REPORT = "self_report", "农户自主申报", "reported by the household"
    CADRE_SURVEY = "cadre_survey", "基层干部排查", "found by cadres"
    DEPARTMENT = "department", "部门筛查预警", "warning of a department"
    MEDIA_PETITION = "media_petition", "媒体信访信息", "media and petitions"
    PLATFORM = "platform", "平台监测预警", "warning of a platform"
    CHILD_LINE = "child_line", "12345未成年人保护热线", "hotline for the protection of minors"


class ClueStatus(Code):
    """Where a clue stands 线索状态."""

    OPEN = "open", "待核实", "to be checked"
    LINKED = "linked", "已关联预警", "linked", "an open risk is about it: the verdict of its task answers it"
    UNMATCHED = "unmatched", "未匹配", "unmatched", "no registered household holds the identity number"
    AMBIGUOUS = "ambiguous", "多户匹配", "ambiguous", "more than one household holds the identity number"
    ANSWERED = "answered", "已反馈", "answered"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn", "by whoever sent it"


class ClueAction(Code):
    """What is done with a clue 线索操作."""

    RECEIVE = "receive", "接收", "receive"
    ANSWER = "answer", "核实反馈", "answer", "with a verdict; one of no risk needs a reason"
    WITHDRAW = "withdraw", "撤回", "withdraw"
    MATCH = "match", "匹配农户", "match", "says which household it is about"
    REOPEN = "reopen", "转待核实", "to be checked again", "by itself: its risk cleared without a verdict"
    PASS = "pass", "随户并入", "passed on", "by itself: its household was merged into another, which it is about now"


class ClueReason(Code):
    """Why a clue is no risk 无风险原因."""

    ALREADY_HELPED = "already_helped", "已落实帮扶", "helped already"
    REIMBURSED = "reimbursed", "费用已报销", "reimbursed"
    INCOME_ENOUGH = "income_enough", "收入稳定", "income suffices"
    NOT_RESIDENT = "not_resident", "不在本地居住", "does not live here"
    WRONG_DATA = "wrong_data", "数据有误", "wrong data"
    DECEASED = "deceased", "人员已故", "deceased"
    DECLINED = "declined", "农户不愿纳入", "declined by the household"
    OTHER = "other", "其他", "other"


class ClueOutcome(Code):
    """What became of the household of an answered clue 线索处置结果."""

    NONE = "none", "无后续", "nothing follows"
    IN_PROCEDURE = "in_procedure", "识别程序中", "in the procedure"
    ADMITTED = "admitted", "已纳入监测", "admitted"
    REFUSED = "refused", "未纳入监测", "refused"
