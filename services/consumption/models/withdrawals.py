"""The table of withdrawals."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.consumption.models.base import Base
from shared.codes.records import WithdrawalReason
from shared.db.base import OpenCode, UtcDateTime


class Withdrawal(Base, table=True):
    """Withdrawal 撤回 of a payment or a report that should never have been; the record stays, and counts no longer."""

    __table_args__ = (sa.UniqueConstraint("thing", "source", "source_ref"),)

    record_id: UUID = Field(primary_key=True)
    """The record: ids are derived, so that no two of any kind have the same."""
    thing: str = Field(max_length=32)
    """What kind of record it is."""
    source: str = Field(max_length=64)
    source_ref: str = Field(max_length=128)
    reason: WithdrawalReason = Field(sa_type=OpenCode(WithdrawalReason))
    withdrawn_at: dt.datetime = Field(sa_type=UtcDateTime)
    withdrawn_by: str = Field(max_length=64)
    correlation_id: str = Field(max_length=64)
