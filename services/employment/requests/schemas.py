"""Bodies of suggestions."""

from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from services.employment.requests.rules import Suggestion, Unsuitable
from shared.codes.employment import WhyNot
from shared.money import format_yuan


class SuggestionReason(BaseModel):
    """One thing that speaks for a vacancy."""

    code: Literal["wage_month", "shared_division"] = Field(
        description="`wage_month`: the better paid comes first; `shared_division`: of equal wages, the nearer to home"
    )
    value: str | None = Field(
        description="Yuan a month; or the narrowest division that holds home and work, null where they share none"
    )


class SuggestionOut(BaseModel):
    """A vacancy that fits a worker."""

    worker_id: UUID
    member_no: int
    vacancy_code: str
    why: list[SuggestionReason] = Field(description="What its rank follows from, the weightiest first")

    @classmethod
    def of(cls, found: Suggestion) -> Self:
        """A suggestion with the two things its rank follows from."""
        division = found.shared_division
        return cls(
            worker_id=found.candidate.worker_id,
            member_no=found.candidate.member_no,
            vacancy_code=found.offer.vacancy_code,
            why=[
                SuggestionReason(code="wage_month", value=format_yuan(found.offer.wage_month)),
                SuggestionReason(code="shared_division", value=division and division.value),
            ],
        )


class UnsuitableOut(BaseModel):
    """A vacancy that does not fit a worker."""

    worker_id: UUID
    member_no: int
    vacancy_code: str
    why_not: list[WhyNot] = Field(description="Everything that stands against it")

    @classmethod
    def of(cls, found: Unsuitable) -> Self:
        """A vacancy that does not fit, with the reasons as codes."""
        return cls(
            worker_id=found.candidate.worker_id,
            member_no=found.candidate.member_no,
            vacancy_code=found.offer.vacancy_code,
            why_not=list(found.why_not),
        )


class SuggestionsOut(BaseModel):
    """What could be offered for a request 岗位推荐."""

    request_id: UUID
    suggestions: list[SuggestionOut] = Field(description="What fits, the best first, as many as asked for")
    fitting: int = Field(description="How many fit in all")
    rest: list[UnsuitableOut] = Field(description="What does not fit, nearest to fitting first, as many as asked for")
    not_fitting: int = Field(description="How many do not fit in all")
