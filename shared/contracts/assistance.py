"""Events published by assistance 帮扶."""

import datetime as dt
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.codes import RiskGrade, RiskKind, TaskVerdict
from shared.contracts.payload import Payload


class TaskOpened(Payload):
    """A task 帮扶任务 opened for one episode of a risk."""

    event_type: ClassVar[str] = "assistance.task-opened.v1"

    task_id: UUID
    risk_id: UUID
    household_code: str
    region_code: str
    kind: RiskKind
    episode: int
    grade: RiskGrade
    due_on: dt.date | None = Field(description="Null where the policy has no value for the time limit")
    due_provisional: bool = Field(description="The working days counted on are not officially announced yet")


class TaskClosed(Payload):
    """A task ended, by a person with a verdict or by itself because its cause was gone before anyone began."""

    event_type: ClassVar[str] = "assistance.task-closed.v1"

    task_id: UUID
    risk_id: UUID
    household_code: str
    region_code: str
    kind: RiskKind
    episode: int
    verdict: TaskVerdict | None = Field(description="What the visit found; null when nobody had begun")
    closed_by: Literal["person", "cause_gone"]
    closed_on: dt.date
