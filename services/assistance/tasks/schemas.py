"""HTTP bodies of tasks, in and out."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from services.assistance.measures.schemas import MeasureOut
from services.assistance.tasks.procedure import TRANSITIONS
from shared.codes.assistance import TaskAction, TaskChange, TaskStatus, TaskVerdict
from shared.codes.monitoring import RiskGrade, RiskKind
from shared.contracts.monitoring import Clue
from shared.findings import WrongValue
from shared.http.fields import Body, Remark
from shared.words.said import says


class TransitionIn(Body):
    """What is done with a task."""

    action: TaskAction
    verdict: TaskVerdict | None = Field(
        None, validate_default=True, description="What the visit found: needed with `verify`, refused with the rest"
    )
    note: Remark | None = Field(None, min_length=1, description="For the history of the task")

    @field_validator("verdict")
    @classmethod
    def _belongs_to_verify(cls, verdict: TaskVerdict | None, info: ValidationInfo) -> TaskVerdict | None:
        verifies = info.data.get("action") in TRANSITIONS.needing("verdict")
        if verifies and verdict is None:
            raise WrongValue(says("verify-without-a-verdict"))
        if verdict is not None and "action" in info.data and not verifies:
            raise WrongValue(says("verdict-without-verify"))
        return verdict


class HistoryEntry(BaseModel):
    """One thing that happened to a task."""

    at: dt.datetime
    action: TaskAction | TaskChange = Field(description="What a person did, or what the risk caused")
    by: str = Field(description="The client that acted, or `system`")
    status: TaskStatus = Field(description="Where the task stood afterwards")
    note: str | None = Field(description="What the person wrote; from the system the grade and the rules of the risk")
    verdict: TaskVerdict | None
    clue: Clue | None = Field(None, description="What led to it, where the risk did")


class TaskOut(BaseModel):
    """A task 帮扶任务."""

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
    updated_at: dt.datetime = Field(description="When it or one of its measures changed last")
    history: list[HistoryEntry] = Field(description="The oldest first")
    measures: list[MeasureOut] = Field(description="What was asked for, the oldest first")
    allowed_actions: list[TaskAction] = Field(description="What you may do with it now")

    @classmethod
    def of(cls, row: Mapping[Any, Any], measures: Sequence[Mapping[Any, Any]]) -> Self:
        """The row of a task with its history, and with the rows of its measures."""
        return cls.model_validate({**row, "measures": [MeasureOut.of(measure) for measure in measures]})
