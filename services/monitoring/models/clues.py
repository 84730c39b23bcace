"""Tables of clues."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.monitoring.models.base import KEPT_BY_KEY, Base
from shared.codes.assistance import TaskVerdict
from shared.codes.monitoring import ClueChannel, ClueOutcome, ClueReason, ClueStatus
from shared.db.base import INDEX_LENGTH, EncryptedText, OpenCode, UtcDateTime, closed_code
from shared.http.fields import MAX_REMARK

_WAITS = sa.text("id_number_index IS NOT NULL")
_LINKED = sa.text("status = 'linked'")
_OPEN = sa.text("status = 'open'")
_OF_A_CASE = sa.text("case_id IS NOT NULL")


class ClueRow(Base, table=True):
    """Clue 线索: what somebody says of a household that may be in danger, and the answer to it."""

    __tablename__ = "clue"
    __table_args__ = (
        sa.Index("ix_clue_received_at_id", "received_at", "id"),
        sa.Index("ix_clue_updated_at_id", "updated_at", "id"),
        sa.Index("ix_clue_source_received_at_id", "source", "received_at", "id"),
        sa.Index("ix_clue_region_code_received_on", "region_code", "received_on"),
        sa.Index("ix_clue_household_code_status", "household_code", "status"),
        sa.Index("ix_clue_open_due_on", "due_on", sqlite_where=_OPEN, postgresql_where=_OPEN),
        sa.Index("ix_clue_waiting", "id_number_index", sqlite_where=_WAITS, postgresql_where=_WAITS),
        sa.Index("ix_clue_linked", "risk_id", sqlite_where=_LINKED, postgresql_where=_LINKED),
        sa.Index("ix_clue_case_id", "case_id", sqlite_where=_OF_A_CASE, postgresql_where=_OF_A_CASE),
    )

    id: UUID = Field(primary_key=True)
    """Derived from source and reference, so that a clue is taken once."""
    source: str = Field(max_length=64)
    source_ref: str = Field(max_length=128)
    content_hash: str = Field(max_length=64)
    """Of all that was said but the identity number, which nobody may guess from it."""
    channel: ClueChannel = Field(sa_type=OpenCode(ClueChannel))
    named_household: str | None = Field(max_length=64)
    """The household as the sender named it; none where a person was named."""
    household_code: str | None = Field(foreign_key="household.code", max_length=64)
    """The household that it is about; none until one is found."""
    member_no: int | None
    person_id: UUID | None
    """Whom the identity number meant, once that is known."""
    id_number: str | None = Field(sa_type=EncryptedText(index="id_number_index"))
    """Kept only until the person is found."""
    id_number_index: str | None = Field(max_length=INDEX_LENGTH)
    region_code: str = Field(max_length=12)
    """Where the household lives, or where it is said to."""
    sent_within: str = Field(max_length=12)
    """The widest region of the sender around that, as a prefix: nobody learns from a clue who lives outside of it."""
    received_on: dt.date
    indicator: str = Field(max_length=128)
    kinds: list[str] = Field(sa_type=sa.JSON)
    note: str | None = Field(max_length=MAX_REMARK)
    status: ClueStatus = Field(sa_type=closed_code(ClueStatus))
    joined_to: UUID | None
    """The open clue of the household whose verdict answers this one, too."""
    risk_id: UUID | None = Field(foreign_key="risk.id")
    """The risk whose task answers it, or that its confirmation raised."""
    case_id: UUID | None
    owner_level: str = Field(max_length=16)
    """The region level whose duty the check is."""
    due_on: dt.date | None
    """The last working day for the answer; none where the policy has no value for it."""
    due_provisional: bool
    pack: str = Field(max_length=96)
    """The pack by which it was taken in."""
    verdict: TaskVerdict | None = Field(sa_type=OpenCode(TaskVerdict))
    reason: ClueReason | None = Field(sa_type=OpenCode(ClueReason))
    answered_on: dt.date | None
    outcome: ClueOutcome | None = Field(sa_type=OpenCode(ClueOutcome))
    received_at: dt.datetime = Field(sa_type=UtcDateTime)
    recorded_by: str = Field(max_length=128)
    correlation_id: str = Field(max_length=64)
    version: int
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)


class ConfirmedReport(Base, table=True):
    """The last clue of a household that a check confirmed 线索核实属实; it stays once it holds no longer."""

    __tablename__ = "confirmed_report"
    __table_args__ = (KEPT_BY_KEY,)

    household_code: str = Field(primary_key=True, foreign_key="household.code", max_length=64)
    clue_id: UUID
    confirmed_on: dt.date
    ended_on: dt.date | None
    """The day from which it holds no longer: its case ended, or without one its task."""
