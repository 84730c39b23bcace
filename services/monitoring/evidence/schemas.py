"""A fact as its source reports it, validated: the same value, whether a route, an event or a file brings it."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from services.monitoring.evidence.kept import Posting
from shared.findings import Finding, WrongValue
from shared.http.fields import Day, HouseholdCode, KnownIdNumber, MemberNo, Reference, Source, Text
from shared.months import Month
from shared.words.said import says

ShortText = Annotated[Text, Field(max_length=64)]
Year = Annotated[int, Field(strict=True, ge=2000, le=2100)]
DivisionCode = Annotated[str, Field(pattern=r"^[0-9]{6}$", examples=["441900"])]
"""A county 县级区划代码, by six digits."""


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


def _without_default(schema: dict[str, Any]) -> None:
    del schema["default"]


class ReportedFact(Statement):
    """Fact 上报信息: what a source says about a household. Each type of evidence derives its own from it.

    It names the household, or a person by identity number: the command that records it finds where the person is
    registered, and the number goes no further.
    """

    source: Source = Field(examples=["medical-insurance"])
    source_ref: Reference
    household_code: HouseholdCode = Field(
        "", json_schema_extra=_without_default, description="The household; or else `id_number` names a person of it"
    )
    member_no: MemberNo | None = None
    id_number: KnownIdNumber | None = Field(
        None,
        repr=False,
        exclude=True,
        description="In place of `household_code` and `member_no`, with `monitoring:match`: whom the fact is about. "
        "Not kept",
    )
    observed_on: Day
    supersedes: FactReference | None = None
    confirmed: Text | None = Field(
        None, max_length=500, description="Why an amount that looks like a slip is right; kept with the fact"
    )
    type: str
    payload: Statement

    @model_validator(mode="after")
    def _names_a_household_or_a_person(self) -> Self:
        if self.id_number is None:
            if not self.household_code:
                raise WrongValue(says("household-or-person"))
        elif self.household_code or self.member_no is not None:
            raise WrongValue(says("household-beside-person"))
        return self

    def of_member(self, household_code: str, member_no: int | None) -> Self:
        """The fact about a member of a household, as if it had named both."""
        named = {"household_code": household_code, "member_no": member_no, "id_number": None}
        return self.model_copy(update=named)

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

    def has_rivals(self) -> bool:
        """Whether another source may have said the same, of which only one counts."""
        return False

    def cause_named(self) -> str | None:
        """The cause it names, where that is one only under a policy that says so."""
        return None

    def doubt(self) -> Finding | None:
        """Why it cannot be true, as far as that is seen in it alone."""
        return None
