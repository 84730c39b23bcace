"""Bodies of recognitions."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from services.consumption.products.schemas import ProductCode
from services.consumption.recognitions.procedure import TRANSITIONS
from services.consumption.recognitions.rules import Found
from shared.codes.consumption import RecognitionAction, RecognitionCriterion, RecognitionStatus
from shared.findings import WrongValue
from shared.http.fields import Body, Day, Remark
from shared.words.said import says


class RecognitionIn(Body):
    """An application 申请 to recognise a product."""

    product_code: ProductCode
    evidence: Annotated[Remark, Field(min_length=1)] = Field(description="申请材料: what speaks for it")


class RecognitionTransitionIn(Body):
    """A step of the procedure."""

    action: RecognitionAction
    on: Day | None = Field(
        None, description="The day it was taken: not in the future, not before the step it follows; null: today"
    )
    note: Remark | None = Field(
        None,
        validate_default=True,
        min_length=1,
        description="For the history; `object`, `refuse` and `revoke` need one",
    )

    @field_validator("note")
    @classmethod
    def _says_why(cls, note: str | None, info: ValidationInfo) -> str | None:
        if note is None and info.data.get("action") in TRANSITIONS.needing("note"):
            raise WrongValue(says("step-needs-note"))
        return note


class RecognitionStepOut(BaseModel):
    """One step that was taken with a recognition."""

    at: dt.datetime = Field(description="When it was recorded")
    action: Literal["apply", "expire"] | RecognitionAction
    on: dt.date = Field(description="The day it was taken")
    by: str = Field(description="The client that recorded it, or `system`")
    status: RecognitionStatus = Field(description="Where the recognition stood afterwards")
    note: str | None


class CountedBy(BaseModel):
    """The parameter that something was counted or measured by."""

    key: str
    value: Any
    reference: str
    status: str
    pack: str


class RecognitionFindingOut(BaseModel):
    """What is found today of one criterion. It decides nothing: people do."""

    criterion: RecognitionCriterion
    holds: bool
    found: str
    needed: str
    rule: CountedBy | None = Field(description="The parameter that says how much is enough, where one does")

    @classmethod
    def of(cls, found: Found) -> Self:
        """A finding as it is answered."""
        rule = found.rule and {**found.rule.as_document(), "pack": found.rule.pack}
        return cls.model_validate({**found._asdict(), "rule": rule})


class RecognitionOut(BaseModel):
    """A recognition 重点产品认定 with the steps taken."""

    recognition_id: UUID = Field(validation_alias="id")
    product_code: str
    producer_code: str
    region_code: str
    evidence: str
    status: RecognitionStatus
    publicity_ends_on: dt.date | None = Field(description="公示期满日: the county recognises after it")
    publicity_rule: CountedBy | None
    valid_to: dt.date | None = Field(description="The last day of the recognition")
    validity_rule: CountedBy | None
    findings: list[RecognitionFindingOut]
    applied_at: dt.datetime
    updated_at: dt.datetime = Field(description="Of the last step")
    history: list[RecognitionStepOut] = Field(description="The oldest first")
    allowed_actions: list[RecognitionAction] = Field(description="What you may do with it now")

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """A recognition from its row, with its history and what was found."""
        return cls.model_validate(dict(row))
