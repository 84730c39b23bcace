"""The table of disbursements."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.assistance.models.base import FEN, Base
from shared.db.base import UtcDateTime


class Disbursement(Base, table=True):
    """Disbursement 发放: cash paid to a household. Append-only; a correction names what it supersedes."""

    __table_args__ = (
        sa.Index("ix_disbursement_recorded_at_id", "recorded_at", "id"),
        sa.Index("ix_disbursement_updated_at_id", "updated_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    """Derived from source and reference, so that one reference is one row."""
    source: str = Field(max_length=64)
    source_ref: str = Field(max_length=128)
    household_code: str = Field(max_length=64, index=True)
    region_code: str = Field(max_length=12)
    measure_id: UUID | None = Field(foreign_key="measure.id", index=True)
    kind: str = Field(max_length=32)
    month: int
    amount: int = Field(sa_type=FEN)
    supersedes_id: UUID | None = Field(foreign_key="disbursement.id", unique=True)
    disbursed_on: dt.date
    withdrawn_on: dt.date | None
    """The day it was found that the household never had it; then it does not count."""
    recorded_at: dt.datetime = Field(sa_type=UtcDateTime)
    recorded_by: str = Field(max_length=64)
    correlation_id: str = Field(max_length=64)
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)
    """When it was recorded or withdrawn, in the order of commits."""
