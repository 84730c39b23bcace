"""Income 收入 of a household."""

from collections.abc import Mapping
from typing import Final, Literal
from uuid import UUID

from pydantic import Field, model_validator

from services.monitoring.evidence.kept import Posting
from services.monitoring.evidence.schemas import MonthSent, ReportedFact, Statement
from services.monitoring.evidence.types import EvidenceType
from shared.codes.monitoring import IncomeBranch, RiskKind
from shared.findings import WrongValue
from shared.money import Yuan, format_yuan
from shared.months import format_month
from shared.words.said import says

_COLUMN_OF: Final[Mapping[IncomeBranch, str]] = {
    IncomeBranch.WAGE: "wage",
    IncomeBranch.OPERATING: "operating",
    IncomeBranch.PROPERTY: "property_",
    IncomeBranch.TRANSFER: "transfer",
}


class IncomePayload(Statement):
    """Income 收入 of one branch in one month; a zero is recorded as 0.00 and is not the same as no record."""

    branch: IncomeBranch
    month: MonthSent
    amount: Yuan
    operating_cost: Yuan = Field("0.00", validate_default=True)
    """生产经营性支出: only beside operating income."""

    @model_validator(mode="after")
    def _cost_belongs_to_operating(self) -> "IncomePayload":
        if self.operating_cost and self.branch is not IncomeBranch.OPERATING:
            raise WrongValue(says("cost-of-another-branch"))
        return self


class IncomeFact(ReportedFact):
    """An income fact."""

    type: Literal["income"]
    payload: IncomePayload

    def said(self) -> str:
        """What it says, as it is kept: what the model writes, in a quarter of the time."""
        said = self.payload
        month, amount, cost = format_month(said.month), format_yuan(said.amount), format_yuan(said.operating_cost)
        return f'{{"branch":"{said.branch}","month":"{month}","amount":"{amount}","operating_cost":"{cost}"}}'

    def posting(self, person_id: UUID | None) -> Posting:
        """Its branch and cost in the sums of its month, which is known from then on."""
        said = self.payload
        sums = {_COLUMN_OF[said.branch]: said.amount, "operating_cost": said.operating_cost, "income_facts": 1}
        return Posting(months={said.month: sums})

    def month_named(self) -> int:
        """The month of the income."""
        return self.payload.month

    def income_of_month(self) -> int:
        """The amount, before any cost."""
        return self.payload.amount


INCOME: Final = EvidenceType(
    "income",
    fact=IncomeFact,
    speaks_for=frozenset({RiskKind.BELOW_LINE, RiskKind.INCOME_DROP, RiskKind.RIGID_EXPENSE}),
)
