"""The table of measures."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.assistance.models.base import FEN, Base
from shared.codes.assistance import MeasureKind, MeasureStatus, RefusalReason
from shared.db.base import OpenCode, UtcDateTime, closed_code


class Measure(Base, table=True):
    """Measure 帮扶措施: help that a task asks for. It changes only while its task is locked."""

    __table_args__ = (
        sa.Index("ix_measure_requested_at_id", "requested_at", "id"),
        sa.Index("ix_measure_updated_at_id", "updated_at", "id"),
        sa.Index("ix_measure_status_answer_by", "status", "answer_by"),
    )

    id: UUID = Field(primary_key=True)
    task_id: UUID = Field(foreign_key="task.id", index=True)
    household_code: str = Field(max_length=64, index=True)
    kind: MeasureKind = Field(sa_type=OpenCode(MeasureKind))
    status: MeasureStatus = Field(sa_type=closed_code(MeasureStatus))
    reason: RefusalReason | None = Field(sa_type=OpenCode(RefusalReason))
    """Why it cannot be met, where it was refused."""
    member_no: int | None
    """The member a job is for."""
    amount: int | None = Field(sa_type=FEN)
    """What cash is asked for, in fen."""
    paid: int | None = Field(sa_type=FEN)
    """What was paid of it and counts, in fen; none where no cash is asked for."""
    note: str | None = Field(sa_type=sa.Text)
    """What the person wrote. It may name people and stays in this column."""
    requested_at: dt.datetime = Field(sa_type=UtcDateTime)
    requested_by: str = Field(max_length=64)
    answer_by: dt.date | None
    """答复时限; none where the policy has no value for it."""
    answer_provisional: bool
    """Counted on working days that are not officially announced yet."""
    answer_from: dt.date | None
    answer_workdays: int | None
    """From which day on, and how many working days; none for what an earlier release counted."""
    accepted_at: dt.datetime | None = Field(sa_type=UtcDateTime)
    answered_at: dt.datetime | None = Field(sa_type=UtcDateTime)
    """When it came to where it stands; none while nobody answered."""
    overdue_at: dt.datetime | None = Field(sa_type=UtcDateTime)
    """When it was published as overdue, which happens once."""
    correlation_id: str = Field(max_length=64)
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)
    """When what is shown of it changed last, in the order of commits."""
