"""HTTP bodies of assistance, in and out."""

import datetime as dt
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from services.assistance.rules import TaskChange
from shared.contracts.codes import RiskGrade, RiskKind, TaskAction, TaskStatus, TaskVerdict

MAX_NOTE = 2000

HouseholdCode = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$", examples=["DJ-0001"])]


class TransitionIn(BaseModel):
    """What is done with a task; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")

    action: TaskAction
    verdict: TaskVerdict | None = Field(
        None, validate_default=True, description="What the visit found: needed with `verify`, refused with the rest"
    )
    note: str | None = Field(None, min_length=1, max_length=MAX_NOTE, description="For the history of the task")

    @field_validator("verdict")
    @classmethod
    def _belongs_to_verify(cls, verdict: TaskVerdict | None, info: ValidationInfo) -> TaskVerdict | None:
        verifies = info.data.get("action") is TaskAction.VERIFY
        if verifies and verdict is None:
            raise ValueError("verify needs a verdict: confirmed or no_risk")
        if verdict is not None and "action" in info.data and not verifies:
            raise ValueError("a verdict comes with verify only")
        return verdict


class HistoryEntry(BaseModel):
    """One thing that happened to a task."""

    at: dt.datetime
    action: TaskAction | TaskChange = Field(description="What a person did, or what the risk caused")
    by: str = Field(description="The client that acted, or `system`")
    status: TaskStatus = Field(description="Where the task stood afterwards")
    note: str | None = Field(description="What the person wrote; from the system the grade and the rules of the risk")
    verdict: TaskVerdict | None


class TaskOut(BaseModel):
    """A task 帮扶任务."""

    model_config = ConfigDict(from_attributes=True)

    task_id: UUID = Field(validation_alias="id")
    household_code: str
    region_code: str
    kind: RiskKind
    risk_id: UUID
    episode: int
    status: TaskStatus
    grade: RiskGrade
    opened_at: dt.datetime
    due_on: dt.date | None = Field(description="办理时限; null where the policy has no value for it")
    due_provisional: bool = Field(description="Counted on working days that are not officially announced yet")
    verdict: TaskVerdict | None
    history: list[HistoryEntry] = Field(description="The oldest first")
