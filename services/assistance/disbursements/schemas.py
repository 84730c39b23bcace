"""HTTP bodies of disbursements, in and out."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool

from shared.codes.records import WithdrawalReason
from shared.http.fields import Body, HouseholdCode, Reference, Source
from shared.money import FenAsYuan, PositiveYuan
from shared.months import Month


class DisbursementReference(Body):
    """Names a disbursement by who paid it and under which reference."""

    source: Source = Field(examples=["civil-affairs"])
    source_ref: Reference


class DisbursementIn(Body):
    """Cash paid to a household."""

    source: Source = Field(examples=["civil-affairs"])
    source_ref: Reference = Field(description="Their own number of the payment; unique per source")
    household_code: HouseholdCode
    measure_id: UUID | None = Field(None, description="The measure it answers, which is completed by it")
    kind: str = Field(pattern=r"^[a-z_]{1,32}$", examples=["temporary_relief"], description="What was paid, as a code")
    month: Month = Field(description="The month it is for")
    amount: PositiveYuan
    instalment: StrictBool = Field(
        False, description="A part of what the measure asked for: more follows, up to its amount"
    )
    supersedes: DisbursementReference | None = Field(None, description="The disbursement that this one corrects")


class DisbursementOut(BaseModel):
    """A disbursement 发放."""

    disbursement_id: UUID = Field(validation_alias="id", description="The credit it becomes in the ledger, too")
    source: str
    source_ref: str
    household_code: str
    region_code: str
    measure_id: UUID | None
    kind: str
    month: Month
    amount: FenAsYuan
    supersedes_id: UUID | None
    disbursed_on: dt.date
    withdrawn_on: dt.date | None = Field(description="When it was withdrawn; then it does not count")
    recorded_at: dt.datetime
    recorded_by: str
    updated_at: dt.datetime = Field(description="When it was recorded or withdrawn")

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> Self:
        """The row of a disbursement."""
        return cls.model_validate(dict(row))


class WithdrawalIn(DisbursementReference):
    """Takes a disbursement back, as if nobody had told of it."""

    reason: WithdrawalReason


class WithdrawalOut(BaseModel):
    """A withdrawal 撤回 of a disbursement."""

    withdrawal_id: UUID = Field(validation_alias="id")
    disbursement_id: UUID = Field(validation_alias="credit_id")
    household_code: str
    reason: WithdrawalReason
    withdrawn_on: dt.date
    withdrawn_by: str

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> Self:
        """The row of a withdrawal."""
        return cls.model_validate(dict(row))
