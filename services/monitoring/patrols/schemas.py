"""Patrols as they are sent and answered."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from shared.codes.monitoring import HouseholdCategory
from shared.codes.records import RecordStatus, WithdrawalReason
from shared.findings import WrongValue
from shared.http.fields import Body, Code, Day, HouseholdCode, Reference, Source
from shared.records.schemas import WithdrawalBody
from shared.words.said import says

MOST_SEEN: Final = 200
"""Households that somebody sees on one patrol."""


def _no_doubles(codes: list[str]) -> list[str]:
    if len(set(codes)) < len(codes):
        raise WrongValue(says("household-named-twice"))
    return codes


class PatrolReference(Body):
    """A patrol by who sent it and their reference."""

    source: Source
    source_ref: Reference


class PatrolIn(Body):
    """A day on which a contact went to see households."""

    source: Source
    source_ref: Reference
    supersedes: PatrolReference | None = Field(None, description="The patrol of this contact that this one corrects")
    contact_code: Code
    on: Day
    household_codes: Annotated[list[HouseholdCode], AfterValidator(_no_doubles)] = Field(
        min_length=1, max_length=MOST_SEEN
    )


class PatrolOut(BaseModel):
    """A patrol as it is recorded."""

    patrol_id: UUID
    source: str
    source_ref: str
    contact_code: str | None
    on: dt.date
    household_codes: list[str] = Field(description="By code")
    supersedes_id: UUID | None = Field(description="The patrol that this one corrects")
    status: RecordStatus = Field(description="Whether it counts")
    recorded_at: dt.datetime

    @classmethod
    def of(cls, row: Any, household_codes: Sequence[str]) -> Self:
        """A patrol from its row."""
        return cls(
            patrol_id=row.id,
            source=row.source,
            source_ref=row.source_ref,
            contact_code=row.contact_code,
            on=row.on,
            household_codes=list(household_codes),
            supersedes_id=row.supersedes_id,
            status=row.status,
            recorded_at=row.recorded_at,
        )


class PatrolWithdrawalIn(WithdrawalBody):
    """A patrol that should never have been recorded."""


class PatrolWithdrawalOut(BaseModel):
    """A withdrawal 撤回: by the patrol nobody was seen."""

    model_config = ConfigDict(from_attributes=True)

    withdrawal_id: UUID = Field(validation_alias="id")
    patrol_id: UUID
    source: str
    source_ref: str
    reason: WithdrawalReason
    withdrawn_at: dt.datetime

    @classmethod
    def of(cls, row: Any) -> Self:
        """A withdrawal from its row."""
        return cls.model_validate(row)


class OverdueHousehold(BaseModel):
    """A household that was seen too seldom in a month."""

    household_code: str
    region_code: str
    category: HouseholdCategory
    monitored: bool = Field(description="Monitored in the month; else it is on the list because it is lifted")
    visits: int = Field(description="Days of the month on which it was seen")
    needed: int = Field(description="How often a month it is seen at least, there and then")
    last_visited_on: dt.date | None = Field(description="The last day of all on which it was seen, up to the month")
    contact_codes: list[str] = Field(description="Who looks after it")
