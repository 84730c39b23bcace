"""Tables of policy values that people add to the packs, and how far households were judged by what holds."""

import datetime as dt
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.monitoring.models.base import Base
from shared.codes.monitoring import PolicyValueStatus
from shared.db.base import UtcDateTime, closed_code


class PolicyValue(Base, table=True):
    """A value of a parameter 政策参数值 that somebody proposed for a region, and where it stands."""

    __tablename__ = "policy_value"
    __table_args__ = (
        sa.Index("ix_policy_value_region_code_key", "region_code", "key"),
        sa.Index("ix_policy_value_proposed_at_id", "proposed_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    region_code: str = Field(max_length=12)
    """The prefix of the region: `5206` is a prefecture, `00` the nation."""
    key: str = Field(max_length=128)
    value: Any = Field(sa_type=sa.JSON)
    valid_from: dt.date
    valid_to: dt.date | None
    """None: until another one is approved."""
    value_status: str = Field(max_length=16)
    """How binding it is, a `ValueStatus`."""
    reference: str = Field(sa_type=sa.Text)
    """The document and section, as whoever proposed it wrote it."""
    status: PolicyValueStatus = Field(sa_type=closed_code(PolicyValueStatus))
    proposed_by: str = Field(max_length=128)
    proposed_at: dt.datetime = Field(sa_type=UtcDateTime)
    approved_by: str | None = Field(max_length=128)
    approved_at: dt.datetime | None = Field(sa_type=UtcDateTime)
    """Values are laid over the packs in this order."""
    updated_at: dt.datetime = Field(sa_type=UtcDateTime, index=True)
    version: int
    """Grows by one with every step."""


class PolicyRoll(Base, table=True):
    """By which values the households of a region were judged last 按政策重判: those whose narrowest pack is its own."""

    __tablename__ = "policy_roll"

    region: str = Field(primary_key=True, max_length=12)
    judged_by: str = Field(max_length=64)
    """A digest of the values of the rules."""
    judging_by: str | None = Field(max_length=64)
    """The digest of the values by which they are being judged; none while nothing is under way."""
    after: str = Field(max_length=64)
    """The last household that was seen to."""
    left_out: bool
    """Whether somebody held some of them, so that they are gone through once more."""
