"""HTTP bodies of monitoring, in and out."""

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
)

from shared.contracts.codes import (
    RiskGrade,
    RiskKind,
    RiskStatus,
    TaskVerdict,
)
from shared.money import SignedFenAsYuan
from shared.months import Month


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
    updated_at: dt.datetime = Field(description="When it changed last, its verdict included")


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
