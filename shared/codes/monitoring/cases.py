"""Code lists of identification 识别认定 and elimination 风险消除."""

from shared.codes.code import Code


class MonitoringStatus(Code):
    """Where a household stands in monitoring 监测状态."""

    NONE = "none", "未纳入", "not monitored"
    IN_PROCEDURE = "in_procedure", "识别中", "in procedure", "an identification is under way"
    MONITORED = "monitored", "监测中", "monitored"
    ELIMINATED = "eliminated", "风险已消除", "risk eliminated", "the record stays, and is watched for a while"
    ENDED = "ended", "已注销", "ended", "the household is no more"


class HouseholdClass(Code):
    """The three classes of monitored households 监测对象类别. A class follows from figures; nobody chooses it."""

    UNSTABLE = "unstable", "脱贫不稳定户", "unstable household", "lifted out of poverty, income below the line"
    MARGINAL = "marginal", "边缘易致贫户", "marginal household", "never on the register, income below the line"
    SUDDEN = (
        "sudden",
        "突发严重困难户",
        "household in sudden grave difficulty",
        "income reaches the line, but expense is large or income fell, and life is in grave difficulty",
    )


class CaseKind(Code):
    """What a case decides 认定类型."""

    IDENTIFICATION = "identification", "识别认定", "identification", "whether a household is admitted 纳入"
    ELIMINATION = "elimination", "风险消除", "elimination", "whether the risk of a monitored household is gone"


class CaseStatus(Code):
    """Where a case stands 认定状态."""

    OPENED = "opened", "已立案", "opened", "visit, consent and comparison are gathered"
    REVIEWED = "reviewed", "已评议", "reviewed", "the village voted for it 民主评议"
    PUBLICITY = "publicity", "公示中", "publicity", "it hangs out in the village"
    OBJECTION = "objection", "有异议", "objection", "somebody objected; the township looks into it"
    TOWNSHIP_APPROVED = "township_approved", "乡镇已审核", "approved by the township"
    COUNTY_APPROVED = "county_approved", "县级已审批", "approved by the county"
    ANNOUNCED = "announced", "已公告", "announced"
    MONITORED = "monitored", "已纳入", "monitored", "the household was admitted"
    ELIMINATED = "eliminated", "已消除", "eliminated", "the risk of the household was eliminated"
    ROLLED_BACK = "rolled_back", "已回退", "rolled back", "the elimination was taken back"
    REFUSED = "refused", "未通过", "refused"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"

    @property
    def is_over(self) -> bool:
        """Whether nobody waits for the case any more."""
        return self in CLOSED_CASES


CLOSED_CASES = frozenset(
    {
        CaseStatus.MONITORED,
        CaseStatus.ELIMINATED,
        CaseStatus.ROLLED_BACK,
        CaseStatus.REFUSED,
        CaseStatus.WITHDRAWN,
    }
)
"""Where a case stands that is over. A household has at most one other."""


class CaseAction(Code):
    """What is done with a case 认定操作."""

    VISIT = "visit", "入户核查", "visit"
    CONSENT = "consent", "承诺授权", "consent"
    COMPARE = "compare", "信息比对", "comparison with departments"
    EMERGENCY = "emergency", "先帮扶后纳入", "help before admission"
    VILLAGE_REVIEW = "village_review", "民主评议", "review by the village"
    PUBLISH = "publish", "公示", "publish"
    OBJECT = "object", "提出异议", "object"
    RESOLVE = "resolve", "异议处理", "resolve an objection"
    TOWNSHIP_REVIEW = "township_review", "乡镇审核", "review by the township"
    COUNTY_APPROVE = "county_approve", "县级审批", "approval by the county"
    ANNOUNCE = "announce", "公告", "announce"
    ENTER = "enter", "录入", "enter"
    REFUSE = "refuse", "不予认定", "refuse"
    APPEAL = "appeal", "申诉", "appeal"
    WITHDRAW = "withdraw", "撤回", "withdraw"
    ROLL_BACK = "roll_back", "回退", "roll back", "the household is monitored again"


class CaseChange(Code):
    """What happens to a case by itself 认定变动."""

    OPEN = "open", "立案", "opened"
    OVERDUE = "overdue", "逾期", "overdue"


class CaseRefusal(Code):
    """Why a case is refused 未通过原因."""

    NO_RISK = "no_risk", "无风险", "no risk"
    CAN_COPE = "can_cope", "能自主应对", "can cope by itself"
    EXCLUDED = "excluded", "符合排除情形", "excluded", "it has what speaks against it, and nobody decided otherwise"
    CONSENT_REFUSED = "consent_refused", "拒绝授权", "consent refused"
    NOT_RESIDENT = "not_resident", "不在本地居住", "not resident"
    OTHER = "other", "其他", "other"
    VOTE_FAILED = "vote_failed", "评议未通过", "vote failed", "not more than half of those who came were in favour"
    REVIEW_REFUSED = "review_refused", "审核审批未通过", "refused by township or county"


DECIDED_BY_STEPS = frozenset({CaseRefusal.VOTE_FAILED, CaseRefusal.REVIEW_REFUSED})
"""Reasons that follow from a vote or a review: nobody gives them."""


class EliminationManner(Code):
    """How the risk of a household went 风险消除方式."""

    HELPED = "helped", "帮扶消除", "by help"
    NATURAL = "natural", "自然消除", "by itself"


class EliminationCriterion(Code):
    """What has to hold before people decide that a risk is gone 风险消除条件."""

    HALF_YEAR = "half_year", "纳入满半年", "half a year", "so many months since the household was admitted"
    MEASURE_DONE = (
        "measure_done",
        "已落实帮扶措施",
        "measure done",
        "not asked where it went by itself",
    )
    INCOME_ABOVE_LINE = "income_above_line", "收入超过监测范围", "income reaches the line"
    INCOME_STABLE = "income_stable", "收入持续稳定", "income stable", "the window half a year ago reached its line too"
    EXPENSE_SETTLED = "expense_settled", "刚性支出稳定解决", "expense settled", "income less it reaches the line"
    PROTECTIONS_MET = "protections_met", "三保障和饮水安全巩固", "protections met", "all four met or not applicable"
    RISKS_GONE = "risks_gone", "风险已解除", "risks gone", "no risk is open"


class RollBackReason(Code):
    """Why an elimination is taken back 回退原因."""

    INCOME = "income", "收入不稳定", "income not stable"
    EXPENSE = "expense", "支出不稳定", "expense not settled"
    NO_LABOUR = "no_labour", "整户无劳动能力", "nobody can work"
