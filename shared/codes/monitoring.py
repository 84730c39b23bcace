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
    WORK_COST = "work_cost", "务工成本", "cost of going to work", "what 民政 deducts from income 必要的就业成本"
    OTHER = "other", "其他支出", "other expense"


class HouseholdCategory(Code):
    """Whether a household was once on the poverty register 户类型; policies give the two different thresholds."""

    ORDINARY = "ordinary", "一般农户", "ordinary household", "never on the register"
    LIFTED = "lifted", "脱贫户", "household lifted out of poverty", "was on the register and left it"


class ExchangeSystem(Code):
    """A platform that has no interface and is served by sheets 交换平台."""

    NATIONAL = "national", "全国防返贫监测预警系统", "national monitoring system"
    GUIZHOU = "guizhou", "贵州省乡村振兴云", "Guizhou rural revitalisation cloud"
    HEBEI = "hebei", "省级防贫大数据监测平台", "Hebei poverty prevention platform"
    SHAANXI = "shaanxi", "陕西省防返贫监测预警平台", "Shaanxi monitoring platform"


class HouseholdEndReason(Code):
    """Why a household is no more 农户注销原因."""

    DIED = "died", "人员全部死亡", "all members died"
    MOVED = "moved", "整户迁出", "whole household moved away"
    MERGED = "merged", "并入他户", "merged into another household"
    OTHER = "other", "其他", "other"


class HouseholdEventKind(Code):
    """What happened to a household 农户变动."""

    SPLIT = "split", "分户", "split", "some members are a household of their own from then on"
    MERGE = "merge", "并户", "merge", "all members belong to another household from then on"
    MOVE = "move", "迁移", "move"
    DEATH = "death", "死亡", "death"
    LEAVE = "leave", "迁出人员", "leave"
    JOIN = "join", "迁入人员", "join"
    END = "end", "注销", "end"


class LeaveReason(Code):
    """Why a member left the household 人员减少原因."""

    MARRIED_OUT = "married_out", "婚出", "married out"
    MOVED_OUT = "moved_out", "户口迁出", "moved out"
    ENLISTED = "enlisted", "参军", "enlisted"


class JoinReason(Code):
    """Why a member came to the household 人员增加原因."""

    BORN = "born", "新生儿", "born"
    MARRIED_IN = "married_in", "婚入", "married in"
    RETURNED = "returned", "回归", "returned"


class Matter(Code):
    """What a household 人地分离 is cared for in: by the place of its land, or by the place where it lives."""

    LAND = "land", "承包地", "land"
    FOREST = "forest", "林权", "forest"
    COLLECTIVE_INCOME = "collective_income", "集体收益分配", "collective income"
    FARM_SUBSIDY = "farm_subsidy", "涉农补贴", "farm subsidy"
    INSURANCE = "insurance", "社会保险", "insurance"
    MEDICAL = "medical", "医疗保障", "medical care"
    EDUCATION = "education", "教育", "education"
    RELIEF = "relief", "社会救助", "relief"
    PENSION = "pension", "养老", "pension"
    DISABILITY = "disability", "残疾人服务", "disability"
    EMPLOYMENT = "employment", "就业", "employment"


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


class PolicyValueStatus(Code):
    """Where a proposed policy value stands 政策参数值状态."""

    PROPOSED = "proposed", "待审批", "proposed", "waits for a second person"
    APPROVED = "approved", "已批准", "approved", "holds on its days"
    REJECTED = "rejected", "未批准", "rejected"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn", "by whoever proposed it"


class PolicyValueAction(Code):
    """What is done with a policy value 政策参数值操作."""

    PROPOSE = "propose", "提出", "propose"
    APPROVE = "approve", "批准", "approve"
    REJECT = "reject", "不批准", "reject"
    WITHDRAW = "withdraw", "撤回", "withdraw"


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


class DataRequestStatus(Code):
    """Where a request for data stands 报表数据需求状态."""

    REQUESTED = "requested", "待审批", "requested", "waits for the township"
    APPROVED = "approved", "已批准", "approved"
    REFUSED = "refused", "未批准", "refused"
    DELIVERED = "delivered", "已提供", "delivered"


class DataRequestAction(Code):
    """What is done with a request for data 报表数据需求操作."""

    REQUEST = "request", "提出", "request"
    APPROVE = "approve", "批准", "approve"
    REFUSE = "refuse", "不批准", "refuse"
    DELIVER = "deliver", "提供", "deliver"


class LowIncomeClass(Code):
    """Class of the low-income population 低收入人口类别; a household is of the first that fits."""

    DIBAO = "dibao", "最低生活保障对象", "minimum living allowance"
    TEKUN = "tekun", "特困人员", "extremely poor"
    DIBAO_MARGIN = "dibao_margin", "低保边缘家庭", "margin of the minimum living allowance"
    RIGID_EXPENSE = "rigid_expense", "刚性支出困难家庭", "hardship by rigid expense"
    MONITORED = "monitored", "防止返贫监测对象", "monitored"
    OTHER = "other", "其他困难人员", "other hardship"


class SchoolAgeView(Code):
    """By which ledger 控辍保学台账 the members of school age are shown."""

    COUNTY = "county", "县级台账", "county"
    TOWNSHIP = "township", "乡级台账", "township"
    VILLAGE = "village", "村级台账", "village"
    SCHOOL = "school", "校级台账", "school"


class InsuranceStanding(Code):
    """Where a member stands in the ledger of insurance 参保台账."""

    INSURED = "insured", "已参保", "insured"
    UNINSURED = "uninsured", "未参保", "uninsured"
    EXEMPT = "exempt", "无须参保", "exempt"
    UNKNOWN = "unknown", "未掌握", "unknown", "nothing was said of the year"


class ContactRole(Code):
    """Who looks after households where they live 网格责任: 一头一尾, 三级监测网络, 四支队伍."""

    MONITOR_CONTACT = "monitor_contact", "监测联系人", "monitoring contact", "collects and enters at both ends 一头一尾"
    GRID_WORKER = "grid_worker", "网格员", "grid worker"
    VILLAGE_CADRE = "village_cadre", "村干部", "village cadre"
    WORK_TEAM = "work_team", "驻村工作队员", "member of the resident work team"
    TOWNSHIP_DUTY = "township_duty", "乡镇包保干部", "township officer on duty"
    BUILDING_CHIEF = "building_chief", "楼栋长", "building chief", "of a relocation site 易地搬迁安置点"
    SCHOOL_CHIEF = "school_chief", "校长", "school head", "answers for the children of a school 控辍保学"
    DATA_STEWARD = "data_steward", "数据管理员", "data steward", "of a village or a township data station 数据管理所"


class ReportKind(Code):
    """A report that a region owes on a day 报表."""

    WEEKLY_PROGRESS = "weekly-progress", "每周进展", "progress of a week"
    MONTHLY_MONITORING = "monthly-monitoring", "监测月报", "monitoring of a month"
    QUARTERLY_WORK = "quarterly-work", "季度工作落实情况", "work of a quarter"
    ANNUAL = "annual", "年度报告", "report of a year"
    AD_HOC = "ad-hoc", "随时报", "report at any time"
    SCREENING = "screening", "集中排查", "screening", "held, not submitted: a screening of the region in the year"


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


class PriorityGroup(Code):
    """Households that are looked after first 重点关注人群."""

    SERIOUS_ILLNESS = "serious_illness", "大病重病", "serious illness"
    CHRONIC = "chronic", "慢性病", "chronic disease"
    SEVERE_DISABILITY = "severe_disability", "重度残疾", "severe disability"
    DISABLED_ELDERLY = "disabled_elderly", "失能老年人口", "disabled elderly"
    BELOW_10000 = "below_10000", "人均纯收入低于1万元", "low income", "a lifted or monitored household"
    NEW_DIBAO = "new_dibao", "新增低保户", "newly in minimum living allowance"
    SINGLE_TEKUN = "single_tekun", "分散供养特困单人户", "single and supported as extremely poor"


ABOUT_HEALTH = frozenset(
    {
        PriorityGroup.SERIOUS_ILLNESS,
        PriorityGroup.CHRONIC,
        PriorityGroup.SEVERE_DISABILITY,
        PriorityGroup.DISABLED_ELDERLY,
    }
)
"""Groups that tell of somebody's health."""


class MonitoringIndicator(Code):
    """What is counted of monitoring 监测指标."""

    MONITORED_HOUSEHOLDS = "monitored_households", "未消除风险监测对象户数", "monitored households"
    MONITORED_PEOPLE = "monitored_people", "未消除风险监测对象人数", "monitored people"
    UNSTABLE_HOUSEHOLDS = "unstable_households", "脱贫不稳定户数", "unstable households"
    MARGINAL_HOUSEHOLDS = "marginal_households", "边缘易致贫户数", "marginal households"
    SUDDEN_HOUSEHOLDS = "sudden_households", "突发严重困难户数", "households in sudden grave difficulty"
    IDENTIFIED = "identified", "累计识别纳入户数", "ever admitted", "admissions; a household may have several"
    ADMITTED = "admitted", "本月新增纳入户数", "admitted in the month"
    ELIMINATED = "eliminated", "本月风险消除户数", "risk eliminated in the month"
    ELIMINATION_RATE = "elimination_rate", "风险消除率", "share of risks eliminated", "watched, not aimed at"
    IDENTIFIED_IN_TIME_RATE = "identified_in_time_rate", "识别时限达标率", "identified in time"
    CLUE_ANSWERED_RATE = "clue_answered_rate", "预警线索核查反馈率", "clues answered"
    MEASURES_IN_TIME_RATE = "measures_in_time_rate", "帮扶措施及时落实率", "measures in time"
    DEVELOPMENT_RATE = "development_rate", "有劳动力监测户开发式帮扶覆盖率", "covered by help to work and produce"
    SAFETY_NET_RATE = "safety_net_rate", "无劳动力监测户兜底覆盖率", "covered by relief"
    PATROL_RATE = "patrol_rate", "走访达标率", "seen often enough"
    MONITORED_SHARE = "monitored_share", "监测人口占比", "share of monitored people"
    FOCUS_VILLAGES = "focus_villages", "重点监测村数", "villages in focus"
    BELOW_10000 = "below_10000", "人均纯收入低于1万元户数", "low income"
    LIFTED_INCOME = "lifted_income", "脱贫户人均纯收入", "income of lifted households per head"
    LIFTED_INCOME_GROWTH = "lifted_income_growth", "脱贫户人均纯收入增速", "growth of lifted income"
    MONITORED_INCOME = "monitored_income", "监测户人均纯收入", "income of monitored households per head"
    MONITORED_INCOME_GROWTH = "monitored_income_growth", "监测户人均纯收入增速", "growth of monitored income"
    DROPOUTS = "dropouts", "义务教育失学辍学人数", "out of school", "dropped out or not enrolled"
    INSURED_RATE = "insured_rate", "基本医保参保率", "insured"
    REIMBURSED_RATE = "reimbursed_rate", "因病户医疗费用报销比例", "reimbursed of the ill"
    UNSAFE_HOUSING_OPEN = "unsafe_housing_open", "未清零危房户数", "unsafe houses"
    TAP_WATER_RATE = "tap_water_rate", "自来水普及率", "on tap water"
    CENTRAL_WATER_RATE = "central_water_rate", "集中供水率", "on central supply", "those on tap water among them"
    FINDINGS_OPEN = "findings_open", "疑点数据数", "open findings"
    FINDINGS_CLEARED_RATE = "findings_cleared_rate", "疑点清零率", "findings cleared"
