"""Tables of assistance. Money is fen, months are ordinals (year × 12 + month − 1)."""

import datetime as dt
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from shared.contracts.codes import (
    IncomeBranch,
    MeasureKind,
    MeasureStatus,
    RefusalReason,
    RiskGrade,
    RiskKind,
    RiskStatus,
    TaskStatus,
    TaskVerdict,
    WithdrawalReason,
)
from shared.db.base import UtcDateTime, house_metadata, text_enum
from shared.db.floor import lay_floor
from shared.helping.households import KnownHouseholds

METADATA = house_metadata("assistance")
FLOOR = lay_floor(METADATA)
HOUSEHOLDS = KnownHouseholds(METADATA)
_FEN = sa.BigInteger


class Base(SQLModel, registry=registry(metadata=METADATA)):
    """A table of assistance."""

    metadata = METADATA


class Task(Base, table=True):
    """Task 帮扶任务: the help owed for one episode of one kind of risk in one household."""

    __table_args__ = (
        sa.UniqueConstraint("household_code", "kind", "episode"),
        sa.Index("ix_task_region_code_status", "region_code", "status"),
        sa.Index("ix_task_opened_at_id", "opened_at", "id"),
        sa.Index("ix_task_updated_at_id", "updated_at", "id"),
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
    due_from: dt.date | None
    """The day of the decision it was counted from; none where it was not counted."""
    due_workdays: int | None
    """How many working days were counted."""
    risk_status: RiskStatus = Field(sa_type=text_enum(RiskStatus))
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
    history: list[dict[str, Any]] = Field(sa_type=sa.JSON)
    """What happened to it, the oldest first. Notes may name people: they stay in this column."""
    correlation_id: str = Field(max_length=64)
    """The chain that opened it. What is asked for belongs to it, and the money that comes of that."""
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)
    """When the task or a measure of it changed last, in the order of commits."""


class Measure(Base, table=True):
    """Measure 帮扶措施: help that a task asks for. It changes only while its task is locked."""

    __table_args__ = (
        sa.Index("ix_measure_requested_at_id", "requested_at", "id"),
        sa.Index("ix_measure_status_answer_by", "status", "answer_by"),
    )

    id: UUID = Field(primary_key=True)
    task_id: UUID = Field(foreign_key="task.id", index=True)
    household_code: str = Field(max_length=64, index=True)
    kind: MeasureKind = Field(sa_type=text_enum(MeasureKind))
    status: MeasureStatus = Field(sa_type=text_enum(MeasureStatus))
    reason: RefusalReason | None = Field(sa_type=text_enum(RefusalReason))
    """Why it cannot be met, where it was refused."""
    member_no: int | None
    """The member a job is for."""
    amount: int | None = Field(sa_type=_FEN)
    """What cash is asked for, in fen."""
    paid: int | None = Field(sa_type=_FEN)
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
    """When it was told to be overdue, which happens once."""
    correlation_id: str = Field(max_length=64)


class Disbursement(Base, table=True):
    """Disbursement 发放: cash paid to a household. Append-only; a correction names what it supersedes."""

    __table_args__ = (sa.Index("ix_disbursement_recorded_at_id", "recorded_at", "id"),)

    id: UUID = Field(primary_key=True)
    """Derived from source and reference, so that one reference is one row."""
    source: str = Field(max_length=64)
    source_ref: str = Field(max_length=128)
    household_code: str = Field(max_length=64, index=True)
    region_code: str = Field(max_length=12)
    measure_id: UUID | None = Field(foreign_key="measure.id", index=True)
    kind: str = Field(max_length=32)
    month: int
    amount: int = Field(sa_type=_FEN)
    supersedes_id: UUID | None = Field(foreign_key="disbursement.id", unique=True)
    disbursed_on: dt.date
    withdrawn_on: dt.date | None
    """The day it was found that the household never had it; then it does not count."""
    recorded_at: dt.datetime = Field(sa_type=UtcDateTime)
    recorded_by: str = Field(max_length=64)
    correlation_id: str = Field(max_length=64)


class Credit(Base, table=True):
    """Credit 到账收入: money that came home through another house."""

    house: str = Field(primary_key=True, max_length=32)
    credit_id: UUID = Field(primary_key=True)
    household_code: str = Field(max_length=64, index=True)
    region_code: str = Field(max_length=12)
    branch: IncomeBranch = Field(sa_type=text_enum(IncomeBranch))
    month: int
    amount: int = Field(sa_type=_FEN)
    measure_id: UUID | None
    supersedes: UUID | None
    """The credit of the same house that this one corrects; that one does not count."""
    credited_on: dt.date
    at: dt.datetime = Field(sa_type=UtcDateTime)
    correlation_id: str = Field(max_length=64)


class Withdrawal(Base, table=True):
    """Withdrawal 撤回: a credit, of this house or another, that should never have been; it may come before that one."""

    house: str = Field(primary_key=True, max_length=32)
    credit_id: UUID = Field(primary_key=True)
    id: UUID = Field(unique=True)
    """Of a disbursement derived from source and reference, so that one reference is one row."""
    household_code: str = Field(max_length=64, index=True)
    region_code: str = Field(max_length=12)
    branch: IncomeBranch = Field(sa_type=text_enum(IncomeBranch))
    month: int
    reason: WithdrawalReason = Field(sa_type=text_enum(WithdrawalReason))
    withdrawn_on: dt.date
    at: dt.datetime = Field(sa_type=UtcDateTime)
    withdrawn_by: str = Field(max_length=64)
    """The client, or the house that told of it."""
    correlation_id: str = Field(max_length=64)
