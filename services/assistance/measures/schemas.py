"""HTTP bodies of measures, in and out."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from shared.codes.assistance import MeasureKind, MeasureStatus, RefusalReason
from shared.findings import WrongValue
from shared.http.fields import Body, MemberNo, Remark
from shared.money import FenAsYuan, PositiveYuan
from shared.words.said import says


class MeasureIn(Body):
    """Help that a task asks for."""

    kind: MeasureKind
    note: Remark | None = Field(None, min_length=1, description="For those who work on the task")
    member_no: MemberNo | None = Field(None, description="The member a job is for; refused with the rest")
    amount: PositiveYuan | None = Field(
        None, validate_default=True, description="What is asked for: needed with `transfer`, refused with the rest"
    )

    @field_validator("member_no")
    @classmethod
    def _is_for_a_job(cls, member_no: int | None, info: ValidationInfo) -> int | None:
        if member_no is not None and info.data.get("kind", MeasureKind.JOB) is not MeasureKind.JOB:
            raise WrongValue(says("member-without-a-job"))
        return member_no

    @field_validator("amount")
    @classmethod
    def _belongs_to_cash(cls, amount: int | None, info: ValidationInfo) -> int | None:
        kind = info.data.get("kind")
        if kind is MeasureKind.TRANSFER and amount is None:
            raise WrongValue(says("transfer-without-an-amount"))
        if amount is not None and kind not in (None, MeasureKind.TRANSFER):
            raise WrongValue(says("amount-without-a-transfer"))
        return amount


class MeasureOut(BaseModel):
    """A measure 帮扶措施."""

    measure_id: UUID = Field(validation_alias="id")
    task_id: UUID
    household_code: str
    kind: MeasureKind
    status: MeasureStatus
    reason: RefusalReason | None = Field(description="Why it cannot be met, where it was refused")
    member_no: int | None
    amount: FenAsYuan | None = Field(description="In yuan; what cash is asked for")
    paid: FenAsYuan | None = Field(description="In yuan; what was paid of it. Null where no cash is asked for")
    note: str | None
    requested_at: dt.datetime
    requested_by: str
    answer_by: dt.date | None = Field(description="答复时限; null where the policy has no value for it")
    answer_provisional: bool = Field(description="Counted on working days that are not officially announced yet")
    answered_at: dt.datetime | None = Field(description="When it came to where it stands; null while nobody answered")
    updated_at: dt.datetime = Field(description="When it was asked for, counted again, paid or answered last")
    correlation_id: str = Field(description="The chain of its task; what comes of it belongs to it")

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> Self:
        """The row of a measure."""
        return cls.model_validate(dict(row))
