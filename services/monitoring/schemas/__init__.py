"""HTTP bodies of monitoring, in and out."""

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    field_validator,
)

from shared.contracts.codes import (
    Health,
    HouseholdCategory,
    Labour,
    Relation,
    RiskGrade,
    RiskKind,
    RiskStatus,
    Sex,
    TaskVerdict,
)
from shared.http.fields import Body, Day, MemberNo, RegionCode, Text
from shared.money import SignedFenAsYuan
from shared.months import Month

MAX_MEMBERS = 30


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
