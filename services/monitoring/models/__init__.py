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
    HouseholdEndReason,
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
from shared.db.spelling import spelling_index
from shared.http.fields import MAX_REMARK

METADATA = house_metadata("monitoring")
FLOOR = lay_floor(METADATA)
_FEN = sa.BigInteger
NOBODY = UUID(int=0)
"""Stands for the person where a fact names no member."""


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

    __table_args__ = (spelling_index("household"),)

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
    renewed_version: int | None = None
    """The version since which nobody is left of those who lived here before; none where somebody always was."""
    renewed_on: dt.date | None = None
    """The day of that version."""
    ended_on: dt.date | None = None
    """The day from which it is no more 注销日期: nothing is judged from then on."""
    end_reason: HouseholdEndReason | None = Field(None, sa_type=text_enum(HouseholdEndReason))
    end_note: str | None = Field(None, max_length=MAX_REMARK)


class Member(Base, table=True):
    """Member 家庭成员: the person who holds a number of the household today."""

    household_code: str = Field(primary_key=True, foreign_key="household.code", max_length=64)
    member_no: int = Field(primary_key=True)
    person_id: UUID = Field(index=True, unique=True)
    """The person behind the number. What is said of a member is kept under it, so that it passes on to nobody."""
    name: str = Field(max_length=64)
    relation: Relation = Field(sa_type=text_enum(Relation))
    sex: Sex = Field(sa_type=text_enum(Sex))
    birth_date: dt.date
    id_number: str | None = Field(max_length=18, index=True)
    labour: Labour = Field(sa_type=text_enum(Labour))
    health: Health = Field(sa_type=text_enum(Health))
    student: bool


class FormerMember(Base, table=True):
    """Former member 原家庭成员: who held a number until they died, left, changed it or somebody else was given it.

    What was said of the person stays said, and what comes in late about it counts for the household. Holds no name:
    what tells whether somebody comes back is enough.
    """

    __tablename__ = "former_member"

    household_code: str = Field(primary_key=True, foreign_key="household.code", max_length=64)
    member_no: int = Field(primary_key=True)
    left_version: int = Field(primary_key=True)
    """The version of the household from which the person no longer holds the number."""
    person_id: UUID
    sex: Sex = Field(sa_type=text_enum(Sex))
    birth_date: dt.date
    id_number: str | None = Field(max_length=18)
    left_on: dt.date
    """The business date of the change."""


class CodePrefix(Base, table=True):
    """In which counties household codes begin with these letters 户编码前缀."""

    __tablename__ = "code_prefix"

    prefix: str = Field(primary_key=True, max_length=64)
    """In lower case, with the mark behind it: `dj-`."""
    county: str = Field(primary_key=True, max_length=6)


class Fact(Base, table=True):
    """Fact 上报信息: what a source said about a household. Append-only; a correction names the fact it supersedes."""

    id: UUID = Field(primary_key=True)
    """Derived from source and reference, so that one reference is one row."""
    source: str = Field(max_length=64)
    source_ref: str = Field(max_length=128)
    household_code: str = Field(foreign_key="household.code", max_length=64, index=True)
    member_no: int | None
    person_id: UUID | None
    """Who held the number, where one was named: a member, or a former one."""
    type: str = Field(max_length=32)
    observed_on: dt.date
    payload: dict[str, Any] = Field(sa_type=sa.JSON)
    confirmed: str | None = Field(None, max_length=500)
    """Why an amount that looks like a slip is right, in the words of whoever brought the fact."""
    content_hash: str = Field(max_length=64)
    mode: FactMode = Field(sa_type=text_enum(FactMode))
    supersedes_id: UUID | None = Field(foreign_key="fact.id", unique=True)
    recorded_at: dt.datetime = Field(sa_type=UtcDateTime)
    recorded_by: str = Field(max_length=64)
    correlation_id: str = Field(max_length=64)
    updated_at: dt.datetime = Field(sa_type=UtcDateTime, index=True)
    """When the fact, its status, or the status or verdict of a risk it led to changed last."""


class SourceHeard(Base, table=True):
    """When a source brought its last fact 数据源."""

    __tablename__ = "source_heard"

    source: str = Field(primary_key=True, max_length=64)
    last_at: dt.datetime = Field(sa_type=UtcDateTime)


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
    """Self-paid medical cost of one person and month, in fen; person `NOBODY` where no member was named."""

    __tablename__ = "medical_month"

    household_code: str = Field(primary_key=True, foreign_key="household.code", max_length=64)
    person_id: UUID = Field(primary_key=True)
    month: int = Field(primary_key=True)
    self_paid: int = Field(sa_type=_FEN)


class Illness(Base, table=True):
    """A diagnosis that counts 疾病诊断: its row goes when the fact is superseded."""

    fact_id: UUID = Field(primary_key=True, foreign_key="fact.id")
    household_code: str = Field(foreign_key="household.code", max_length=64, index=True)
    person_id: UUID | None
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
    judged_on: dt.date | None = None
    """Decision date of the last judgement: no later one goes before it."""
    due_after: dt.date | None = Field(None, index=True)
    """Something is unjudged: a screening on a later day than this judges the household."""


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
    updated_at: dt.datetime = Field(sa_type=UtcDateTime, index=True)
    """When it changed last, its verdict included."""


class RiskFact(Base, table=True):
    """A fact that explains a change of a risk: what was said, and what it led to."""

    __tablename__ = "risk_fact"

    risk_id: UUID = Field(primary_key=True, foreign_key="risk.id")
    fact_id: UUID = Field(primary_key=True, foreign_key="fact.id", index=True)
