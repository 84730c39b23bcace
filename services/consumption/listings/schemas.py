"""Bodies of listings."""

import datetime as dt
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, model_validator

from shared.codes.consumption import AppealOutcome, ListingColour, ListingSubject
from shared.findings import WrongValue
from shared.http.fields import Body, Code, Day, RegionCode, Remark
from shared.words.said import says

ListingCode = Annotated[Code, Field(examples=["DJ-LIST-0001"])]


class AppealIn(Body):
    """An appeal 申诉 against a listing, and what became of it."""

    on: Day
    note: Annotated[Remark, Field(min_length=1)]
    outcome: AppealOutcome = AppealOutcome.PENDING


class ListingIn(Body):
    """An entry of the black or the white list 黑白名单; the whole of it every time."""

    region_code: RegionCode = Field(description="Who lists it: a county or a city")
    subject: ListingSubject
    subject_code: Code = Field(description="The producer, buyer or service unit")
    colour: ListingColour
    reason: Annotated[Remark, Field(min_length=1)]
    valid_from: Day = Field(alias="from")
    valid_to: Day | None = Field(None, alias="until", description="Its last day; null: until it is said otherwise")
    appeal: AppealIn | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise WrongValue(says("ends-before-it-begins"))
        return self


class AppealOut(BaseModel):
    """An appeal 申诉 against a listing."""

    on: dt.date
    note: str
    outcome: AppealOutcome


class ListingOut(BaseModel):
    """An entry of the black or the white list."""

    listing_code: str
    region_code: str
    subject: ListingSubject
    subject_code: str
    colour: ListingColour
    reason: str
    valid_from: dt.date = Field(serialization_alias="from")
    valid_to: dt.date | None = Field(serialization_alias="until")
    appeal: AppealOut | None
    version: int
    updated_at: dt.datetime = Field(description="When it was put last")

    @classmethod
    def of(cls, row: Any) -> Self:
        """A listing from its row."""
        return cls(
            listing_code=row.code,
            region_code=row.region_code,
            subject=row.subject,
            subject_code=row.subject_code,
            colour=row.colour,
            reason=row.reason,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            appeal=_appeal_of(row),
            version=row.version,
            updated_at=row.updated_at,
        )


def _appeal_of(row: Any) -> AppealOut | None:
    if row.appeal_outcome is None:
        return None
    return AppealOut(on=row.appealed_on, note=row.appeal, outcome=row.appeal_outcome)
