"""Tables of slow sale, as consumption tells of it."""

import datetime as dt
from uuid import UUID

from sqlmodel import Field

from services.monitoring.models.base import Base


class SlowSale(Base, table=True):
    """A slow sale 滞销 of what a household makes; it stays, with the day of its end, once it is over."""

    __tablename__ = "slow_sale"

    household_code: str = Field(primary_key=True, foreign_key="household.code", max_length=64)
    alert_id: UUID = Field(primary_key=True)
    """The alert of consumption."""
    commodity_code: str = Field(max_length=64)
    exposed_on: dt.date
    relieved_on: dt.date | None
