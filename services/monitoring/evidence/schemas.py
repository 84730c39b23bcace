"""A fact as its source reports it, validated: the same value, whether a route, an event or a file brings it."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from services.monitoring.evidence.kept import Posting
from shared.findings import Finding, WrongValue
from shared.http.fields import Day, HouseholdCode, MemberNo, Reference, Source, Text
from shared.months import Month
from shared.words.said import says


def _text_only(value: object) -> object:
    if isinstance(value, str):
        return value
    raise WrongValue(says("month-not-text"))


MonthSent = Annotated[Month, BeforeValidator(_text_only)]
"""A month sent to us: text, never the number we keep inside."""


class Statement(BaseModel):
    """Part of a fact: strict about its fields, and never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FactReference(Statement):
    """Names a fact by who said it and under which reference."""

    source: Source = Field(examples=["medical-insurance"])
    source_ref: Reference


class ReportedFact(Statement):
    """Fact 上报信息: what a source says about a household. Each type of evidence derives its own from it."""

    source: Source = Field(examples=["medical-insurance"])
    source_ref: Reference
    household_code: HouseholdCode
    member_no: MemberNo | None = None
    observed_on: Day
    supersedes: FactReference | None = None
    confirmed: Text | None = Field(
        None, max_length=500, description="Why an amount that looks like a slip is right; kept with the fact"
    )
    type: str
    payload: Statement

    def said(self) -> str:
        """What it says, as it is kept: JSON."""
        return self.payload.model_dump_json()

    def posting(self, person_id: UUID | None) -> Posting:
        """What the fact enters, about a person where it names one; nothing by itself."""
        return Posting()

    def month_named(self) -> int | None:
        """The month it is about, where it names one."""
        return None

    def income_of_month(self) -> int | None:
        """The income of one month in fen, where it is one: an unlikely one is asked about."""
        return None

    def doubt(self) -> Finding | None:
        """Why it cannot be true, as far as that is seen in it alone."""
        return None
