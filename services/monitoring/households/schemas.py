"""Households as they are sent and answered, their income, and what the rules say about them."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, field_validator

from services.monitoring.ledger.rules.income import IncomeStatement
from services.monitoring.models.households import Household
from services.monitoring.persons.rules import RegisteredMember
from services.monitoring.risks.schemas import VerdictOut
from shared.codes.monitoring import Health, HouseholdCategory, HouseholdEndReason, Labour, Relation, Sex
from shared.findings import Finding, WrongValue
from shared.http.fields import Body, Day, HouseholdCode, Identifier, MemberNo, RegionCode, Remark, Text
from shared.money import SignedFenAsYuan
from shared.months import Month
from shared.policy.parameters import ParameterValue
from shared.words.said import says

MAX_MEMBERS = 30
_ID_LENGTH = 18
_NEEDED_OF_NEW = "Needed of a new member; left out, what is registered stays"
IdNumber = Annotated[Identifier, Field(min_length=_ID_LENGTH, max_length=_ID_LENGTH)]


class MemberIn(Body):
    """A member 家庭成员 as registered. What the caller may not see is left out, and stays as it is registered."""

    member_no: MemberNo
    name: Text | None = Field(None, max_length=64, description=_NEEDED_OF_NEW)
    relation: Relation
    sex: Sex
    birth_date: Day | None = Field(None, description=_NEEDED_OF_NEW)
    birth_year: int | None = Field(None, strict=True, description="As it was shown: no other one is taken")
    id_number: IdNumber | None = Field(
        None,
        description="Resident identity number 公民身份号码. Left out, what is registered of the same person stays; "
        "null takes it away, for a caller who may see it",
    )
    labour: Labour
    health: Health | None = Field(None, description=_NEEDED_OF_NEW)
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
            raise WrongValue(says("one-member-number-twice"))
        return members


class HouseholdOfFile(HouseholdIn):
    """A household as the rows of a file say it, its code among them."""

    household_code: HouseholdCode


class MemberOut(BaseModel):
    """A member. Without `monitoring:pii` the name shows its first character and the identity number its first four."""

    model_config = ConfigDict(from_attributes=True)

    member_no: int
    name: str
    relation: Relation
    sex: Sex
    birth_date: dt.date | None = Field(description="Null without `monitoring:pii`")
    birth_year: int
    id_number: str | None
    labour: Labour
    health: Health | None = Field(description="Null without `monitoring:pii`")
    student: bool


class HouseholdOut(BaseModel):
    """A registered household."""

    household_code: str
    region_code: str
    category: HouseholdCategory
    relocated: bool
    dibao: bool
    registered_on: dt.date
    version: int
    updated_at: dt.datetime = Field(description="When it was put or ended last")
    members: list[MemberOut]
    ended_on: dt.date | None = Field(None, description="The day from which it is no more 注销日期")
    end_reason: HouseholdEndReason | None = None
    end_note: str | None = Field(None, description="Null without `monitoring:pii`")
    warnings: list[str] = Field(default=[], description="What should be checked at home; it does not stand in the way")

    @classmethod
    def of(cls, household: Household, members: Sequence[RegisteredMember], warnings: Sequence[Finding]) -> Self:
        """The household as whoever may see everything is shown it."""
        return cls(
            household_code=household.code,
            region_code=household.region_code,
            category=household.category,
            relocated=household.relocated,
            dibao=household.dibao,
            registered_on=household.registered_on,
            version=household.version,
            updated_at=household.updated_at,
            members=[MemberOut.model_validate(member) for member in members],
            ended_on=household.ended_on,
            end_reason=household.end_reason,
            end_note=household.end_note,
            warnings=[warning.as_warning() for warning in warnings],
        )


class EndIn(Body):
    """The end of a household 农户注销."""

    on: Day = Field(description="The day from which it is no more")
    reason: HouseholdEndReason
    note: Remark | None = Field(None, min_length=1, description="For whoever may see personal data")


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

    @classmethod
    def of(cls, statement: IncomeStatement, line: ParameterValue, pack: str) -> Self:
        """The income statement beside the line of the day."""
        return cls(
            window=Window(first=statement.first, last=statement.last),
            members=statement.members,
            branches=Branches(**{branch.value: amount for branch, amount in statement.branches.items()}),
            operating_cost=statement.operating_cost,
            net_income=statement.net,
            per_head=statement.per_head or 0,
            compliant_self_paid=statement.compliant_self_paid,
            coverage=Coverage(known=statement.known, missing=list(statement.missing)),
            line=Line(value=f"{line.value:.2f}", reference=line.reference, status=line.status.value),
            pack=pack,
        )


class VerdictsOut(BaseModel):
    """What every rule says about a household on a date."""

    household_code: str
    as_of: dt.date
    pack: str
    verdicts: list[VerdictOut]
