"""Tables of findings."""

import datetime as dt
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.monitoring.models.base import Base
from shared.codes.monitoring import FindingStatus
from shared.db.base import UtcDateTime, closed_code
from shared.http.fields import MAX_REMARK


class FindingRow(Base, table=True):
    """Finding 疑点: what a rule found of a household, or of one of its members. It stays once it is cleared."""

    __tablename__ = "finding"
    __table_args__ = (
        sa.Index("ix_finding_household_code_rule", "household_code", "rule"),
        sa.Index("ix_finding_region_code_rule", "region_code", "rule"),
        sa.Index("ix_finding_found_at_id", "found_at", "id"),
        sa.Index("ix_finding_updated_at_id", "updated_at", "id"),
        sa.Index(
            "ix_finding_exempt_until",
            "exempt_until",
            sqlite_where=sa.text("exempt_until IS NOT NULL"),
            postgresql_where=sa.text("exempt_until IS NOT NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    """Derived from household, member and rule, so that each is found once."""
    household_code: str = Field(foreign_key="household.code", max_length=64)
    region_code: str = Field(max_length=12)
    member_no: int | None
    person_id: UUID | None
    """Who held the number: an exemption of somebody else is none."""
    rule: str = Field(max_length=48)
    status: FindingStatus = Field(sa_type=closed_code(FindingStatus))
    inputs: dict[str, Any] = Field(sa_type=sa.JSON)
    found_on: dt.date
    """The business date on which it was found, the last time."""
    found_at: dt.datetime = Field(sa_type=UtcDateTime)
    cleared_on: dt.date | None
    exempt_reason: str | None = Field(max_length=MAX_REMARK)
    """Why it is exempted 豁免理由: what a person wrote."""
    exempt_until: dt.date | None
    """The last day of the exemption, where it has one."""
    exempted_on: dt.date | None
    exempted_by: str | None = Field(max_length=128)
    version: int
    """Grows by one with every step."""
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)


class FindingRoll(Base, table=True):
    """How far the check of a night is 疑点夜间核查: one row, of the last night that was begun."""

    __tablename__ = "finding_roll"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    """Always 1: there is one row."""
    night: dt.date
    """The business date."""
    after: str = Field(max_length=64)
    """Households up to this code were checked."""
    ended: bool


class FindingDue(Base, table=True):
    """A household to be checked soon: what another one shares with it changed, or somebody held it at night."""

    __tablename__ = "finding_due"

    household_code: str = Field(primary_key=True, max_length=64)
    """No foreign key: it would wait for whoever holds the household."""
