"""Code lists that are published: every house and every outside reader knows these identifiers by the same meaning.

A code is never renamed or reused. The Chinese term of the field stands below each member.
"""

from enum import StrEnum


class RiskKind(StrEnum):
    """What threatens a household 风险类型. A household has at most one open risk of each kind."""

    BELOW_LINE = "below_line"
    """收入低于监测线: net income per head of the window is below the income line 监测范围."""

    INCOME_DROP = "income_drop"
    """收入骤减: income fell sharply against the same months of the year before."""

    RIGID_EXPENSE = "rigid_expense"
    """刚性支出过大: compliant self-paid expense pushes a household under the line (突发严重困难 in the making)."""

    NEW_ILLNESS = "new_illness"
    """新发大病: a member fell seriously ill, or pays more for medical care than the household can be expected to."""


class RiskGrade(StrEnum):
    """How urgent a risk is 预警等级."""

    ORANGE = "orange"
    """橙色预警: needs help."""

    RED = "red"
    """红色预警: needs help first."""


class RiskStatus(StrEnum):
    """Where one episode of a risk stands 风险状态."""

    OPEN = "open"
    """存续: the cause holds."""

    CLEARED = "cleared"
    """已消除: the cause is gone; the same kind may open again as the next episode."""


class IncomeBranch(StrEnum):
    """The four branches of household income 收入构成."""

    WAGE = "wage"
    """工资性收入: pay for work."""

    OPERATING = "operating"
    """生产经营性收入: gross receipts of the household's own production; its cost is recorded beside it."""

    PROPERTY = "property"
    """财产性收入: dividends, rent, transfer of land use."""

    TRANSFER = "transfer"
    """转移性收入: benefits, pensions, subsidies."""


class ExpenseKind(StrEnum):
    """What an expense was for 支出类型."""

    MEDICAL = "medical"
    """医疗支出."""

    EDUCATION = "education"
    """教育支出."""

    HOUSING = "housing"
    """住房支出."""

    DISASTER = "disaster"
    """因灾支出."""

    ACCIDENT = "accident"
    """意外事故支出."""

    OTHER = "other"
    """其他支出."""


class HouseholdCategory(StrEnum):
    """Whether a household was once on the poverty register 户类型; policies give the two different thresholds."""

    ORDINARY = "ordinary"
    """一般农户: never on the register."""

    LIFTED = "lifted"
    """脱贫户: was on the register and left it."""


class Relation(StrEnum):
    """Relation of a member to the head of the household 与户主关系."""

    HEAD = "head"
    """户主."""

    SPOUSE = "spouse"
    """配偶."""

    CHILD = "child"
    """子女."""

    PARENT = "parent"
    """父母."""

    OTHER = "other"
    """其他."""


class Sex(StrEnum):
    """Sex of a member 性别."""

    MALE = "M"
    """男."""

    FEMALE = "F"
    """女."""


class Labour(StrEnum):
    """Ability of a member to work 劳动技能."""

    ORDINARY = "ordinary"
    """普通劳动力."""

    SKILLED = "skilled"
    """技能劳动力."""

    WEAK = "weak"
    """弱劳动力或半劳动力."""

    LOST = "lost"
    """丧失劳动力: could work once."""

    NONE = "none"
    """无劳动力: a child, a pupil, an old person."""


class Health(StrEnum):
    """Health of a member 健康状况."""

    HEALTHY = "healthy"
    """健康."""

    CHRONIC = "chronic"
    """长期慢性病."""

    SERIOUS = "serious"
    """患有大病."""

    DISABLED = "disabled"
    """重度残疾."""


class TaskStatus(StrEnum):
    """Where an assistance task stands 帮扶任务状态."""

    OPEN = "open"
    """待受理: opened by a risk, nobody has it in hand."""

    ACCEPTED = "accepted"
    """已受理: its owner knows of it."""

    IN_PROGRESS = "in_progress"
    """核查中: the household is being visited."""

    VERIFIED = "verified"
    """已核实: the visit has a verdict."""

    CLOSED = "closed"
    """已办结."""


class TaskVerdict(StrEnum):
    """What the visit to the household found 核实结论."""

    CONFIRMED = "confirmed"
    """风险属实: the risk is real."""

    NO_RISK = "no_risk"
    """无风险: the household can cope by itself, or the clue was wrong."""


class TaskAction(StrEnum):
    """What an officer can do with a task 任务操作."""

    ACCEPT = "accept"
    """受理."""

    START = "start"
    """开始核查."""

    VERIFY = "verify"
    """核实: needs a verdict."""

    CLOSE = "close"
    """办结."""

    REOPEN = "reopen"
    """重新打开."""
