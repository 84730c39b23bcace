"""Tables of the household register."""

import datetime as dt

import sqlalchemy as sa
from sqlmodel import Field

from services.monitoring.models.base import Base
from shared.codes.monitoring import HouseholdCategory, HouseholdEndReason
from shared.db.base import OpenCode, UtcDateTime
from shared.db.spelling import spelling_index
from shared.http.fields import MAX_REMARK


class Household(Base, table=True):
    """Household 农户, the unit of monitoring."""

    __table_args__ = (
        spelling_index("household"),
        sa.Index("ix_household_region_code_code", "region_code", "code"),
        sa.Index(
            "ix_household_ended",
            "region_code",
            "code",
            sqlite_where=sa.text("ended_on IS NOT NULL"),
            postgresql_where=sa.text("ended_on IS NOT NULL"),
        ),
    )

    code: str = Field(primary_key=True, max_length=64)
    region_code: str = Field(max_length=12)
    category: HouseholdCategory = Field(sa_type=OpenCode(HouseholdCategory))
    relocated: bool
    dibao: bool
    registered_on: dt.date
    version: int
    member_count: int
    able_workers: int
    """Members with ordinary, skilled or weak labour."""
    fragile_members: int
    """Members seriously ill or severely disabled."""
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    updated_at: dt.datetime = Field(sa_type=UtcDateTime, index=True)
    """When what is registered changed last, its members included."""
    renewed_version: int | None = None
    """The version since which nobody is left of those who lived here before; none where somebody always was."""
    renewed_on: dt.date | None = None
    """The day of that version."""
    joined_on: dt.date | None = None
    """The day on which somebody was taken in last; none where that was before it was kept."""
    left_on: dt.date | None = None
    """The day on which somebody left last; none where nobody did, or before it was kept."""
    is_related: bool = False
    """Whether members passed to or from another household, so that what is said of one may count for the other."""
    origin_region_code: str | None = Field(None, max_length=12)
    """Where its land is 户籍地, since it moved away and kept it 人地分离."""
    ended_on: dt.date | None = None
    """The day from which it is no more 注销日期: nothing is judged from then on."""
    end_reason: HouseholdEndReason | None = Field(None, sa_type=OpenCode(HouseholdEndReason))
    end_note: str | None = Field(None, max_length=MAX_REMARK)
    monitored: bool = Field(False, sa_column=sa.Column(sa.Boolean(), nullable=False, server_default=sa.false()))
    """Whether it is monitored now 监测对象: what `monitored_household` says, where every judgement reads it."""


class CodePrefix(Base, table=True):
    """In which counties household codes begin with these letters 户编码前缀."""

    __tablename__ = "code_prefix"

    prefix: str = Field(primary_key=True, max_length=64)
    """In lower case, with the mark behind it: `dj-`."""
    county: str = Field(primary_key=True, max_length=6)
