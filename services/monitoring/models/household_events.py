"""Tables of household life 农户变动: what happened to a household, and who came and went with it."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.monitoring.models.base import Base
from shared.codes.monitoring import Health, HouseholdCategory, HouseholdEventKind, Labour, Relation, Sex
from shared.db.base import EncryptedText, OpenCode, UtcDateTime


class HouseholdEvent(Base, table=True):
    """Household event 农户变动: split, merged, moved, somebody came, left or died. Append-only."""

    __tablename__ = "household_event"
    __table_args__ = (
        sa.Index("ix_household_event_household_code_recorded_at", "household_code", "recorded_at"),
        sa.Index(
            "ix_household_event_other_code",
            "other_code",
            sqlite_where=sa.text("other_code IS NOT NULL"),
            postgresql_where=sa.text("other_code IS NOT NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    """Derived from source and reference, so that one reference is one row."""
    source: str = Field(max_length=64)
    source_ref: str = Field(max_length=128)
    event: HouseholdEventKind = Field(sa_type=OpenCode(HouseholdEventKind))
    household_code: str = Field(foreign_key="household.code", max_length=64)
    on: dt.date
    other_code: str | None = Field(foreign_key="household.code", max_length=64)
    """The household into which all or some moved: by a merge or a split."""
    moved_from: str | None = Field(max_length=12)
    """The region that a household left by a move."""
    moved_to: str | None = Field(max_length=12)
    reason: str | None = Field(max_length=32)
    content_hash: str = Field(max_length=64)
    recorded_at: dt.datetime = Field(sa_type=UtcDateTime)
    """In the order of commits."""
    recorded_by: str = Field(max_length=64)


class MemberMove(Base, table=True):
    """Coming and going 人员进出: from a day on a person holds a number of a household, or holds it no longer.

    What was registered of somebody who left stays for the days before, sealed. Whose labour, health, schooling or
    relation to the head changed left as it was and arrived as it is.
    """

    __tablename__ = "member_move"
    __table_args__ = (sa.Index("ix_member_move_on", "on"),)

    household_code: str = Field(primary_key=True, foreign_key="household.code", max_length=64)
    version: int = Field(primary_key=True)
    """The version of the household that it led to."""
    member_no: int = Field(primary_key=True)
    arrived: bool = Field(primary_key=True)
    person_id: UUID
    on: dt.date
    event_id: UUID | None = Field(foreign_key="household_event.id", index=True)
    """The event that says so; none where the register was changed."""
    name: str | None = Field(sa_type=EncryptedText)
    """What was registered of somebody who left; of somebody who arrived, nothing."""
    relation: Relation | None = Field(sa_type=OpenCode(Relation))
    sex: Sex | None = Field(sa_type=OpenCode(Sex))
    birth_date: dt.date | None
    id_number: str | None = Field(sa_type=EncryptedText)
    labour: Labour | None = Field(sa_type=OpenCode(Labour))
    health: Health | None = Field(sa_type=OpenCode(Health))
    student: bool | None


class HouseholdBefore(Base, table=True):
    """What was registered of a household 户情变更前 until a change of it, by event or in the register."""

    __tablename__ = "household_before"
    __table_args__ = (sa.Index("ix_household_before_until", "until"),)

    household_code: str = Field(primary_key=True, foreign_key="household.code", max_length=64)
    version: int = Field(primary_key=True)
    """The version of the household that the change led to."""
    until: dt.date
    """The day from which it was so no longer."""
    region_code: str = Field(max_length=12)
    category: HouseholdCategory = Field(sa_type=OpenCode(HouseholdCategory))
    relocated: bool
    dibao: bool
