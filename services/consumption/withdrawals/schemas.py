"""Bodies of withdrawals."""

import datetime as dt
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.codes.records import WithdrawalReason
from shared.http.fields import Body, Reference, Source


class WithdrawalIn(Body):
    """What should never have been recorded."""

    source: Source = Field(description="Who says so", examples=["finance-dejiang"])
    source_ref: Reference = Field(description="Their own reference of the withdrawal, used once")
    reason: WithdrawalReason


class WithdrawalOut(BaseModel):
    """A withdrawal 撤回: the record counts no longer."""

    model_config = ConfigDict(from_attributes=True)

    record_id: UUID = Field(description="The payment or report")
    source: str
    source_ref: str
    reason: WithdrawalReason
    withdrawn_at: dt.datetime

    @classmethod
    def of(cls, row: Any) -> Self:
        """A withdrawal from its row."""
        return cls.model_validate(row)
