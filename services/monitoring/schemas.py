"""HTTP bodies of monitoring, in and out."""

import datetime as dt
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    TypeAdapter,
    field_validator,
    model_validator,
)

from services.monitoring.models import FactMode
from shared.contracts.codes import (
    ExpenseKind,
    Health,
    HouseholdCategory,
    IncomeBranch,
    Labour,
    Relation,
    RiskGrade,
    RiskKind,
    RiskStatus,
    Sex,
    TaskVerdict,
)
from shared.http.fields import Body, Day, HouseholdCode, MemberNo, Reference, RegionCode, Source, Text
from shared.money import SignedFenAsYuan, Yuan
from shared.months import Month

MAX_FACTS = 1000
MAX_MEMBERS = 30


def _text_only(value: object) -> object:
    if isinstance(value, str):
        return value
    raise ValueError("a month is written as text YYYY-MM, for example 2026-05")


MonthSent = Annotated[Month, BeforeValidator(_text_only)]
"""A month sent to us: text, never the number we keep inside."""


class MemberIn(Body):
    """A member 家庭成员 as registered."""

    member_no: MemberNo
    name: Text = Field(max_length=64)
    relation: Relation
    sex: Sex
    birth_date: Day
    id_number: str | None = Field(
        None, min_length=18, max_length=18, description="Resident identity number 公民身份号码"
    )
    labour: Labour
    health: Health
    student: StrictBool = False


class HouseholdIn(Body):
    """A household 农户 as registered; the whole of it, every time."""

    region_code: RegionCode
    category: HouseholdCategory
    relocated: StrictBool = False
    dibao: StrictBool = False
    registered_on: Day
    members: list[MemberIn] = Field(min_length=1, max_length=MAX_MEMBERS)

    @field_validator("members")
    @classmethod
    def _members_are_distinct(cls, members: list[MemberIn]) -> list[MemberIn]:
        if len({member.member_no for member in members}) < len(members):
            raise ValueError("two members carry the same member_no")
        return members


class MemberOut(BaseModel):
    """A member; name and identity number are masked unless the caller holds `monitoring:pii`."""

    model_config = ConfigDict(from_attributes=True)

    member_no: int
    name: str
    relation: Relation
    sex: Sex
    birth_date: dt.date
    id_number: str | None
    labour: Labour
    health: Health
    student: bool


class HouseholdOut(BaseModel):
    """A registered household."""

    model_config = ConfigDict(from_attributes=True)

    household_code: str
    region_code: str
    category: HouseholdCategory
    relocated: bool
    dibao: bool
    registered_on: dt.date
    version: int
    members: list[MemberOut]
    warnings: list[str] = Field(default=[], description="What should be checked at home; it does not stand in the way")


class FactReference(Body):
    """Names a fact by who said it and under which reference."""

    source: Source = Field(examples=["medical-insurance"])
    source_ref: Reference


class IncomePayload(Body):
    """Income 收入 of one branch in one month; a zero is recorded as 0.00 and is not the same as no record."""

    branch: IncomeBranch
    month: MonthSent
    amount: Yuan
    operating_cost: Yuan = Field("0.00", validate_default=True)
    """生产经营性支出: only beside operating income."""

    @model_validator(mode="after")
    def _cost_belongs_to_operating(self) -> "IncomePayload":
        if self.operating_cost and self.branch is not IncomeBranch.OPERATING:
            raise ValueError("operating_cost belongs to the branch operating")
        return self


class ExpensePayload(Body):
    """Expense 支出 of one month."""

    kind: ExpenseKind
    month: MonthSent
    amount: Yuan
    self_paid_compliant: Yuan = Field("0.00", validate_default=True)
    """合规自付支出: what the household bears itself under the rules."""
    reimbursed: Yuan = Field("0.00", validate_default=True)

    @model_validator(mode="after")
    def _parts_fit_the_whole(self) -> "ExpensePayload":
        if max(self.self_paid_compliant, self.reimbursed) > self.amount:
            raise ValueError("self_paid_compliant and reimbursed are each part of amount")
        return self


class IllnessPayload(Body):
    """Diagnosis 疾病诊断 of a member."""

    code: Text = Field(max_length=32, examples=["C34.9"], description="ICD-10 code")
    name: Text = Field(max_length=128)
    serious: StrictBool = Field(description="The source calls it a serious illness")
    main_earner: StrictBool = Field(False, description="The member is a main earner of the household")


class _FactBase(Body):
    source: Source = Field(examples=["medical-insurance"])
    source_ref: Reference
    household_code: HouseholdCode
    member_no: MemberNo | None = None
    observed_on: Day
    supersedes: FactReference | None = None


class IncomeFact(_FactBase):
    """An income fact."""

    type: Literal["income"]
    payload: IncomePayload


class ExpenseFact(_FactBase):
    """An expense fact."""

    type: Literal["expense"]
    payload: ExpensePayload


class IllnessFact(_FactBase):
    """An illness fact."""

    type: Literal["illness"]
    payload: IllnessPayload


FactIn = Annotated[IncomeFact | ExpenseFact | IllnessFact, Field(discriminator="type")]
FACT_TYPES = frozenset({"income", "expense", "illness"})
FACT: TypeAdapter[IncomeFact | ExpenseFact | IllnessFact] = TypeAdapter(FactIn)
"""The union of fact types; a new type is a class here and a posting in `commands/ledger.py`."""


class FactBatch(Body):
    """Up to 1,000 facts; each is answered on its own unless `atomic`."""

    mode: FactMode = FactMode.LIVE
    atomic: StrictBool = Field(False, description="Store all or, if any is refused, none")
    facts: list[Any] = Field(min_length=1, max_length=MAX_FACTS)


class FactBatchDocument(FactBatch):
    """The batch as documented: every item is a fact."""

    facts: list[FactIn] = Field(min_length=1, max_length=MAX_FACTS)


class FactStored(BaseModel):
    """The answer to one fact."""

    fact_id: UUID
    status: Literal["stored", "duplicate"]


class FactItem(BaseModel):
    """The answer to one fact of a batch."""

    index: int
    status: int = Field(examples=[201], description="201 stored, 200 the same again, or the refusal: 404, 409, 422")
    fact_id: UUID | None
    problem: dict[str, Any] | None


class FactBatchAnswer(BaseModel):
    """The answer to a batch."""

    accepted: int
    duplicate: int
    rejected: int
    items: list[FactItem]


class Window(BaseModel):
    """Months, both included."""

    model_config = ConfigDict(populate_by_name=True)

    first: Month = Field(serialization_alias="from")
    last: Month = Field(serialization_alias="to")


class Branches(BaseModel):
    """Income by branch."""

    wage: SignedFenAsYuan
    operating: SignedFenAsYuan
    property: SignedFenAsYuan
    transfer: SignedFenAsYuan


class Coverage(BaseModel):
    """Which months of the window are known."""

    known: int
    missing: list[Month]


class Line(BaseModel):
    """The income line 监测范围 of the decision date, per head and year."""

    value: str
    reference: str
    status: Literal["in_force", "announced", "assumed"]


class IncomeOut(BaseModel):
    """The income of a household in the window of a date."""

    window: Window
    members: int
    branches: Branches
    operating_cost: SignedFenAsYuan
    net_income: SignedFenAsYuan
    per_head: SignedFenAsYuan
    compliant_self_paid: SignedFenAsYuan
    coverage: Coverage
    line: Line
    pack: str


class ReasonOut(BaseModel):
    """Why: the rule, a sentence, the figures it saw and the parameters with their sources."""

    rule: str
    text: str
    inputs: dict[str, Any]
    parameters: list[dict[str, Any]]


class RiskOut(BaseModel):
    """A risk 风险 with its reasons."""

    model_config = ConfigDict(from_attributes=True)

    risk_id: UUID
    household_code: str
    region_code: str
    kind: RiskKind
    grade: RiskGrade
    status: RiskStatus
    episode: int
    opened_at: dt.datetime
    cleared_at: dt.datetime | None
    reasons: list[ReasonOut]
    verdict: TaskVerdict | None
    event_id: UUID


class VerdictOut(BaseModel):
    """What one rule says today."""

    kind: RiskKind
    outcome: Literal["fires", "clear", "insufficient_data", "undecided"]
    grade: RiskGrade | None
    reasons: list[ReasonOut]
    missing_months: list[Month]


class VerdictsOut(BaseModel):
    """What every rule says about a household on a date."""

    household_code: str
    as_of: dt.date
    pack: str
    verdicts: list[VerdictOut]
