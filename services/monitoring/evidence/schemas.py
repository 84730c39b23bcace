"""Facts as they are sent and answered."""

import datetime as dt
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    TypeAdapter,
    model_validator,
)

from services.monitoring.models import FactMode
from shared.contracts.codes import (
    ExpenseKind,
    IncomeBranch,
    RiskKind,
    RiskStatus,
    TaskVerdict,
    WithdrawalReason,
)
from shared.http.fields import Body, Day, HouseholdCode, Identifier, MemberNo, Reference, Source, Text
from shared.money import Yuan
from shared.months import Month

MAX_FACTS = 1000
WITHDRAWAL: Final = "withdrawal"
"""The type of a fact that takes another one back."""


def _text_only(value: object) -> object:
    if isinstance(value, str):
        return value
    raise ValueError("a month is written as text YYYY-MM, for example 2026-05")


MonthSent = Annotated[Month, BeforeValidator(_text_only)]
"""A month sent to us: text, never the number we keep inside."""


DiagnosisCode = Annotated[
    Identifier,
    AfterValidator(str.upper),
    Field(max_length=32, examples=["C34.9"], description="ICD-10 code; kept in capitals"),
]
"""A diagnosis code 疾病编码: one spelling, in capitals."""


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

    """What an insurance or a fund paid. Both parts together are at most the amount."""

    @model_validator(mode="after")
    def _each_part_fits(self) -> "ExpensePayload":
        if max(self.self_paid_compliant, self.reimbursed) > self.amount:
            raise ValueError("self_paid_compliant and reimbursed are each part of amount")
        return self


class IllnessPayload(Body):
    """Diagnosis 疾病诊断 of a member."""

    code: DiagnosisCode
    name: Text = Field(max_length=128)
    serious: StrictBool = Field(description="The source calls it a serious illness")
    main_earner: StrictBool = Field(False, description="The member is a main earner of the household")


class WithdrawalPayload(Body):
    """Why what was said should never have been said."""

    reason: WithdrawalReason


class _FactBase(Body):
    source: Source = Field(examples=["medical-insurance"])
    source_ref: Reference
    household_code: HouseholdCode
    member_no: MemberNo | None = None
    observed_on: Day
    supersedes: FactReference | None = None
    confirmed: Text | None = Field(
        None, max_length=500, description="Why an amount that looks like a slip is right; kept with the fact"
    )


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


class WithdrawalFact(_FactBase):
    """A fact is taken back 撤回: what only it made known is unknown again. That is not the same as reporting zero."""

    type: Literal["withdrawal"]
    supersedes: FactReference = Field(description="The fact that is withdrawn")
    payload: WithdrawalPayload


LedgerFact = IncomeFact | ExpenseFact | IllnessFact
"""What says something about a household."""
AnyFact = LedgerFact | WithdrawalFact
FactIn = Annotated[AnyFact, Field(discriminator="type")]
FACT_TYPES = frozenset({"income", "expense", "illness", "withdrawal"})
FACT: TypeAdapter[AnyFact] = TypeAdapter(FactIn)
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
    source: str | None = Field(description="As it was sent; null where it is no text")
    source_ref: str | None = Field(description="As it was sent; null where it is no text")
    status: int = Field(examples=[201], description="201 stored, 200 the same again, or why not: 403, 404, 409, 422")
    fact_id: UUID | None
    problem: dict[str, Any] | None


class FactBatchAnswer(BaseModel):
    """The answer to a batch."""

    accepted: int
    duplicate: int
    rejected: int
    items: list[FactItem]


class FactRisk(BaseModel):
    """A risk that a fact led to, with what became of it."""

    model_config = ConfigDict(from_attributes=True)

    risk_id: UUID
    kind: RiskKind
    episode: int
    status: RiskStatus
    verdict: TaskVerdict | None = Field(description="What the visit found; null until its task closes")


class FactOut(BaseModel):
    """A fact as it is kept, and what it led to: the answer to whoever brought it."""

    fact_id: UUID
    source: str
    source_ref: str
    household_code: str
    region_code: str = Field(description="Where the household lives now")
    member_no: int | None = Field(description="Null without `monitoring:pii` where it would tell who is ill")
    type: Literal["income", "expense", "illness", "withdrawal"]
    observed_on: dt.date
    payload: dict[str, Any] = Field(description="As sent; without `monitoring:pii` a diagnosis shows `serious` alone")
    confirmed: str | None = Field(description="Why an unlikely amount is right; null without `monitoring:pii`")
    mode: FactMode
    status: Literal["stands", "superseded", "withdrawn"]
    supersedes: UUID | None = Field(description="The fact this one corrects or withdraws")
    superseded_by: UUID | None = Field(description="The fact that corrected or withdrew this one")
    recorded_by: str = Field(description="The client that brought it")
    recorded_at: dt.datetime
    updated_at: dt.datetime = Field(description="When the fact, or what became of a risk it led to, changed last")
    risks: list[FactRisk] = Field(description="The risks whose last changes it explains")
