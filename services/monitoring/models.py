"""Tables of monitoring. Money is fen, months are ordinals (year × 12 + month − 1)."""

import datetime as dt
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from shared.contracts.codes import (
    Health,
    HouseholdCategory,
    Labour,
    PlacementEndReason,
    Relation,
    RiskGrade,
    RiskKind,
    RiskStatus,
    Sex,
    TaskVerdict,
)
from shared.db.base import UtcDateTime, house_metadata, text_enum
from shared.db.floor import lay_floor

METADATA = house_metadata("monitoring")
FLOOR = lay_floor(METADATA)
_FEN = sa.BigInteger


class Base(SQLModel, registry=registry(metadata=METADATA)):
    """A table of monitoring."""

    metadata = METADATA


class FactMode(StrEnum):
    """How a fact came in 录入方式."""

    LIVE = "live"
    """As it happens: the household is judged at once."""
    BACKFILL = "backfill"
    """History: fills the ledger, raises nothing; the next screening judges what it left."""


class Household(Base, table=True):
    """Household 农户, the unit of monitoring."""

    code: str = Field(primary_key=True, max_length=64)
    region_code: str = Field(max_length=12, index=True)
    category: HouseholdCategory = Field(sa_type=text_enum(HouseholdCategory))
    relocated: bool
    dibao: bool
    registered_on: dt.date
    version: int
    member_count: int
    able_workers: int
    """Members with ordinary, skilled or weak labour."""
    fragile_members: int
    """Members seriously ill or severely disabled."""
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)


class Member(Base, table=True):
    """Member 家庭成员."""

    household_code: str = Field(primary_key=True, foreign_key="household.code", max_length=64)
    member_no: int = Field(primary_key=True)
    name: str = Field(max_length=64)
    relation: Relation = Field(sa_type=text_enum(Relation))
    sex: Sex = Field(sa_type=text_enum(Sex))
    birth_date: dt.date
    id_number: str | None = Field(max_length=18)
    labour: Labour = Field(sa_type=text_enum(Labour))
    health: Health = Field(sa_type=text_enum(Health))
    student: bool


class Fact(Base, table=True):
    """Fact 事实: what a source said about a household. Append-only; a correction names the fact it supersedes."""

    id: UUID = Field(primary_key=True)
    """Derived from source and reference, so that one reference is one row."""
    source: str = Field(max_length=64)
    source_ref: str = Field(max_length=128)
    household_code: str = Field(foreign_key="household.code", max_length=64, index=True)
    member_no: int | None
    type: str = Field(max_length=32)
    observed_on: dt.date
    payload: dict[str, Any] = Field(sa_type=sa.JSON)
    content_hash: str = Field(max_length=64)
    mode: FactMode = Field(sa_type=text_enum(FactMode))
    supersedes_id: UUID | None = Field(foreign_key="fact.id", unique=True)
    recorded_at: dt.datetime = Field(sa_type=UtcDateTime)
    recorded_by: str = Field(max_length=64)
    correlation_id: str = Field(max_length=64)


class LedgerMonth(Base, table=True):
    """Sums of one household and month over the facts that count, in fen: the income ledger 收入台账."""

    __tablename__ = "ledger_month"

    household_code: str = Field(primary_key=True, foreign_key="household.code", max_length=64)
    month: int = Field(primary_key=True)
    wage: int = Field(sa_type=_FEN)
    operating: int = Field(sa_type=_FEN)
    property_: int = Field(sa_type=_FEN)
    transfer: int = Field(sa_type=_FEN)
    operating_cost: int = Field(sa_type=_FEN)
    self_paid_compliant: int = Field(sa_type=_FEN)
    income_facts: int
    """How many income facts count; none means the month is unknown, not zero."""


class MedicalMonth(Base, table=True):
    """Self-paid medical cost of one member and month, in fen; member 0 where none was named."""

    __tablename__ = "medical_month"

    household_code: str = Field(primary_key=True, foreign_key="household.code", max_length=64)
    member_no: int = Field(primary_key=True)
    month: int = Field(primary_key=True)
    self_paid: int = Field(sa_type=_FEN)


class Illness(Base, table=True):
    """A diagnosis that counts 疾病诊断: its row goes when the fact is superseded."""

    fact_id: UUID = Field(primary_key=True, foreign_key="fact.id")
    household_code: str = Field(foreign_key="household.code", max_length=64, index=True)
    member_no: int | None
    code: str = Field(max_length=32)
    serious: bool
    main_earner: bool
    observed_on: dt.date


class JobLoss(Base, table=True):
    """The last loss of work 失业 of a household; it stays, with the placement that ended it, once it is over."""

    __tablename__ = "job_loss"

    household_code: str = Field(primary_key=True, foreign_key="household.code", max_length=64)
    placement_id: UUID
    lost_on: dt.date
    reason: PlacementEndReason = Field(sa_type=text_enum(PlacementEndReason))
    regained_placement_id: UUID | None
    regained_on: dt.date | None


class HouseholdWindow(Base, table=True):
    """The income window of a household kept ready, so that judging never scans its history."""

    __tablename__ = "household_window"

    household_code: str = Field(primary_key=True, foreign_key="household.code", max_length=64)
    anchor: int = Field(index=True)
    """Last month of the window; 0 until the household is judged for the first time."""
    length: int
    net: int = Field(sa_type=_FEN)
    self_paid: int = Field(sa_type=_FEN)
    known_mask: int
    previous_net: int = Field(sa_type=_FEN)
    previous_mask: int
    quarter_net: int = Field(sa_type=_FEN)
    previous_quarter_net: int = Field(sa_type=_FEN)
    has_illness: bool
    """Whether the household may have rows in `illness`."""
    has_medical: bool
    """Whether the household may have rows in `medical_month`."""
    has_job_loss: bool = Field(sa_column_kwargs={"server_default": sa.false()})
    """Whether the household has a row in `job_loss`."""


class Risk(Base, table=True):
    """Risk 风险: one episode of one kind in one household."""

    __table_args__ = (sa.UniqueConstraint("household_code", "kind", "episode"),)

    id: UUID = Field(primary_key=True)
    """Derived from household, kind and episode."""
    household_code: str = Field(foreign_key="household.code", max_length=64)
    region_code: str = Field(max_length=12, index=True)
    kind: RiskKind = Field(sa_type=text_enum(RiskKind))
    grade: RiskGrade = Field(sa_type=text_enum(RiskGrade))
    status: RiskStatus = Field(sa_type=text_enum(RiskStatus))
    episode: int
    version: int
    keys: list[str] = Field(sa_type=sa.JSON)
    """Keys of the reasons that hold it open."""
    causes: dict[str, str | None] = Field(sa_type=sa.JSON)
    """The evidence behind it by name, with the key of each cause that other houses are told; see `rules.causes`."""
    reasons: list[dict[str, Any]] = Field(sa_type=sa.JSON)
    pack: str = Field(max_length=96)
    decided_on: dt.date
    opened_at: dt.datetime = Field(sa_type=UtcDateTime)
    cleared_at: dt.datetime | None = Field(sa_type=UtcDateTime)
    verdict: TaskVerdict | None = Field(sa_type=text_enum(TaskVerdict))
    """What the visit of the task found 核实结论; none while the task is open."""
    task_version: int
    """The newest version of the task that was told: an older one never wins."""
    event_id: UUID
    """The event that told of this state."""
