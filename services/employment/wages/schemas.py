"""Bodies of wages and of their withdrawals."""

import datetime as dt
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from shared.codes.records import RecordStatus, WithdrawalReason
from shared.http.fields import Body, Reference, Source
from shared.money import FenAsYuan, Yuan, above_zero
from shared.months import Month
from shared.records.schemas import WithdrawalBody


class WageReference(Body):
    """A wage by who sent it and their reference."""

    source: Source = Field(examples=["labour-station-dongguan"])
    source_ref: Reference


class WageIn(Body):
    """A wage as an employer or a labour station reports it."""

    source: Source = Field(description="Who says so", examples=["labour-station-dongguan"])
    source_ref: Reference = Field(description="Their own reference, used once")
    placement_id: UUID
    month: Month = Field(description="The month the wage is for")
    supersedes: WageReference | None = Field(None, description="The wage of this placement that this one corrects")
    amount: Yuan = Field(
        description="In yuan; zero only in a correction: nothing was paid. What was wrong altogether is withdrawn"
    )

    @field_validator("amount")
    @classmethod
    def _zero_corrects(cls, amount: int, info: ValidationInfo) -> int:
        return above_zero(amount) if info.data.get("supersedes", ...) is None else amount


class WageOut(BaseModel):
    """A wage 务工月报, credited to the household."""

    model_config = ConfigDict(from_attributes=True)

    wage_id: UUID = Field(validation_alias="id", description="The id of the credit in the household's ledger")
    source: str
    source_ref: str
    placement_id: UUID
    month: Month
    amount: FenAsYuan
    supersedes_id: UUID | None = Field(description="The wage that this one corrects")
    status: RecordStatus = Field(description="Whether it counts")
    recorded_at: dt.datetime
    updated_at: dt.datetime = Field(description="When it was recorded, superseded or withdrawn")

    @classmethod
    def of(cls, row: Any) -> Self:
        """A wage from its row."""
        return cls.model_validate(row)


class WageWithdrawalIn(WithdrawalBody):
    """A wage that should never have been reported."""


class WageWithdrawalOut(BaseModel):
    """A withdrawal 撤回: the wage counts no longer, and its month can be reported anew."""

    model_config = ConfigDict(from_attributes=True)

    withdrawal_id: UUID = Field(validation_alias="id")
    wage_id: UUID
    source: str
    source_ref: str
    reason: WithdrawalReason
    withdrawn_at: dt.datetime

    @classmethod
    def of(cls, row: Any) -> Self:
        """A withdrawal from its row."""
        return cls.model_validate(row)
