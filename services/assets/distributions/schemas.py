"""HTTP bodies of distributions, in and out."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from services.assets.assets.schemas import AssetCode
from services.assets.distributions.procedure import TRANSITIONS
from shared.codes.assets import DistributionAction, DistributionReason, DistributionStatus
from shared.codes.records import WithdrawalReason
from shared.findings import WrongValue
from shared.http.fields import Body, Day, HouseholdCode, Remark
from shared.money import FenAsYuan, PositiveYuan
from shared.records.schemas import WithdrawalBody
from shared.words.said import says

MAX_LINES = 2000

Year = Annotated[str, Field(pattern=r"^(19|20)[0-9]{2}$", examples=["2026"], description="The year 年度 of the income")]


class LineIn(Body):
    """What one household gets for one reason."""

    household_code: HouseholdCode
    amount: PositiveYuan
    reason: DistributionReason


class DistributionIn(Body):
    """A plan 收益分配方案 for what an asset earned in a year."""

    asset_code: AssetCode
    period: Year
    supplementary: bool = Field(
        False, strict=True, description="补充分配: a further one of this asset and year is meant, and no slip"
    )
    total: PositiveYuan
    request_id: UUID | None = Field(
        None, description="The measure request it answers, of a household that has a line here"
    )
    lines: list[LineIn] = Field(
        min_length=1, max_length=MAX_LINES, description="They make the total; a household has one line for a reason"
    )


class TransitionIn(Body):
    """A step of the procedure."""

    action: DistributionAction
    on: Day = Field(description="The day it was taken: not in the future, not before the step it follows")
    note: Remark | None = Field(
        None,
        validate_default=True,
        min_length=1,
        description="For the history of the distribution; `object` needs one",
    )

    @field_validator("note")
    @classmethod
    def _says_what_is_objected(cls, note: str | None, info: ValidationInfo) -> str | None:
        if note is None and info.data.get("action") in TRANSITIONS.needing("note"):
            raise WrongValue(says("objection-needs-note"))
        return note


class StepOut(BaseModel):
    """One step that was taken with a distribution."""

    at: dt.datetime = Field(description="When it was recorded")
    action: DistributionAction
    on: dt.date = Field(description="The day it was taken")
    by: str = Field(description="The client that recorded it")
    status: DistributionStatus = Field(description="Where the distribution stood afterwards")
    note: str | None


class PublicityRule(BaseModel):
    """The parameter the publicity was counted with."""

    key: str
    value: Any
    reference: str
    status: str
    pack: str


class LineWithdrawalIn(WithdrawalBody):
    """A paid line that should never have been."""


class LineWithdrawalOut(BaseModel):
    """A withdrawal 撤回: the credit of the line counts no longer."""

    withdrawal_id: UUID = Field(validation_alias="id")
    distribution_id: UUID
    line_no: int
    source: str
    source_ref: str
    reason: WithdrawalReason
    withdrawn_on: dt.date
    withdrawn_at: dt.datetime
    withdrawn_by: str = Field(description="The client that said so")

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> Self:
        """The row of a withdrawal."""
        return cls.model_validate(dict(row))


class LineOut(BaseModel):
    """What one household gets for one reason."""

    line_no: int
    household_code: str
    amount: FenAsYuan
    reason: DistributionReason
    credit_id: UUID | None = Field(description="The credit it became; null until it is paid")
    withdrawal: LineWithdrawalOut | None = Field(description="Where the credit was withdrawn")


class DistributionSummary(BaseModel):
    """A distribution 收益分配 with the steps taken."""

    distribution_id: UUID = Field(validation_alias="id")
    asset_code: str
    region_code: str
    period: str
    supplementary: bool = Field(description="补充分配: a further one of its asset and year")
    total: FenAsYuan
    request_id: UUID | None
    status: DistributionStatus
    publicity_ends_on: dt.date | None = Field(description="公示期满日: the township decides after it")
    publicity_rule: PublicityRule | None
    proposed_at: dt.datetime
    updated_at: dt.datetime = Field(description="Of the last step or withdrawal")
    history: list[StepOut] = Field(description="The oldest first")
    allowed_actions: list[DistributionAction] = Field(description="What you may do with it now")

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> Self:
        """The row of a distribution with its history; with its lines where they are shown."""
        return cls.model_validate(dict(row))


class DistributionOut(DistributionSummary):
    """A distribution with its lines."""

    lines: list[LineOut]
