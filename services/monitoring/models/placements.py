"""Tables of the loss of work."""

import datetime as dt
from uuid import UUID

from sqlmodel import Field

from services.monitoring.models.base import Base
from shared.codes.employment import PlacementEndReason
from shared.db.base import OpenCode


class JobLoss(Base, table=True):
    """The last loss of work 失业 of a household; it stays, with the placement that ended it, once it is over."""

    __tablename__ = "job_loss"

    household_code: str = Field(primary_key=True, foreign_key="household.code", max_length=64)
    placement_id: UUID
    lost_on: dt.date
    reason: PlacementEndReason = Field(sa_type=OpenCode(PlacementEndReason))
    regained_placement_id: UUID | None
    regained_on: dt.date | None
