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

    JOB_LOSS = "job_loss"
    """失业: the last member of the household who was placed in work lost that work."""


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
    """预警自动解除: the cause is gone; the same kind may open again. 风险消除 is an act of people."""


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

    @property
    def is_able(self) -> bool:
        """有劳动能力: whoever can work, also in part."""
        return self in (Labour.ORDINARY, Labour.SKILLED, Labour.WEAK)


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


class MeasureKind(StrEnum):
    """What help a task asks for 帮扶措施."""

    JOB = "job"
    """就业帮扶: work for one member; employment answers."""

    PURCHASE = "purchase"
    """消费帮扶: somebody who buys what the household makes; consumption answers."""

    ASSET_SHARE = "asset_share"
    """资产收益帮扶: a share of what a village asset earns; assets answers."""

    TRANSFER = "transfer"
    """现金救助: cash, which assistance disburses itself."""


class MeasureStatus(StrEnum):
    """Where a measure stands 措施状态."""

    REQUESTED = "requested"
    """已申请: nobody has answered."""

    ACCEPTED = "accepted"
    """已受理: somebody is at it."""

    REFUSED = "refused"
    """无法满足: it cannot be met, and the reason says why."""

    COMPLETED = "completed"
    """已落实: the help reached the household."""

    CANCELLED = "cancelled"
    """已取消: its task closed before."""


class RefusalReason(StrEnum):
    """Why a measure cannot be met 无法满足原因. A code and never free text: it travels on the bus."""

    NO_OFFER = "no_offer"
    """无合适资源: there is nothing that fits."""

    NOT_ELIGIBLE = "not_eligible"
    """不符合条件."""

    DECLINED = "declined"
    """本人不愿: the household does not want it."""

    OTHER = "other"
    """其他."""


class VacancyKind(StrEnum):
    """Where work is offered 岗位类型."""

    MARKET = "market"
    """市场岗位: a firm, often in the partner city."""

    WORKSHOP = "workshop"
    """帮扶车间."""

    PUBLIC_POST = "public_post"
    """公益性岗位."""


class WorkerStatus(StrEnum):
    """Whether a worker has work 就业状态."""

    IDLE = "idle"
    """待就业."""

    OFFERED = "offered"
    """已匹配: a placement is made and has not begun."""

    EMPLOYED = "employed"
    """已就业."""


class PlacementStatus(StrEnum):
    """Where a placement stands 输送状态."""

    PLACED = "placed"
    """已匹配."""

    DEPARTED = "departed"
    """已输送: on the way."""

    STARTED = "started"
    """已上岗."""

    ENDED = "ended"
    """已离岗."""


class PlacementAction(StrEnum):
    """What is done with a placement 输送操作."""

    DEPART = "depart"
    """输送."""

    START = "start"
    """上岗."""

    END = "end"
    """离岗: needs a reason."""


class PlacementEndReason(StrEnum):
    """Why a placement ended 离岗原因."""

    FINISHED = "finished"
    """合同期满."""

    DISMISSED = "dismissed"
    """被辞退."""

    ILLNESS = "illness"
    """因病."""

    FAMILY = "family"
    """家庭原因."""

    LEFT_HOUSEHOLD = "left_household"
    """离户: the worker died or belongs to the household no more."""

    OTHER = "other"
    """其他."""


class ProducerKind(StrEnum):
    """Who supplies a product 供应主体类型."""

    HOUSEHOLD = "household"
    """农户."""

    COOPERATIVE = "cooperative"
    """合作社."""

    FIRM = "firm"
    """龙头企业."""


class OrderStatus(StrEnum):
    """Where an order stands 订单状态."""

    PLACED = "placed"
    """已下单: stock is reserved."""

    ACCEPTED = "accepted"
    """已接单."""

    SHIPPED = "shipped"
    """已发货."""

    RECEIVED = "received"
    """已收货: what arrived is known line by line."""

    DISPUTED = "disputed"
    """有争议: what arrived is contested."""

    SETTLED = "settled"
    """已结算: the money is split and on its way home."""

    CANCELLED = "cancelled"
    """已取消: the stock is given back."""


class OrderAction(StrEnum):
    """What is done with an order 订单操作."""

    ACCEPT = "accept"
    """接单."""

    SHIP = "ship"
    """发货."""

    RECEIVE = "receive"
    """收货."""

    SETTLE = "settle"
    """结算."""

    CANCEL = "cancel"
    """取消."""

    DISPUTE = "dispute"
    """提出争议."""


class AssetClass(StrEnum):
    """Class of an asset 资产类别."""

    OPERATING = "operating"
    """经营性资产."""

    PUBLIC = "public"
    """公益性资产."""

    HOUSEHOLD = "household"
    """到户类资产."""


class AssetRight(StrEnum):
    """The five rights in an asset 五权."""

    OWNER = "owner"
    """所有权."""

    OPERATOR = "operator"
    """经营权."""

    BENEFICIARY = "beneficiary"
    """收益权."""

    DISPOSER = "disposer"
    """处置权."""

    SUPERVISOR = "supervisor"
    """监督权."""


class DistributionReason(StrEnum):
    """Why a household has a share in a distribution 分配理由."""

    NO_LABOUR = "no_labour"
    """无劳动能力."""

    POST = "post"
    """公益岗位劳动报酬."""

    SHARE = "share"
    """股份分红."""

    HARDSHIP = "hardship"
    """困难救助."""


class DistributionStatus(StrEnum):
    """Where a distribution of an asset's income stands 收益分配状态."""

    DRAFT = "draft"
    """村集体提出方案."""

    VOTED = "voted"
    """民主决策通过."""

    PUBLISHED = "published"
    """公示中."""

    APPROVED = "approved"
    """乡镇审批通过."""

    FILED = "filed"
    """县级备案."""

    PAID = "paid"
    """已发放."""


class DistributionAction(StrEnum):
    """What is done with a distribution 收益分配操作."""

    VOTE = "vote"
    """民主决策."""

    PUBLISH = "publish"
    """公示."""

    OBJECT = "object"
    """提出异议: back to the draft."""

    APPROVE = "approve"
    """乡镇审批."""

    FILE = "file"
    """县级备案."""

    PAY = "pay"
    """发放."""


class HouseholdEndReason(StrEnum):
    """Why a household is no more 农户注销原因."""

    DIED = "died"
    """人员全部死亡."""
    MOVED = "moved"
    """整户迁出."""
    MERGED = "merged"
    """并入他户."""
    OTHER = "other"
    """其他."""


class WithdrawalReason(StrEnum):
    """Why something that was said is withdrawn 撤回原因."""

    WRONG_HOUSEHOLD = "wrong_household"
    """户填错."""
    WRONG_PERSON = "wrong_person"
    """人填错."""
    WRONG_AMOUNT = "wrong_amount"
    """金额填错."""
    DUPLICATE = "duplicate"
    """重复上报."""
    OTHER = "other"
    """其他."""


class RecordStatus(StrEnum):
    """Whether what was said still counts 记录状态."""

    STANDS = "stands"
    """有效."""
    SUPERSEDED = "superseded"
    """已更正: a correction took its place."""
    WITHDRAWN = "withdrawn"
    """已撤回: it should never have been."""
