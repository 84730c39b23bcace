"""Events published by monitoring 监测."""

import datetime as dt
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.codes import HouseholdCategory, Labour, RiskGrade, RiskKind, RiskStatus, Sex
from shared.contracts.payload import Payload


class HouseholdMember(BaseModel):
    """One member 家庭成员 as the helping houses may know them: no name, no identity number, no health."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    member_no: int
    sex: Sex
    birth_year: int
    labour: Labour
    student: bool


class HouseholdState(Payload):
    """The registered state of a household 农户 after the change."""

    household_code: str
    region_code: str
    category: HouseholdCategory
    relocated: bool
    dibao: bool
    version: int = Field(description="Grows by one with every change of the household")
    members: tuple[HouseholdMember, ...]


class HouseholdRegistered(HouseholdState):
    """A household entered the registry."""

    event_type: ClassVar[str] = "monitoring.household-registered.v1"


class HouseholdChanged(HouseholdState):
    """A registered household changed."""

    event_type: ClassVar[str] = "monitoring.household-changed.v1"


class RiskState(Payload):
    """The whole state of a risk 风险 after the change; a reader needs no earlier event to act on it."""

    risk_id: UUID
    household_code: str
    region_code: str
    kind: RiskKind
    grade: RiskGrade
    status: RiskStatus
    episode: int = Field(ge=1, description="Counts the times this kind of risk opened for this household")
    version: int = Field(ge=1, description="Grows by one with every change of the risk: an older state never wins")
    decided_on: dt.date = Field(description="Business date of the verdict")
    rules: tuple[str, ...] = Field(description="Codes of the rules that hold the risk open")
    pack: str = Field(description="Policy pack and version the verdict rests on")


class RiskRaised(RiskState):
    """A risk opened: exactly one assistance task follows for its episode."""

    event_type: ClassVar[str] = "monitoring.risk-raised.v1"
    status: Literal[RiskStatus.OPEN] = RiskStatus.OPEN


class RiskUpdated(RiskState):
    """An open risk changed its grade or its reasons."""

    event_type: ClassVar[str] = "monitoring.risk-updated.v1"
    status: Literal[RiskStatus.OPEN] = RiskStatus.OPEN


class RiskCleared(RiskState):
    """The cause of a risk is gone."""

    event_type: ClassVar[str] = "monitoring.risk-cleared.v1"
    status: Literal[RiskStatus.CLEARED] = RiskStatus.CLEARED
