"""Code lists of risks 风险: what a household may fall back by, and what became of it."""

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
    DROPOUT = "dropout", "失学辍学", "out of school", "a member of compulsory age dropped out or is not enrolled 因学"
    EDUCATION_COST = (
        "education_cost",
        "教育支出过大",
        "education cost too high",
        "what is borne for one member past compulsory age since the school year began is too high 因学",
    )
    DISABILITY = "disability", "新增残疾或加重", "new or graver disability", "first certified, or graver 因残"
    NO_LABOUR = "no_labour", "缺劳动力", "no labour", "nobody can work, no relief holds, income near the line"
    ACCIDENT = "accident", "意外事故", "accident", "a member came to harm 因意外事故"
    DISASTER = "disaster", "自然灾害", "natural disaster", "a natural disaster hit the household 因灾"
    PRODUCTION_FAILURE = (
        "production_failure",
        "产业失败",
        "failed production",
        "what the household produces failed, was damaged or stays unsold 因产业失败",
    )
    ZERO_JOB = "zero_job", "零就业家庭", "nobody at work", "all who can work are without work, and one wants to work"
    UNSAFE_HOUSING = (
        "unsafe_housing",
        "住房安全无保障",
        "unsafe housing",
        "the only home is graded C or D 因安全住房",
    )
    UNSAFE_WATER = "unsafe_water", "饮水安全无保障", "unsafe water", "a test of drinking water failed 因安全饮水"
    UNINSURED = "uninsured", "未参加基本医保", "uninsured", "a member has no basic medical insurance this year"
    RELIEF_ENDED = "relief_ended", "救助停止", "relief ended", "低保 or 特困 ended, and neither was granted since"
    REPORTED = "reported", "线索核实属实", "reported and confirmed", "somebody told of it, and a check found it true"
    SLOW_SALE = "slow_sale", "产品滞销", "slow sale", "what the household makes does not sell 因产品滞销"


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
    DROPOUT = "dropout", "失学辍学", "out of school"
    EDUCATION_COST = "education_cost", "教育支出过大", "education cost too high"
    DISABILITY = "disability", "新增残疾或加重", "new or graver disability"
    NO_LABOUR = "no_labour", "缺劳动力", "no labour"
    ACCIDENT = "accident", "意外事故", "accident"
    DISASTER = "disaster", "自然灾害", "natural disaster"
    PRODUCTION_FAILURE = "production_failure", "产业失败", "failed production"
    ZERO_JOB = "zero_job", "零就业家庭", "nobody at work"
    UNSAFE_HOUSING = "unsafe_housing", "住房安全无保障", "unsafe housing"
    UNSAFE_WATER = "unsafe_water", "饮水安全无保障", "unsafe water"
    UNINSURED = "uninsured", "未参加基本医保", "uninsured"
    RELIEF_ENDED = "relief_ended", "救助停止", "relief ended"
    REPORTED = "reported", "线索核实属实", "reported and confirmed"
    SLOW_SALE = "slow_sale", "产品滞销", "slow sale"
    HOUSEHOLD_ENDED = "household.ended", "农户注销", "household ended"


class RiskGrade(Code):
    """How urgent a risk is 预警等级."""

    ORANGE = "orange", "橙色预警", "orange warning", "needs help"
    RED = "red", "红色预警", "red warning", "needs help first"

    @property
    def urgency(self) -> int:
        """A rank: the more urgent, the higher. A grade of a later release is as urgent as any."""
        known = list(RiskGrade)
        return known.index(self) if self.is_known else len(known)


class RiskStatus(Code):
    """Where one episode of a risk stands 风险状态."""

    OPEN = "open", "存续", "holds", "the cause holds"
    CLEARED = (
        "cleared",
        "预警自动解除",
        "cleared by itself",
        "the cause is gone; the same kind may open again. 风险消除 is an act of people",
    )


class IncidentKind(Code):
    """What came over many households of a county at once 突发事件类型: one kind of risk, or a judgement of all."""

    _ignore_ = "kind"
    for kind in RiskKind:
        vars()[kind.name] = (kind.value, kind.label_zh, kind.label_en, kind.meaning)
    SCREENING = "screening", "集中排查", "screening", "what one screening raises, all kinds together"
    ROLL = "roll", "日常滚动研判", "daily roll", "what a new day raises, all kinds together"


class IncidentStatus(Code):
    """Where an incident stands 突发事件状态."""

    OPEN = "open", "处置中", "open", "what comes in belongs to it"
    CLOSED = "closed", "已结束", "closed", "what comes in belongs to another one"


class IncidentAction(Code):
    """What can be done with an incident 突发事件操作."""

    RELEASE = "release", "推送", "release", "tells of households that wait, before their hour"
    CLOSE = "close", "结束", "close", "once nobody waits"


class ClearedBecause(Code):
    """Why a risk is open no longer 解除原因."""

    CAUSE_GONE = "cause_gone", "致险原因消失", "cause gone", "nothing that was known held it open any longer"
    VERDICT = "verdict", "核实无风险", "verdict", "a visit found that there is no risk"
    HOUSEHOLD_ENDED = "household_ended", "农户注销", "household ended", "the household is no more"


class ClueType(Code):
    """What came in that led to a verdict 线索: a fact of some type, or something else that is known."""

    INCOME = "income", "收入情况", "income"
    EXPENSE = "expense", "支出情况", "expense"
    ILLNESS = "illness", "患病情况", "illness"
    SCHOOLING = "schooling", "就学情况", "schooling"
    DWELLING = "dwelling", "住房情况", "dwelling"
    WATER = "water", "饮水情况", "drinking water"
    INSURANCE = "insurance", "参保情况", "social insurance"
    WORK = "work", "务工情况", "work"
    DISABILITY = "disability", "残疾情况", "disability"
    CARE = "care", "失能情况", "need of care"
    CHRONIC = "chronic", "慢病签约情况", "chronic disease"
    DISASTER = "disaster", "受灾情况", "natural disaster"
    ACCIDENT = "accident", "意外情况", "accident"
    PRODUCTION = "production", "产业情况", "production"
    RELIEF = "relief", "救助情况", "social relief"
    LOAN = "loan", "负债情况", "loan"
    MEANS = "means", "生产条件", "means of production"
    MEMBER_CHANGE = "member_change", "人口变动", "change of members"
    WITHDRAWAL = "withdrawal", "情况撤回", "withdrawal of a fact"
    PLACEMENT = "placement", "务工变动", "change of work"
    SLOW_SALE = "slow_sale", "产品滞销", "slow sale"
    HOUSEHOLD = "household", "家庭变动", "change of the household"
    SCREENING = "screening", "集中排查", "screening"
    ROLL = "roll", "日常滚动研判", "daily roll"
    VERDICT = "verdict", "核实结论", "verdict of a visit"
    CLUE = "clue", "线索核实", "check of a clue"


class ScreeningChange(Code):
    """Which households of a screening are looked at 排查对象."""

    AT_RISK = "at_risk", "有风险", "at risk"
    NEWLY = "newly", "新增有风险", "newly at risk", "not at risk behind the screening before"
    NO_LONGER = "no_longer", "不再有风险", "no longer at risk", "at risk behind the screening before"
