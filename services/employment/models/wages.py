"""The tables of wages and of their withdrawals."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.employment.models.base import Base
from shared.codes.records import RecordStatus, WithdrawalReason
from shared.db.base import OpenCode, UtcDateTime, closed_code

_FEN = sa.BigInteger


class Wage(Base, table=True):
    """Wage 务工月报: what a placement paid for one month; of one month, one wage stands.

    What was said is kept: a correction names the wage it supersedes, and a withdrawal stands beside the wage.
    """

    __table_args__ = (sa.Index("ix_wage_recorded_at_id", "recorded_at", "id"),)

    id: UUID = Field(primary_key=True)
    """Derived from source and reference, so that one reference is one row. It is the id of the credit as well."""
    source: str = Field(max_length=64)
    source_ref: str = Field(max_length=128)
    placement_id: UUID = Field(foreign_key="placement.id", index=True)
    month: int
    amount: int = Field(sa_type=_FEN)
    supersedes_id: UUID | None = Field(foreign_key="wage.id", unique=True)
    status: RecordStatus = Field(sa_type=closed_code(RecordStatus))
    recorded_at: dt.datetime = Field(sa_type=UtcDateTime)
    recorded_by: str = Field(max_length=64)
    correlation_id: str = Field(max_length=64)
    updated_at: dt.datetime = Field(sa_type=UtcDateTime, index=True)


class WageWithdrawal(Base, table=True):
    """Withdrawal 撤回 of a wage that should never have been: its month is unknown again."""

    __tablename__ = "wage_withdrawal"
    __table_args__ = (sa.UniqueConstraint("source", "source_ref"),)

    id: UUID = Field(primary_key=True)
    """Derived from the wage, so that one wage is withdrawn once."""
    wage_id: UUID = Field(foreign_key="wage.id", unique=True)
    source: str = Field(max_length=64)
    source_ref: str = Field(max_length=128)
    reason: WithdrawalReason = Field(sa_type=OpenCode(WithdrawalReason))
    withdrawn_at: dt.datetime = Field(sa_type=UtcDateTime)
    withdrawn_by: str = Field(max_length=64)
    correlation_id: str = Field(max_length=64)
