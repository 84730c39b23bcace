"""Events published by monitoring 监测."""

import datetime as dt
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.codes.circumstances import ProtectionStatus
from shared.codes.code import Open
from shared.codes.monitoring import (
    ClearedBecause,
    HouseholdCategory,
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


class HouseholdMovedAway(HouseholdMove):
    """A household left a region; `household-changed` of the same version follows."""

    event_type: ClassVar[str] = "monitoring.household-moved-away.v1"


class Clue(BaseModel):
    """Clue 线索: what came in that led to a verdict. Its source is left out: a name of it can tell of an illness."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: str = Field(
        description="Type of a fact, or `placement` 务工变动, `household` 家庭变动, `screening` 集中排查, "
        "`roll` 日常滚动研判, `verdict` 核实结论",
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
