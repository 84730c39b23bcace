"""Bodies of placements."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from services.employment.placements.procedure import TRANSITIONS
from services.employment.vacancies.schemas import VacancyCode
from shared.codes.employment import PlacementAction, PlacementEndReason, PlacementStatus
from shared.findings import WrongValue
from shared.http.fields import Body, Day
from shared.words.said import says


class PlacementIn(Body):
    """A worker for a vacancy."""

    worker_id: UUID
    vacancy_code: VacancyCode
    request_id: UUID | None = Field(None, description="The request it answers")


class PlacementTransitionIn(Body):
    """A step of a placement."""

    action: PlacementAction
    on: Day = Field(description="The day it happened; with `end`, the last day of work")
    reason: PlacementEndReason | None = Field(
        None, validate_default=True, description="Why it ended: needed with `end`, refused with the rest"
    )

    @field_validator("reason")
    @classmethod
    def _belongs_to_end(cls, reason: PlacementEndReason | None, info: ValidationInfo) -> PlacementEndReason | None:
        ends = info.data.get("action") in TRANSITIONS.needing("reason")
        if ends and reason is None:
            raise WrongValue(says("end-needs-reason", reasons=[*PlacementEndReason]))
        if reason is not None and "action" in info.data and not ends:
            raise WrongValue(says("reason-without-end"))
        return reason


class PlacementStepOut(BaseModel):
    """A step taken with a placement."""

    at: dt.datetime = Field(description="When it was recorded")
    action: Literal["place"] | PlacementAction
    on: dt.date | None = Field(description="The day it happened; null with `place`")
    by: str = Field(description="The client that recorded it, or `monitoring` where the worker left the household")
    status: PlacementStatus = Field(description="Where the placement stood afterwards")
    reason: PlacementEndReason | None = Field(description="With `end`, why it ended")


class PlacementOut(BaseModel):
    """A placement 输送就业."""

    placement_id: UUID = Field(validation_alias="id")
    worker_id: UUID
    household_code: str
    region_code: str
    member_no: int
    vacancy_code: str
    request_id: UUID | None
    status: PlacementStatus
    placed_at: dt.datetime
    departed_on: dt.date | None
    started_on: dt.date | None = Field(description="First day of work; null where it never began")
    ended_on: dt.date | None
    end_reason: PlacementEndReason | None
    updated_at: dt.datetime = Field(description="When it was placed or taken further last")
    history: list[PlacementStepOut] = Field(description="The oldest first")
    allowed_actions: list[PlacementAction] = Field(description="What you may do with it now")

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> Self:
        """A placement from its row with its history, beside which the region and the number of its worker stand."""
        return cls.model_validate(row)
