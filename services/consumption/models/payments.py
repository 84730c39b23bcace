"""The table of payments."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.consumption.models.base import Base
from shared.codes.records import RecordStatus
from shared.db.base import UtcDateTime, closed_code


class Payment(Base, table=True):
    """Payment 付款 of a buyer, as the supply side says that it came; a correction names the one it supersedes."""

    __table_args__ = (
        sa.Index("ix_payment_buyer_code_paid_on", "buyer_code", "paid_on"),
        sa.Index("ix_payment_recorded_at_id", "recorded_at", "id"),
        sa.Index("ix_payment_updated_at_id", "updated_at", "id"),
        sa.Index("uq_payment_supersedes_id", "supersedes_id", unique=True),
    )

    id: UUID = Field(primary_key=True)
    """Derived from source and reference, so that one reference is one row."""
    source: str = Field(max_length=64)
    source_ref: str = Field(max_length=128)
    buyer_code: str = Field(foreign_key="buyer.code", max_length=64)
    region_code: str = Field(max_length=12)
    """Whose goods are paid for: the region of whoever says so, or the one it named within its own."""
    paid_on: dt.date
    amount: int = Field(sa_type=sa.BigInteger)
    supersedes_id: UUID | None
    """The payment that this one corrects."""
    status: RecordStatus = Field(sa_type=closed_code(RecordStatus))
    recorded_at: dt.datetime = Field(sa_type=UtcDateTime)
    recorded_by: str = Field(max_length=64)
    correlation_id: str = Field(max_length=64)
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)
