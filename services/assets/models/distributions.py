"""Tables of distributions, their lines, and what of them was withdrawn."""

import datetime as dt
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.assets.models.base import FEN, Base
from shared.codes.assets import DistributionReason, DistributionStatus
from shared.codes.records import WithdrawalReason
from shared.db.base import OpenCode, UtcDateTime, closed_code


class Distribution(Base, table=True):
    """Distribution 收益分配 of an asset's income of one year."""

    __table_args__ = (
        sa.Index("ix_distribution_region_code_status", "region_code", "status"),
        sa.Index("ix_distribution_proposed_at_id", "proposed_at", "id"),
        sa.Index("ix_distribution_updated_at_id", "updated_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    asset_code: str = Field(foreign_key="asset.code", max_length=64, index=True)
    region_code: str = Field(max_length=12)
    period: str = Field(max_length=4)
    """The year 年度."""
    supplementary: bool
    """Whether it was meant as a further one 补充分配 of its asset and year."""
    total: int = Field(sa_type=FEN)
    request_id: UUID | None
    """The measure request it answers, where it answers one."""
    status: DistributionStatus = Field(sa_type=closed_code(DistributionStatus))
    stepped_on: dt.date | None
    """The day of the last step; none before the first."""
    publicity_ends_on: dt.date | None
    """公示期满日; none while it was not published, and after an objection."""
    publicity_rule: dict[str, Any] | None = Field(sa_type=sa.JSON)
    """The parameter it was counted with, and its pack."""
    proposed_at: dt.datetime = Field(sa_type=UtcDateTime)
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)
    """Given in the order of commits."""
    version: int
    """Grows by one with every step."""


class DistributionLine(Base, table=True):
    """What one household gets for one reason 分配明细."""

    __tablename__ = "distribution_line"
    __table_args__ = (sa.UniqueConstraint("distribution_id", "household_code", "reason"),)

    distribution_id: UUID = Field(primary_key=True, foreign_key="distribution.id")
    line_no: int = Field(primary_key=True)
    household_code: str = Field(max_length=64)
    region_code: str = Field(max_length=12)
    """The household's, when the plan was made."""
    reason: DistributionReason = Field(sa_type=OpenCode(DistributionReason))
    amount: int = Field(sa_type=FEN)


class LineWithdrawal(Base, table=True):
    """Withdrawal 撤回 of a paid line: its household should never have been credited."""

    __tablename__ = "line_withdrawal"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["distribution_id", "line_no"], ["distribution_line.distribution_id", "distribution_line.line_no"]
        ),
        sa.UniqueConstraint("distribution_id", "line_no"),
        sa.UniqueConstraint("source", "source_ref"),
    )

    id: UUID = Field(primary_key=True)
    """Derived from distribution and line, so that one line is withdrawn once."""
    distribution_id: UUID
    line_no: int
    source: str = Field(max_length=64)
    source_ref: str = Field(max_length=128)
    reason: WithdrawalReason = Field(sa_type=OpenCode(WithdrawalReason))
    withdrawn_on: dt.date
    withdrawn_at: dt.datetime = Field(sa_type=UtcDateTime)
    withdrawn_by: str = Field(max_length=64)
