"""Tables of screenings and of the nightly roll."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.monitoring.models.base import KEPT_BY_KEY, Base
from shared.codes.monitoring import RiskGrade, RiskKind
from shared.db.base import OpenCode, UtcDateTime


class Screening(Base, table=True):
    """Screening 集中排查: all households of a region judged as of one day, and what came of it."""

    __table_args__ = (sa.Index("ix_screening_began_at_id", "began_at", "id"),)

    id: UUID = Field(primary_key=True)
    """Also the id of its job."""
    region_code: str | None = Field(max_length=12, index=True)
    """The division in full; none where it is of all the households there are."""
    as_of: dt.date
    dry_run: bool
    """试排查: nothing but its result is kept of it."""
    asked_by: str = Field(max_length=128)
    began_at: dt.datetime = Field(sa_type=UtcDateTime)
    ended_at: dt.datetime | None = Field(sa_type=UtcDateTime)
    """When its last household was judged."""
    households: int
    judged: int
    raised: int
    updated: int
    cleared: int
    households_at_risk: int
    previous_id: UUID | None = Field(foreign_key="screening.id")
    """The last one of the same region that was no dry run, when it ended."""
    newly: int
    no_longer: int
    updated_at: dt.datetime = Field(sa_type=UtcDateTime, index=True)


class ScreeningKind(Base, table=True):
    """How many risks of one kind and grade a screening found open, raised and cleared."""

    __tablename__ = "screening_kind"

    screening_id: UUID = Field(primary_key=True, foreign_key="screening.id")
    kind: RiskKind = Field(primary_key=True, sa_type=OpenCode(RiskKind))
    grade: RiskGrade = Field(primary_key=True, sa_type=OpenCode(RiskGrade))
    open: int
    raised: int
    cleared: int


class ScreeningRegion(Base, table=True):
    """How many households of one county or township a screening looked at, and how many are at risk."""

    __tablename__ = "screening_region"

    screening_id: UUID = Field(primary_key=True, foreign_key="screening.id")
    region_code: str = Field(primary_key=True, max_length=12)
    households: int
    households_at_risk: int


class ScreeningHousehold(Base, table=True):
    """A household that had an open risk behind a screening. It refers to no row, so that writing it locks none."""

    __tablename__ = "screening_household"
    __table_args__ = KEPT_BY_KEY

    screening_id: UUID = Field(primary_key=True)
    household_code: str = Field(primary_key=True, max_length=64)
    grade: RiskGrade = Field(sa_type=OpenCode(RiskGrade))
    """The graver one of its risks."""
    kinds: str = Field(sa_type=sa.Text)
    """The kinds of its risks, by name, with a space between them."""


class NightlyRoll(Base, table=True):
    """The last day whose roll 夜间滚动 has ended: one row."""

    __tablename__ = "nightly_roll"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    ended: dt.date
