"""The table of tasks."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.assistance.models.base import Base
from shared.codes.assistance import TaskStatus, TaskVerdict
from shared.codes.monitoring import RiskGrade, RiskKind, RiskStatus
from shared.db.base import OpenCode, UtcDateTime, closed_code

_UNTOLD = "status NOT IN ('closed') AND overdue_of {} due_on"
"""Which tasks may still be told of as overdue, in the words of `Deadlines`."""


class Task(Base, table=True):
    """Task 帮扶任务: the help owed for one episode of one kind of risk in one household."""

    __table_args__ = (
        sa.UniqueConstraint("household_code", "kind", "episode"),
        sa.Index("ix_task_region_code_status", "region_code", "status"),
        sa.Index("ix_task_opened_at_id", "opened_at", "id"),
        sa.Index("ix_task_updated_at_id", "updated_at", "id"),
        sa.Index(
            "ix_task_untold",
            "due_on",
            "id",
            sqlite_where=sa.text(_UNTOLD.format("IS NOT")),
            postgresql_where=sa.text(_UNTOLD.format("IS DISTINCT FROM")),
        ),
    )

    id: UUID = Field(primary_key=True)
    """Derived from household, kind and episode, so that one episode is one row."""
    household_code: str = Field(max_length=64)
    region_code: str = Field(max_length=12)
    kind: RiskKind = Field(sa_type=OpenCode(RiskKind))
    episode: int
    risk_id: UUID
    grade: RiskGrade = Field(sa_type=OpenCode(RiskGrade))
    status: TaskStatus = Field(sa_type=closed_code(TaskStatus))
    taken_up: bool
    """Whether a person acted on it since it opened: then only a person closes it."""
    verdict: TaskVerdict | None = Field(sa_type=OpenCode(TaskVerdict))
    """What the visit found 核实结论."""
    opened_at: dt.datetime = Field(sa_type=UtcDateTime)
    due_on: dt.date | None
    """办理时限; none where the policy has no value for it."""
    due_provisional: bool
    """Counted on days not officially arranged yet, or not counted at all."""
    due_from: dt.date | None
    """The day of the decision it was counted from; none where it was not counted."""
    due_workdays: int | None
    """How many working days were counted."""
    risk_status: RiskStatus = Field(sa_type=closed_code(RiskStatus))
    risk_version: int
    """The newest state of the risk that was seen; an older one never wins."""
    decided_on: dt.date
    """Business date of that state."""
    causes: list[str] = Field(sa_type=sa.JSON)
    """Keys of the causes of the risk in that state."""
    seen_causes: list[str] = Field(sa_type=sa.JSON)
    """Those that the verdict saw; none while there is no verdict."""
    version: int
    """Grows by one with every change of the task."""
    overdue_of: dt.date | None
    """The due date of which the history has told that it passed 逾期."""
    correlation_id: str = Field(max_length=64)
    """The chain that opened it. What is asked for belongs to it, and the money that comes of that."""
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)
    """When the task or a measure of it changed last, in the order of commits."""
