"""Tables of what households are secure in."""

import datetime as dt

import sqlalchemy as sa
from sqlmodel import Field

from services.monitoring.models.base import KEPT_BY_KEY, Base
from shared.codes.circumstances import Protection, ProtectionStatus
from shared.db.base import OpenCode, UtcDateTime


class HouseholdProtection(Base, table=True):
    """Where a household stands in one matter of 三保障 and water, kept ready for lists.

    A household of which something was said in one matter has a row for each of them.
    """

    __tablename__ = "household_protection"
    __table_args__ = (
        sa.Index("ix_household_protection_region_code", "region_code", "household_code", "code"),
        sa.Index("ix_household_protection_code_status", "code", "status", "region_code", "household_code"),
        KEPT_BY_KEY,
    )

    household_code: str = Field(primary_key=True, foreign_key="household.code", max_length=64)
    code: Protection = Field(primary_key=True, sa_type=OpenCode(Protection))
    region_code: str = Field(max_length=12)
    status: ProtectionStatus = Field(sa_type=OpenCode(ProtectionStatus))
    checked_on: dt.date | None
    """The latest day on which something was observed that it rests on."""
    fact_ids: list[str] = Field(sa_type=sa.JSON)
    decided_on: dt.date
    """The day on which it was found to be so."""
    valid_until: dt.date | None = Field(index=True)
    """The day on which time alone may change it; none where time does not."""
    updated_at: dt.datetime = Field(sa_type=UtcDateTime, index=True)
    """When it changed last."""
