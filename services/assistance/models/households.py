"""Tables of the money that came home to households, and of what of it was taken back."""

import datetime as dt
from uuid import UUID

from sqlmodel import Field

from services.assistance.models.base import FEN, Base
from shared.codes.monitoring import IncomeBranch
from shared.codes.records import WithdrawalReason
from shared.db.base import OpenCode, UtcDateTime, closed_code


class Credit(Base, table=True):
    """Credit 到账收入: money that came home through another house."""

    house: str = Field(primary_key=True, max_length=32)
    credit_id: UUID = Field(primary_key=True)
    household_code: str = Field(max_length=64, index=True)
    region_code: str = Field(max_length=12)
    branch: IncomeBranch = Field(sa_type=closed_code(IncomeBranch))
    month: int
    amount: int = Field(sa_type=FEN)
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
    branch: IncomeBranch = Field(sa_type=closed_code(IncomeBranch))
    month: int
    reason: WithdrawalReason = Field(sa_type=OpenCode(WithdrawalReason))
    withdrawn_on: dt.date
    at: dt.datetime = Field(sa_type=UtcDateTime)
    withdrawn_by: str = Field(max_length=64)
    """The client, or the house that told of it."""
    correlation_id: str = Field(max_length=64)
