"""Code lists of monitoring 监测: risks, facts, households and their members."""

from shared.codes.code import Code


class RiskKind(Code):
    """What threatens a household 风险类型. A household has at most one open risk of each kind."""

    BELOW_LINE = (
        "below_line",
        "收入低于监测线",
        "income below the line",
        "net income per head of the window is below the income line 监测范围",
    )
    INCOME_DROP = (
        "income_drop",
        "收入骤减",
        "sharp drop of income",
        "income fell sharply against the same months of the year before",
    )
    RIGID_EXPENSE = (
        "rigid_expense",
        "刚性支出过大",
        "rigid expense too large",
        "compliant self-paid expense pushes a household under the line (突发严重困难 in the making)",
    )
    NEW_ILLNESS = (
        "new_illness",
        "新发大病",
        "new serious illness",
        "a member fell seriously ill, or pays more for medical care than the household can be expected to",
    )
    JOB_LOSS = (
        "job_loss",
        "失业",
        "loss of work",
        "the last member of the household who was placed in work lost that work",
    )


class RiskRule(Code):
    """What holds a risk open 判定规则, as the events of risks name it."""

    BELOW_LINE = "below_line", "收入低于监测线", "income below the line"
    INCOME_DROP = "income_drop", "收入骤减", "sharp drop of income"
    INCOME_DROP_YEAR = "income_drop.year", "年度收入骤减", "sharp drop of income against the year before"
    INCOME_DROP_QUARTER = (
        "income_drop.quarter",
        "近三个月收入骤减",
        "sharp drop of income against the same three months of the year before",
    )
    RIGID_EXPENSE = "rigid_expense", "刚性支出过大", "rigid expense too large"
    NEW_ILLNESS = "new_illness", "新发大病", "new serious illness"
    SERIOUS_ILLNESS = "new_illness.serious", "确诊大病", "serious illness diagnosed"
    MEDICAL_COST = "new_illness.cost", "医疗费用负担过重", "medical cost too high"
    JOB_LOSS = "job_loss", "失业", "loss of work"
    HOUSEHOLD_ENDED = "household.ended", "农户注销", "household ended"


class RiskGrade(Code):
    """How urgent a risk is 预警等级."""

    ORANGE = "orange", "橙色预警", "orange warning", "needs help"
    RED = "red", "红色预警", "red warning", "needs help first"


class RiskStatus(Code):
    """Where one episode of a risk stands 风险状态."""

    OPEN = "open", "存续", "holds", "the cause holds"
    CLEARED = (
        "cleared",
        "预警自动解除",
        "cleared by itself",
        "the cause is gone; the same kind may open again. 风险消除 is an act of people",
    )


class ClueType(Code):
    """What came in that led to a verdict 线索: a fact of some type, or something else that is known."""

    INCOME = "income", "收入情况", "income"
    EXPENSE = "expense", "支出情况", "expense"
    ILLNESS = "illness", "患病情况", "illness"
    WITHDRAWAL = "withdrawal", "情况撤回", "withdrawal of a fact"
    PLACEMENT = "placement", "务工变动", "change of work"
    HOUSEHOLD = "household", "家庭变动", "change of the household"
    SCREENING = "screening", "集中排查", "screening"


class FactMode(Code):
    """How a fact came in 录入方式."""

    LIVE = "live", "实时上报", "live", "As it happens: the household is judged at once"
    BACKFILL = (
        "backfill",
        "历史补录",
        "backfill",
        "History: fills the ledger, raises nothing; the next screening judges what it left",
    )


class IncomeBranch(Code):
    """The four branches of household income 收入构成."""

    WAGE = "wage", "工资性收入", "wage income", "pay for work"
    OPERATING = (
        "operating",
        "生产经营性收入",
        "operating income",
        "gross receipts of the household's own production; its cost is recorded beside it",
    )
    PROPERTY = "property", "财产性收入", "property income", "dividends, rent, transfer of land use"
    TRANSFER = "transfer", "转移性收入", "transfer income", "benefits, pensions, subsidies"


class ExpenseKind(Code):
    """What an expense was for 支出类型."""

    MEDICAL = "medical", "医疗支出", "medical expense"
    EDUCATION = "education", "教育支出", "education expense"
    HOUSING = "housing", "住房支出", "housing expense"
    DISASTER = "disaster", "因灾支出", "disaster expense"
    ACCIDENT = "accident", "意外事故支出", "accident expense"
    OTHER = "other", "其他支出", "other expense"


class HouseholdCategory(Code):
    """Whether a household was once on the poverty register 户类型; policies give the two different thresholds."""

    ORDINARY = "ordinary", "一般农户", "ordinary household", "never on the register"
    LIFTED = "lifted", "脱贫户", "household lifted out of poverty", "was on the register and left it"


class HouseholdEndReason(Code):
    """Why a household is no more 农户注销原因."""

    DIED = "died", "人员全部死亡", "all members died"
    MOVED = "moved", "整户迁出", "whole household moved away"
    MERGED = "merged", "并入他户", "merged into another household"
    OTHER = "other", "其他", "other"


class Relation(Code):
    """Relation of a member to the head of the household 与户主关系."""

    HEAD = "head", "户主", "head of the household"
    SPOUSE = "spouse", "配偶", "spouse"
    CHILD = "child", "子女", "child"
    PARENT = "parent", "父母", "parent"
    OTHER = "other", "其他", "other"


class Sex(Code):
    """Sex of a member 性别."""

    MALE = "M", "男", "male"
    FEMALE = "F", "女", "female"


class Labour(Code):
    """Ability of a member to work 劳动技能."""

    ORDINARY = "ordinary", "普通劳动力", "ordinary worker"
    SKILLED = "skilled", "技能劳动力", "skilled worker"
    WEAK = "weak", "弱劳动力或半劳动力", "weak or part-time worker"
    LOST = "lost", "丧失劳动力", "ability to work lost", "could work once"
    NONE = "none", "无劳动力", "no worker", "a child, a pupil, an old person"

    @property
    def is_able(self) -> bool:
        """有劳动能力: whoever can work, also in part."""
        return self in (Labour.ORDINARY, Labour.SKILLED, Labour.WEAK)


class Health(Code):
    """Health of a member 健康状况."""

    HEALTHY = "healthy", "健康", "healthy"
    CHRONIC = "chronic", "长期慢性病", "long-term chronic disease"
    SERIOUS = "serious", "患有大病", "seriously ill"
    DISABLED = "disabled", "重度残疾", "severely disabled"
