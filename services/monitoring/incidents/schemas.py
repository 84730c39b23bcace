"""HTTP bodies of incidents, in and out."""

import datetime as dt
from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from shared.codes.monitoring import IncidentAction, IncidentKind, IncidentStatus, RiskGrade
from shared.findings import WrongValue
from shared.http.fields import Body, Remark
from shared.words.said import says

MAX_LIMIT: Final = 1_000_000
"""No county has so many households."""


class IncidentTransitionIn(Body):
    """What is done with an incident."""

    action: IncidentAction
    limit: Annotated[int, Field(strict=True, ge=1, le=MAX_LIMIT)] | None = Field(
        None, description="How many households are told of with `release`, red first; null is all who wait"
    )
    note: Remark | None = Field(None, min_length=1, description="For the history of the incident")

    @field_validator("limit")
    @classmethod
    def _belongs_to_release(cls, limit: int | None, info: ValidationInfo) -> int | None:
        if limit is not None and info.data.get("action") is IncidentAction.CLOSE:
            raise WrongValue(says("limit-without-release"))
        return limit


class HistoryEntry(BaseModel):
    """One thing that happened to an incident."""

    at: dt.datetime
    action: str = Field(description="`found`, or what a person did")
    by: str = Field(description="The client that acted, or `system`")
    status: IncidentStatus = Field(description="Where it stood afterwards")
    note: str | None
    told: int | None = Field(None, description="How many households were told of")


class IncidentOut(BaseModel):
    """An incident 突发事件."""

    incident_id: UUID = Field(validation_alias="id")
    kind: IncidentKind
    region_code: str = Field(description="The county")
    status: IncidentStatus
    founded_at: dt.datetime
    households: int = Field(description="How many belong to it")
    released: int = Field(description="How many of them were told of")
    queued: int = Field(description="How many wait for their turn; the others were in danger no longer before it came")
    updated_at: dt.datetime = Field(description="When it changed last, one of its households included")
    history: list[HistoryEntry] = Field(description="The oldest first")
    allowed_actions: list[IncidentAction] = Field(description="What you may do with it now")


class IncidentHouseholdOut(BaseModel):
    """A household of an incident."""

    household_code: str
    region_code: str
    grade: RiskGrade = Field(description="The highest of its risks")
    risks: int = Field(description="How many of its risks belong to the incident")
    queued: bool = Field(description="Whether it waits for its turn")
    released_at: dt.datetime | None = Field(
        description="When it was told of first; null while it waits, and for ever where the cause was gone before"
    )
    updated_at: dt.datetime = Field(description="When one of these risks changed last")
