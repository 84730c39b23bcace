"""Events published by assistance 帮扶."""

import datetime as dt
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.codes import RiskGrade, RiskKind, TaskVerdict
from shared.contracts.payload import Episode, HouseholdCode, Payload, RegionCode


class TaskOpened(Payload):
    """A task 帮扶任务 opened for one episode of a risk."""

    event_type: ClassVar[str] = "assistance.task-opened.v1"

    task_id: UUID = Field(description="The task, the same for every event of it")
    risk_id: UUID = Field(description="The risk that caused it")
    household_code: HouseholdCode
    region_code: RegionCode
    kind: RiskKind
    episode: Episode
    grade: RiskGrade
    due_on: dt.date | None = Field(description="Null where the policy has no value for the time limit")
    due_provisional: bool = Field(description="The working days counted on are not officially announced yet")


class TaskClosed(Payload):
    """A task ended, by a person with a verdict or by itself because its cause was gone before anyone began."""

    event_type: ClassVar[str] = "assistance.task-closed.v1"

    task_id: UUID = Field(description="The task, the same for every event of it")
    risk_id: UUID = Field(description="The risk that caused it")
    household_code: HouseholdCode
    region_code: RegionCode
    kind: RiskKind
    episode: Episode
    verdict: TaskVerdict | None = Field(description="What the visit found; null when nobody had begun")
    closed_by: Literal["person", "cause_gone"] = Field(description="Who ended it")
    closed_on: dt.date = Field(description="Business date of the end")
