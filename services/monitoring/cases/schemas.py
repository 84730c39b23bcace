"""HTTP bodies of cases, in and out."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool, field_validator

from shared.codes.monitoring import (
    CaseAction,
    CaseChange,
    CaseKind,
    CaseRefusal,
    CaseStatus,
    EliminationCriterion,
    EliminationManner,
    HouseholdClass,
    RiskKind,
    RollBackReason,
)
from shared.findings import WrongValue
from shared.http.fields import Body, Code, Day, HouseholdCode, MemberNo, Reference, Remark, Text
from shared.money import SignedFenAsYuan
from shared.words.said import says

MAX_CLUES = 100
MAX_CHECKERS, MAX_RISKS, MAX_RESULTS, MAX_VOTERS = 10, 5, 50, 100_000

Votes = Annotated[int, Field(strict=True, ge=0, le=MAX_VOTERS)]


class CaseIn(Body):
    """A case that is to be opened 立案."""

    kind: CaseKind
    household_code: HouseholdCode
    on: Day = Field(description="The day it is opened: the policy of this day holds to the end")
    clue_ids: list[UUID] = Field([], max_length=MAX_CLUES, description="Clues of the household that led to it")


class ComparedIn(Body):
    """What one department found 比对结果."""

    item: Code = Field(examples=["vehicle"], description="An item of the parameter `monitoring.compare`")
    hit: StrictBool
    source_ref: Reference = Field(description="The number of the department's own answer")


class CaseTransitionIn(Body):
    """A step of the procedure. Which fields belong to it depends on the action."""

    action: CaseAction
    on: Day = Field(description="The day it was taken: not in the future, not before the step before")
    note: Remark | None = Field(None, min_length=1, description="For the history of the case")
    checkers: list[Annotated[Text, Field(max_length=64)]] | None = Field(
        None, min_length=2, max_length=MAX_CHECKERS, description="`visit`: who went there, at least two"
    )
    can_cope: StrictBool | None = Field(None, description="`visit`: whether the household can cope by itself")
    life_difficult: StrictBool | None = Field(None, description="`visit`: 基本生活出现严重困难")
    risks: list[RiskKind] | None = Field(
        None, min_length=1, max_length=MAX_RISKS, description="`visit`: the main one first"
    )
    manner: EliminationManner | None = Field(None, description="`visit` of an elimination")
    consent_ref: Reference | None = Field(None, description="`consent`: the number of the paper")
    signed_by: MemberNo | None = Field(None, description="`consent`: the member who signed")
    read_aloud: StrictBool | None = Field(None, description="`consent`: whether it was read aloud to who cannot read")
    results: list[ComparedIn] | None = Field(
        None, min_length=1, max_length=MAX_RESULTS, description="`compare`: every item of the policy, once"
    )
    minutes_ref: Reference | None = Field(None, description="`village_review`, `emergency`: the minutes")
    attended: Votes | None = Field(None, description="`village_review`: how many came")
    in_favour: Votes | None = None
    against: Votes | None = None
    exception: StrictBool | None = Field(
        None, description="`village_review`: the assembly decided for it though the comparison hit something"
    )
    objection_ref: Reference | None = None
    upheld: StrictBool | None = Field(None, description="`resolve`: true begins anew with the review")
    approved: StrictBool | None = Field(None, description="`township_review`, `county_approve`: false refuses it")
    contact_code: Code | None = Field(None, description="`enter`: the contact 监测联系人 of the household")
    reason: CaseRefusal | RollBackReason | None = Field(None, description="`refuse`, `roll_back`")

    @field_validator("checkers")
    @classmethod
    def _are_different(cls, checkers: list[str] | None) -> list[str] | None:
        if checkers is not None and len({one.casefold() for one in checkers}) < len(checkers):
            raise WrongValue(says("one-checker-twice"))
        return checkers

    @field_validator("risks")
    @classmethod
    def _are_named_once(cls, risks: list[RiskKind] | None) -> list[RiskKind] | None:
        if risks is not None and len(set(risks)) < len(risks):
            raise WrongValue(says("one-risk-twice"))
        return risks

    def said(self) -> dict[str, Any]:
        """What is said beside action, day and note."""
        return self.model_dump(mode="json", exclude={"action", "on", "note"}, exclude_none=True)


class CaseStepOut(BaseModel):
    """One thing that happened to a case."""

    at: dt.datetime = Field(description="When it was recorded")
    action: CaseAction | CaseChange
    on: dt.date | None = Field(description="The day it was taken; null where it came by itself")
    by: str = Field(description="The client that recorded it, or `system`")
    status: CaseStatus = Field(description="Where the case stood afterwards")
    note: str | None
    acted_for: str | None = Field(None, description="The level whose step a caller of a wider region took 代办")
    details: dict[str, Any] = Field(
        default={}, description="What else was said with it; `checkers` is null without `monitoring:pii`"
    )


class FiguresOut(BaseModel):
    """The income that a case rests on, per head and year."""

    per_head: SignedFenAsYuan | None = Field(description="家庭人均纯收入; null for a household without members")
    reference_per_head: SignedFenAsYuan | None = Field(description="The same less compliant self-paid expense")
    line: SignedFenAsYuan = Field(description="监测范围")


class CriterionOut(BaseModel):
    """One criterion of an elimination 风险消除条件."""

    code: EliminationCriterion
    met: bool | None = Field(description="Null: not known")
    evidence: dict[str, Any] = Field(description="What it rests on")


class RefusalOut(BaseModel):
    """Why a case was refused, and until when that can be appealed against."""

    reason: CaseRefusal
    appeal_until: dt.date | None = Field(description="The last day of an appeal; null where there was one")


class CaseListed(BaseModel):
    """A case 识别认定案, 风险消除案, as lists show it: class and figures as they stood at the review."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)

    case_id: UUID = Field(validation_alias="id")
    kind: CaseKind
    household_code: str
    region_code: str
    status: CaseStatus
    opened_on: dt.date
    opened_at: dt.datetime
    due_on: dt.date | None = Field(description="识别认定时限; null for an elimination, and where there is no limit")
    due_provisional: bool = Field(description="Counted on working days that are not officially announced yet")
    overdue: bool
    household_class: HouseholdClass | None = Field(alias="class", description="监测对象类别; it follows from figures")
    figures: FiguresOut | None = Field(description="Null where the policy has no line")
    main_risk: RiskKind | None
    risks: list[RiskKind] = Field(description="As the visit named them, the main one first")
    manner: EliminationManner | None = Field(description="风险消除方式, as the visit of an elimination saw it")
    emergency: bool = Field(description="The village confirmed that help may begin before 先帮扶后纳入")
    clue_ids: list[UUID] = Field(description="The clues that led to it")
    steps: dict[CaseAction, dt.date] = Field(description="The day of each step that counts")
    publicity_until: dt.date | None = Field(description="公示期满日: the township decides after it")
    watch_until: dt.date | None = Field(description="The last day on which an elimination can be rolled back")
    refusal: RefusalOut | None
    contact_code: str | None = Field(description="监测联系人 who entered it")
    episode: int | None = Field(description="Which admission of the household it is about")
    pack: str = Field(description="The policy pack of the day it was opened")
    updated_at: dt.datetime
    history: list[CaseStepOut] = Field(description="The oldest first")
    allowed_actions: list[CaseAction] = Field(description="What you may do with it now")


class CaseOut(CaseListed):
    """A case in full: before the review class, figures and criteria are those of today."""

    criteria: list[CriterionOut] | None = Field(description="Of an elimination, as of today while it is open")
    package: dict[str, Any] | None = Field(
        description="Eleven amounts and four protections, as they stood when it was entered 一头一尾"
    )


class PublicityLine(BaseModel):
    """A household whose case hangs out 公示: no number, phone, account or health."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)

    head_name: str | None = Field(description="户主; masked without `monitoring:pii`")
    village: str
    region_code: str
    kind: CaseKind
    household_class: HouseholdClass | None = Field(alias="class")
    members: int
    until: dt.date


class PublicityReport(BaseModel):
    """公示名单: what hangs out today."""

    report: str
    region_code: str | None
    period: str | None
    items: list[PublicityLine]
