"""Events published by monitoring 监测."""

import datetime as dt
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.codes.assistance import TaskVerdict
from shared.codes.circumstances import ProtectionStatus
from shared.codes.code import Open
from shared.codes.monitoring import (
    CaseKind,
    ClearedBecause,
    ClueChannel,
    ClueOutcome,
    ClueReason,
    EliminationManner,
    HouseholdCategory,
    HouseholdClass,
    HouseholdEndReason,
    IncidentKind,
    Labour,
    RiskGrade,
    RiskKind,
    RiskStatus,
    Sex,
)
from shared.codes.policy import ValueStatus
from shared.contracts.help import HouseholdMove
from shared.contracts.payload import Episode, HouseholdCode, Payload, RegionCode


class HouseholdMember(BaseModel):
    """One member 家庭成员 as the helping houses may know them: no name, no identity number, no health."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    member_no: int = Field(description="Number of the member within the household")
    sex: Open[Sex]
    birth_year: int = Field(description="Year of birth 出生年份")
    born_on: dt.date | None = Field(
        None,
        description="Day of birth, of members who are able to work alone: who may work is decided to the day, "
        "and nobody else's is told. Null for the others, and in events written before it was told",
    )
    person_id: UUID | None = Field(
        None,
        description="The person behind the number: another one says that the number passed to somebody else. "
        "Null in events written before it was told",
    )
    labour: Open[Labour]
    student: bool = Field(description="At school 在校生")


class HouseholdState(Payload):
    """The registered state of a household 农户 after the change."""

    household_code: HouseholdCode
    region_code: RegionCode
    category: Open[HouseholdCategory]
    relocated: bool = Field(description="Moved under the relocation programme 易地扶贫搬迁")
    dibao: bool = Field(description="Receives the minimum living allowance 低保")
    version: int = Field(description="Grows by one with every change of the household")
    members: tuple[HouseholdMember, ...]
    passed_to: HouseholdCode | None = Field(
        None, description="The household in which some live since this change, who lived here before 分户"
    )
    passed_on: tuple[UUID, ...] = Field((), description="Those persons: what they do goes on there")
    passed_as: tuple[int, ...] = Field((), description="The numbers that they have there, in the same order")


class HouseholdRegistered(HouseholdState):
    """A household entered the registry."""

    event_type: ClassVar[str] = "monitoring.household-registered.v1"


class HouseholdChanged(HouseholdState):
    """A registered household changed."""

    event_type: ClassVar[str] = "monitoring.household-changed.v1"


class HouseholdEnded(Payload):
    """A household is no more 农户注销: it died out, moved away, joined another or was registered wrongly."""

    event_type: ClassVar[str] = "monitoring.household-ended.v1"

    household_code: HouseholdCode
    region_code: RegionCode
    version: int = Field(description="Grows by one with every change of the household")
    ended_on: dt.date = Field(description="The day from which it is no more")
    reason: Open[HouseholdEndReason]
    merged_into: HouseholdCode | None = Field(
        None, description="The household to which its members, and all that was said of it, belong from then on 并户"
    )
    passed_on: tuple[UUID, ...] = Field((), description="The persons who do: what they do goes on there")
    passed_as: tuple[int, ...] = Field((), description="The numbers that they have there, in the same order")


class HouseholdMovedAway(HouseholdMove):
    """A household left a region; `household-changed` of the same version follows."""

    event_type: ClassVar[str] = "monitoring.household-moved-away.v1"


class Clue(BaseModel):
    """Clue 线索: what came in that led to a verdict. Its source is left out: a name of it can tell of an illness."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: str = Field(
        description="Type of a fact, or `placement` 务工变动, `household` 家庭变动, `screening` 集中排查, "
        "`roll` 日常滚动研判, `verdict` 核实结论, `clue` 线索核实",
        examples=["income"],
    )
    fact_id: UUID | None = Field(None, description="The fact, where it is one")


class RiskState(Payload):
    """The whole state of a risk 风险 after the change; a reader needs no earlier event to act on it."""

    risk_id: UUID = Field(description="The risk, the same for every event of one episode")
    household_code: HouseholdCode
    region_code: RegionCode
    kind: Open[RiskKind]
    grade: Open[RiskGrade]
    status: Open[RiskStatus]
    episode: Episode
    version: int = Field(ge=1, description="Grows by one with every change of the risk: an older state never wins")
    decided_on: dt.date = Field(description="Business date of the verdict")
    rules: tuple[str, ...] = Field(description="Codes of the rules that hold the risk open")
    causes: tuple[str, ...] = Field(
        (),
        description="Opaque keys of the evidence that would raise the risk by itself. A key that a verdict did not see "
        "is a new cause. None in events written before they were told",
    )
    pack: str = Field(description="Policy pack and version the verdict rests on")
    clue: Clue | None = Field(None, description="What led to the change; none in events written before it was told")
    incident_id: UUID | None = Field(
        None, description="The incident 突发事件 it belongs to, where it had one by then: many households at once"
    )
    told_on: dt.date | None = Field(
        None,
        description="Business date on which it was told first, where it had to wait for its turn: time limits count "
        "from then",
    )


class RiskRaised(RiskState):
    """A risk opened: exactly one assistance task follows for its episode."""

    event_type: ClassVar[str] = "monitoring.risk-raised.v1"
    status: Literal[RiskStatus.OPEN] = Field(RiskStatus.OPEN, description="Where the episode stands after the change")


class RiskUpdated(RiskState):
    """An open risk changed its grade or its reasons."""

    event_type: ClassVar[str] = "monitoring.risk-updated.v1"
    status: Literal[RiskStatus.OPEN] = Field(RiskStatus.OPEN, description="Where the episode stands after the change")


class RiskCleared(RiskState):
    """The cause of a risk is gone, or a visit found that there is no risk."""

    event_type: ClassVar[str] = "monitoring.risk-cleared.v1"
    status: Literal[RiskStatus.CLEARED] = Field(
        RiskStatus.CLEARED, description="Where the episode stands after the change"
    )
    cleared_because: Open[ClearedBecause] | None = Field(
        None, description="Why it is open no longer. None in events written before it was told"
    )


class IncidentState(Payload):
    """One incident 突发事件: what came over many households of a county at once."""

    incident_id: UUID = Field(description="The incident, the same for both of its events")
    kind: Open[IncidentKind]
    region_code: RegionCode = Field(description="The county")
    households: int = Field(ge=0, description="How many households belong to it by then")
    on: dt.date = Field(description="Business date of the change")


class IncidentOpened(IncidentState):
    """So many households of a county came at once that those after them are told of in turn."""

    event_type: ClassVar[str] = "monitoring.incident-opened.v1"


class IncidentClosed(IncidentState):
    """An incident is over: everybody in it was told of, or was in danger no longer."""

    event_type: ClassVar[str] = "monitoring.incident-closed.v1"


class ProtectionsChanged(Payload):
    """Where a household stands in 三保障 and water changed, or it moved: the whole of it, after the change."""

    event_type: ClassVar[str] = "monitoring.protections-changed.v1"

    household_code: HouseholdCode
    region_code: RegionCode
    schooling: Open[ProtectionStatus] = Field(description="Schooling of members of compulsory age 义务教育")
    medical: Open[ProtectionStatus] = Field(description="Basic medical insurance of all members this year 基本医疗")
    housing: Open[ProtectionStatus] = Field(description="Safe housing 住房安全")
    water: Open[ProtectionStatus] = Field(description="Safe drinking water 饮水安全")


class PolicyValueApproved(Payload):
    """A second person approved a policy value 政策参数值: it holds from its day on in its region."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)
    event_type: ClassVar[str] = "monitoring.policy-value-approved.v1"

    value_id: UUID = Field(description="Of the value, as `/policy-values` shows it")
    region_code: str = Field(description="Prefix of the region: `5206` is a prefecture, `00` the nation")
    key: str = Field(description="Key of the parameter")
    value: Any = Field(description="In the form of the parameter; amounts as text, in its unit")
    valid_from: dt.date = Field(alias="from", description="The first day on which it holds")
    valid_to: dt.date | None = Field(alias="to", description="The last day; null until another one is approved")
    status: Open[ValueStatus] = Field(description="How binding it is")


class ClueAnswered(Payload):
    """A clue 线索 was answered, or what became of the household since is another: the answer to whoever sent it."""

    event_type: ClassVar[str] = "monitoring.clue-answered.v1"

    clue_id: UUID = Field(description="The clue, derived from its source and reference")
    household_code: HouseholdCode | None = Field(None, description="Null where no household was found")
    region_code: RegionCode
    channel: Open[ClueChannel]
    verdict: Open[TaskVerdict]
    reason: Open[ClueReason] | None = Field(None, description="Why there is no risk; null where a task found so")
    outcome: Open[ClueOutcome] = Field(description="What became of the household since")
    answered_on: dt.date = Field(description="The day of the verdict")


class CaseTold(Payload):
    """Something became of a case 识别认定案, 风险消除案."""

    case_id: UUID = Field(description="The case, the same for all its events")
    household_code: HouseholdCode
    region_code: RegionCode
    kind: Open[CaseKind]
    on: dt.date = Field(description="The day on which it became so")
    reason: str | None = Field(None, description="Why, where there is a reason: a code")


class CaseOpened(CaseTold):
    """A case was opened 立案, or is open again after an appeal."""

    event_type: ClassVar[str] = "monitoring.case-opened.v1"


class CaseOverdue(CaseTold):
    """An identification was not ended by its day 识别认定逾期."""

    event_type: ClassVar[str] = "monitoring.case-overdue.v1"


class EmergencyConfirmed(CaseTold):
    """The village confirmed that help may begin before the household is admitted 先帮扶后纳入."""

    event_type: ClassVar[str] = "monitoring.emergency-confirmed.v1"


class CaseRefused(CaseTold):
    """A case was refused 未通过; it may be appealed against."""

    event_type: ClassVar[str] = "monitoring.case-refused.v1"


class EliminationRolledBack(CaseTold):
    """An elimination was taken back 回退: the household is monitored again."""

    event_type: ClassVar[str] = "monitoring.elimination-rolled-back.v1"


class HouseholdAdmitted(Payload):
    """A household was admitted 纳入监测对象: by visit, consent, comparison, vote, publicity, township and county."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)
    event_type: ClassVar[str] = "monitoring.household-admitted.v1"

    case_id: UUID = Field(description="The case that decided it")
    household_code: HouseholdCode
    region_code: RegionCode
    household_class: Open[HouseholdClass] = Field(alias="class", description="监测对象类别")
    main_risk: Open[RiskKind] = Field(description="The main risk, as the visit named it")
    risks: tuple[Open[RiskKind], ...] = Field(description="All of them, the main one first")
    episode: Episode
    admitted_on: dt.date = Field(description="The day the county approved")
    pack: str = Field(description="Policy pack and version the case rests on")


class EliminationApproved(Payload):
    """The risk of a monitored household was eliminated 风险消除."""

    event_type: ClassVar[str] = "monitoring.elimination-approved.v1"

    case_id: UUID = Field(description="The case that decided it")
    household_code: HouseholdCode
    region_code: RegionCode
    episode: Episode
    manner: Open[EliminationManner] = Field(description="风险消除方式")
    approved_on: dt.date = Field(description="The day the county approved")
    watch_until: dt.date = Field(description="The last day on which it can be rolled back")
    pack: str = Field(description="Policy pack and version the case rests on")
