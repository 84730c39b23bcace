"""The table of placements."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.employment.models.base import Base
from shared.codes.employment import PlacementEndReason, PlacementStatus
from shared.db.base import OpenCode, UtcDateTime, closed_code


class Placement(Base, table=True):
    """Placement 输送就业: one worker in one vacancy, from the match to the end of the work."""

    __table_args__ = (
        sa.Index("ix_placement_household_code_status", "household_code", "status"),
        sa.Index("ix_placement_vacancy_code_status", "vacancy_code", "status"),
        sa.Index("ix_placement_placed_at_id", "placed_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    worker_id: UUID = Field(foreign_key="worker.id", index=True)
    household_code: str = Field(max_length=64)
    vacancy_code: str = Field(foreign_key="vacancy.code", max_length=64)
    request_id: UUID | None = Field(foreign_key="measure_request.id", index=True)
    """The request it answers."""
    status: PlacementStatus = Field(sa_type=closed_code(PlacementStatus))
    placed_at: dt.datetime = Field(sa_type=UtcDateTime)
    departed_on: dt.date | None
    started_on: dt.date | None
    """First day of work; none where the work never began."""
    ended_on: dt.date | None
    """Last day of work."""
    end_reason: PlacementEndReason | None = Field(sa_type=OpenCode(PlacementEndReason))
    version: int
    """Grows by one with every step."""
    updated_at: dt.datetime = Field(sa_type=UtcDateTime, index=True)
