"""Tables of facts."""

import datetime as dt
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.monitoring.models.base import Base
from shared.codes.monitoring import FactMode
from shared.db.base import EncryptedText, UtcDateTime, closed_code


class Fact(Base, table=True):
    """Fact 上报信息: what a source said about a household. Append-only; a correction names the fact it supersedes."""

    __table_args__ = (
        sa.Index("ix_fact_source_updated_at", "source", "updated_at"),
        sa.Index(
            "ix_fact_confirmed",
            "household_code",
            sqlite_where=sa.text("confirmed IS NOT NULL"),
            postgresql_where=sa.text("confirmed IS NOT NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    """Derived from source and reference, so that one reference is one row."""
    source: str = Field(max_length=64)
    source_ref: str = Field(max_length=128)
    household_code: str = Field(foreign_key="household.code", max_length=64, index=True)
    member_no: int | None
    person_id: UUID | None
    """Who held the number, where one was named: a member, or a former one."""
    type: str = Field(max_length=32)
    observed_on: dt.date
    payload: dict[str, Any] = Field(sa_type=sa.JSON)
    confirmed: str | None = Field(None, max_length=500)
    """Why an amount that looks like a slip is right, in the words of whoever brought the fact."""
    content_hash: str = Field(max_length=64)
    mode: FactMode = Field(sa_type=closed_code(FactMode))
    supersedes_id: UUID | None = Field(foreign_key="fact.id", unique=True)
    recorded_at: dt.datetime = Field(sa_type=UtcDateTime)
    recorded_by: str = Field(max_length=64)
    correlation_id: str = Field(max_length=64)
    updated_at: dt.datetime = Field(sa_type=UtcDateTime, index=True)
    """When the fact, its status, or the status or verdict of a risk it led to changed last."""


class FactText(Base, table=True):
    """What a fact says in words that tell what somebody is ill of 诊断名称: sealed, and beside its payload."""

    __tablename__ = "fact_text"

    fact_id: UUID = Field(primary_key=True, foreign_key="fact.id")
    text: str = Field(sa_type=EncryptedText)
