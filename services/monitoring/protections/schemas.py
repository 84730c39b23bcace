"""Protections as they are answered."""

import datetime as dt
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.monitoring.protections.rules import Standing
from shared.codes.circumstances import Protection, ProtectionStatus


class ProtectionOut(BaseModel):
    """Where a household stands in one matter 保障情况."""

    code: Protection
    status: ProtectionStatus
    checked_on: dt.date | None = Field(description="The latest day on which something was observed that it rests on")
    fact_ids: list[UUID] = Field(description="The facts that it rests on")

    @classmethod
    def of(cls, code: Protection, found: Standing) -> Self:
        """What was found."""
        return cls.model_validate(
            {"code": code, "status": found.status, "checked_on": found.checked_on, "fact_ids": found.fact_ids}
        )


class ProtectionsOut(BaseModel):
    """Where a household stands in 三保障 and water on a day."""

    household_code: str
    as_of: dt.date
    items: list[ProtectionOut]


class ProtectionListed(ProtectionOut):
    """Where a household stands in one matter, as lists show it."""

    model_config = ConfigDict(from_attributes=True)

    household_code: str
    region_code: str
    updated_at: dt.datetime = Field(description="When it changed last")
