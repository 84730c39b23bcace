"""The table of workers."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.employment.models.base import Base
from shared.codes.employment import WorkerStatus
from shared.codes.monitoring import Labour, Sex
from shared.db.base import OpenCode, UtcDateTime, closed_code


class Worker(Base, table=True):
    """Worker 劳动力: a member who can work, read from the household's own events. No name, no identity number."""

    __table_args__ = (
        sa.Index("ix_worker_household_code_member_no", "household_code", "member_no"),
        sa.Index("ix_worker_updated_at_id", "updated_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    """Derived from household and person, so that one person is one row; from the number where no person was told."""
    household_code: str = Field(max_length=64)
    region_code: str = Field(max_length=12)
    member_no: int
    """The number under which the household names the person now, or named it last."""
    person_id: UUID | None = Field(index=True)
    sex: Sex = Field(sa_type=closed_code(Sex))
    birth_year: int
    born_on: dt.date | None
    """出生日期: whether somebody is of working age is decided to the day. None where only the year was told."""
    labour: Labour = Field(sa_type=OpenCode(Labour))
    student: bool
    present: bool
    """Whether the newest state of the household still names the person 在户."""
    active: bool
    """Whether it names the person as able to work."""
    version: int
    """The newest state of the household that was seen; an older one never wins."""
    status: WorkerStatus = Field(sa_type=closed_code(WorkerStatus))
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)
    """Given in the order of commits."""
