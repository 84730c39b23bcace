"""Bodies of withdrawals."""

import datetime as dt
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.codes.records import WithdrawalReason
from shared.records.schemas import WithdrawalBody


class WithdrawalIn(WithdrawalBody):
    """What should never have been recorded."""


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
