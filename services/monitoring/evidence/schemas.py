"""The facts of the domain, validated: the same values, whether a route, an event or a file brings them."""

from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StrictBool,
    TypeAdapter,
    model_validator,
)

from shared.codes.monitoring import ExpenseKind, IncomeBranch
from shared.codes.records import WithdrawalReason
from shared.http.fields import Body, Day, HouseholdCode, Identifier, MemberNo, Reference, Source, Text
from shared.ids import derived_id
from shared.money import Yuan
from shared.months import Month

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
"""The union of fact types; a new type is a class here and a posting in `ledger/rules/postings.py`."""


def fact_id_of(fact: AnyFact) -> UUID:
    """The id of a fact: one for one source and reference."""
    return derived_id("fact", fact.source, fact.source_ref)


def reference_id(reference: FactReference) -> UUID:
    """The id of the fact that a reference names."""
    return derived_id("fact", reference.source, reference.source_ref)
