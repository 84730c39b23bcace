"""Households as they are sent and answered, their income, and what the rules say about them."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, field_validator

from services.monitoring.ledger.rules.income import IncomeStatement
from services.monitoring.models.households import Household
from services.monitoring.persons.rules import RegisteredMember
from services.monitoring.risks.schemas import VerdictOut
from shared.codes.monitoring import (
    ExchangeSystem,
    Health,
    HouseholdCategory,
    HouseholdClass,
    HouseholdEndReason,
    Labour,
    Matter,
    MonitoringStatus,
    Relation,
    Sex,
)
from shared.findings import Finding, WrongValue
from shared.http.batches import MAX_ITEMS
from shared.http.fields import Body, Day, HouseholdCode, IdNumber, MemberNo, RegionCode, Remark, Text
from shared.identity import mask_name
from shared.money import SignedFenAsYuan
from shared.months import Month
from shared.policy.parameters import ParameterValue
from shared.words.said import says

MAX_MEMBERS = 30
_NEEDED_OF_NEW = "Needed of a new member; left out, what is registered stays"


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


class HouseholdListed(BaseModel):
    """A registered household, as lists show it."""

    household_code: str
    region_code: str
    category: HouseholdCategory
    relocated: bool
    dibao: bool
    registered_on: dt.date
    version: int
    members: list[MemberOut]
    member_count: int
    head_name: str | None = Field(description="Name of the head 户主, masked for everybody; null where there is none")
    open_risks: int = Field(0, description="How many of its risks are open")
    external_codes: dict[ExchangeSystem, str] = Field(
        default={}, description="Under which codes other platforms know it, by platform"
    )
    origin_region_code: str | None = Field(
        None, description="Where its land is 户籍地, where it moved away and kept it 人地分离"
    )
    ended_on: dt.date | None = Field(None, description="The day from which it is no more 注销日期")
    end_reason: HouseholdEndReason | None = None
    end_note: str | None = Field(None, description="Null without `monitoring:pii`")
    updated_at: dt.datetime = Field(description="When what is registered changed last, its members included")

    @classmethod
    def of_row(cls, household: Any, members: Sequence[RegisteredMember], **more: Any) -> Self:
        """A row of the register and its members, as whoever may see everything is shown them."""
        shown = [MemberOut.model_validate(member) for member in members]
        fields = {name: getattr(household, name) for name in _OF_THE_ROW}
        head = next((mask_name(member.name) for member in members if member.relation is Relation.HEAD), None)
        return cls(household_code=household.code, members=shown, head_name=head, **fields, **more)


_BESIDE_THE_ROW = {"household_code", "members", "head_name", "open_risks", "external_codes"}
_OF_THE_ROW = tuple(name for name in HouseholdListed.model_fields if name not in _BESIDE_THE_ROW)


class MonitoringOut(BaseModel):
    """Where a household stands in monitoring 监测状态."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True, from_attributes=True)

    status: MonitoringStatus = MonitoringStatus.NONE
    household_class: HouseholdClass | None = Field(None, alias="class", description="监测对象类别, as it was admitted")
    episode: int = Field(0, description="How often it was admitted")
    admitted_on: dt.date | None = Field(None, description="纳入日期: the day the county approved")
    eliminated_on: dt.date | None = Field(None, description="风险消除日期: the day the county approved")
    watch_until: dt.date | None = Field(None, description="The last day on which the elimination can be rolled back")


class HouseholdOut(HouseholdListed):
    """A registered household, with what should be checked about it."""

    monitoring: MonitoringOut = MonitoringOut()
    warnings: list[str] = Field(default=[], description="What should be checked at home; it does not stand in the way")

    @classmethod
    def of(cls, household: Household, members: Sequence[RegisteredMember], warnings: Sequence[Finding]) -> Self:
        """The household as whoever may see everything is shown it."""
        return cls.of_row(household, members, warnings=[warning.as_warning() for warning in warnings])


class HouseholdInBatch(HouseholdIn):
    """A household of a batch, its code among the rest."""

    household_code: HouseholdCode
    version: int | None = Field(
        None, strict=True, ge=1, description="Change it only while this version is registered; else 409 for the item"
    )


class HouseholdBatchIn(Body):
    """Up to 1,000 households; each is answered on its own."""

    households: list[Any] = Field(min_length=1, max_length=MAX_ITEMS)


class HouseholdBatchDocument(HouseholdBatchIn):
    """The batch as documented: every item is a household."""

    households: list[HouseholdInBatch] = Field(min_length=1, max_length=MAX_ITEMS)


class HouseholdItem(BaseModel):
    """The answer to one household of a batch."""

    index: int
    household_code: str | None = Field(description="As it was sent; null where it is no text")
    status: int = Field(examples=[201], description="201 new, 200 registered before, or why not: 403, 404, 409, 422")
    result: Literal["created", "changed", "unchanged"] | None
    version: int | None = Field(description="The version that is registered now")
    warnings: list[str] = Field(description="What should be checked at home; it does not stand in the way")
    problem: dict[str, Any] | None


class HouseholdBatchAnswer(BaseModel):
    """The answer to a batch."""

    created: int
    changed: int
    unchanged: int
    rejected: int
    items: list[HouseholdItem] = Field(description="In the order sent; with `return=rejected` those that were refused")


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


class Civil(BaseModel):
    """Income as civil affairs 民政 reckon it: net income less what cannot be avoided."""

    per_head: SignedFenAsYuan
    deducted: SignedFenAsYuan = Field(description="Compliant self-paid expense, and the cost of going to work 务工成本")


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
    civil: Civil
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
            civil=Civil(per_head=statement.civil_per_head or 0, deducted=statement.civil_deducted),
            line=Line(value=f"{line.value:.2f}", reference=line.reference, status=line.status.value),
            pack=pack,
        )


class JurisdictionOut(BaseModel):
    """Which place cares for a household in a matter 人地分离."""

    household_code: str
    matter: Matter
    region_code: str
    reference: str = Field(description="The document that says so, and where in it")
    status: Literal["in_force", "announced", "assumed"]


class VerdictsOut(BaseModel):
    """What every rule says about a household on a date."""

    household_code: str
    as_of: dt.date
    pack: str
    verdicts: list[VerdictOut]
