"""Tables of the grid: who looks after which households, and where they were."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.monitoring.models.base import KEPT_BY_KEY, Base
from shared.codes.monitoring import ContactRole
from shared.codes.records import RecordStatus, WithdrawalReason
from shared.db.base import OpenCode, UtcDateTime
from shared.db.spelling import spelling_index


class Contact(Base, table=True):
    """Contact 网格责任人: who looks after households, under a code that names nobody."""

    __table_args__ = (
        spelling_index("contact"),
        sa.Index("ix_contact_region_code_code", "region_code", "code"),
        sa.Index("ix_contact_updated_at_code", "updated_at", "code"),
    )

    code: str = Field(primary_key=True, max_length=64)
    role: ContactRole = Field(sa_type=OpenCode(ContactRole))
    region_code: str = Field(max_length=12)
    """Where the households live: twelve digits, those that only fill it up included."""
    area: str | None = Field(max_length=64)
    """The part of it 网格, group 组 or building 楼栋; none: all of it."""
    version: int
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)


class ContactHousehold(Base, table=True):
    """A household that a contact looks after by name. A contact without any looks after all of its region."""

    __tablename__ = "contact_household"
    __table_args__ = (sa.Index("ix_contact_household_household_code", "household_code", "contact_code"), KEPT_BY_KEY)

    contact_code: str = Field(primary_key=True, foreign_key="contact.code", max_length=64)
    household_code: str = Field(primary_key=True, foreign_key="household.code", max_length=64)


class Patrol(Base, table=True):
    """Patrol 巡查走访: a day on which somebody went to see households, said once under a reference."""

    __table_args__ = (sa.Index("ix_patrol_contact_code_on", "contact_code", "on"),)

    id: UUID = Field(primary_key=True)
    source: str = Field(max_length=64)
    source_ref: str = Field(max_length=128)
    contact_code: str | None = Field(foreign_key="contact.code", max_length=64)
    """None: a visit that another house told of."""
    on: dt.date
    supersedes_id: UUID | None = Field(None, index=True, unique=True)
    """The patrol that this one corrects."""
    status: RecordStatus = Field(
        RecordStatus.STANDS,
        sa_column=sa.Column(OpenCode(RecordStatus), nullable=False, server_default=RecordStatus.STANDS.value),
    )
    """Whether it counts: a correction took its place, or it was withdrawn."""
    recorded_by: str = Field(max_length=128)
    recorded_at: dt.datetime = Field(sa_type=UtcDateTime)


class PatrolWithdrawal(Base, table=True):
    """Withdrawal 撤回 of a patrol that should never have been recorded."""

    __tablename__ = "patrol_withdrawal"
    __table_args__ = (sa.UniqueConstraint("source", "source_ref"),)

    id: UUID = Field(primary_key=True)
    """Derived from the patrol, so that it is withdrawn once."""
    patrol_id: UUID = Field(foreign_key="patrol.id", unique=True)
    source: str = Field(max_length=64)
    source_ref: str = Field(max_length=128)
    reason: WithdrawalReason = Field(sa_type=OpenCode(WithdrawalReason))
    withdrawn_at: dt.datetime = Field(sa_type=UtcDateTime)
    withdrawn_by: str = Field(max_length=128)


class PatrolVisit(Base, table=True):
    """A household that was seen on a patrol 走访农户."""

    __tablename__ = "patrol_visit"
    __table_args__ = (sa.Index("ix_patrol_visit_household_code_on", "household_code", "on"), KEPT_BY_KEY)

    patrol_id: UUID = Field(primary_key=True, foreign_key="patrol.id")
    household_code: str = Field(primary_key=True, foreign_key="household.code", max_length=64)
    on: dt.date
    """The day of the patrol."""
