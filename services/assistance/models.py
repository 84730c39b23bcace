"""Tables of assistance."""

import datetime as dt
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from shared.contracts.codes import RiskGrade, RiskKind, RiskStatus, TaskStatus, TaskVerdict
from shared.db.base import UtcDateTime, house_metadata, text_enum
from shared.db.floor import lay_floor

METADATA = house_metadata("assistance")
FLOOR = lay_floor(METADATA)


class Base(SQLModel, registry=registry(metadata=METADATA)):
    """A table of assistance."""

    metadata = METADATA


class Task(Base, table=True):
    """Task 帮扶任务: the help owed for one episode of one kind of risk in one household."""

    __table_args__ = (
        sa.UniqueConstraint("household_code", "kind", "episode"),
        sa.Index("ix_task_region_code_status", "region_code", "status"),
        sa.Index("ix_task_opened_at_id", "opened_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    """Derived from household, kind and episode, so that one episode is one row."""
    household_code: str = Field(max_length=64)
    region_code: str = Field(max_length=12)
    kind: RiskKind = Field(sa_type=text_enum(RiskKind))
    episode: int
    risk_id: UUID
    grade: RiskGrade = Field(sa_type=text_enum(RiskGrade))
    status: TaskStatus = Field(sa_type=text_enum(TaskStatus))
    taken_up: bool
    """Whether a person acted on it since it opened: then only a person closes it."""
    verdict: TaskVerdict | None = Field(sa_type=text_enum(TaskVerdict))
    """What the visit found 核实结论."""
    opened_at: dt.datetime = Field(sa_type=UtcDateTime)
    due_on: dt.date | None
    """办理时限; none where the policy has no value for it."""
    due_provisional: bool
    """Counted on days not officially arranged yet, or not counted at all."""
    risk_status: RiskStatus = Field(sa_type=text_enum(RiskStatus))
    risk_version: int
    """The newest state of the risk that was seen; an older one never wins."""
    decided_on: dt.date
    """Business date of that state."""
    version: int
    """Grows by one with every change of the task."""
    history: list[dict[str, Any]] = Field(sa_type=sa.JSON)
    """What happened to it, the oldest first. Notes may name people: they stay in this column."""
