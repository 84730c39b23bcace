"""The table of recognitions."""

import datetime as dt
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.consumption.models.base import Base
from shared.codes.consumption import RecognitionStatus
from shared.db.base import UtcDateTime, closed_code

ENDED: Final = (RecognitionStatus.REFUSED, RecognitionStatus.REVOKED, RecognitionStatus.EXPIRED)
"""Where a recognition leads nowhere any more: its product may be applied for again."""
_GOES_ON: Final = sa.text("status NOT IN (" + ", ".join(f"'{status.value}'" for status in ENDED) + ")")


class Recognition(Base, table=True):
    """Recognition 消费协作重点产品认定 of a product, from the application to its end."""

    __table_args__ = (
        sa.Index(
            "ix_recognition_goes_on", "product_code", unique=True, sqlite_where=_GOES_ON, postgresql_where=_GOES_ON
        ),
        sa.Index("ix_recognition_applied_at_id", "applied_at", "id"),
        sa.Index("ix_recognition_updated_at_id", "updated_at", "id"),
        sa.Index("ix_recognition_region_code_status", "region_code", "status"),
        sa.Index("ix_recognition_status_valid_to", "status", "valid_to"),
    )

    id: UUID = Field(primary_key=True)
    product_code: str = Field(foreign_key="product.code", max_length=64)
    producer_code: str = Field(max_length=64)
    region_code: str = Field(max_length=12)
    """Where its producer was when it was applied for."""
    evidence: str = Field(max_length=2000)
    """申请材料. May name people: it stays in this column."""
    status: RecognitionStatus = Field(sa_type=closed_code(RecognitionStatus))
    stepped_on: dt.date
    """The day of the last step."""
    publicity_ends_on: dt.date | None
    """公示期满日; none while it was not published, and after an objection."""
    publicity_rule: dict[str, Any] | None = Field(sa_type=sa.JSON)
    """The parameter it was counted with, and its pack."""
    valid_to: dt.date | None
    """The last day of the recognition; none before it is recognised."""
    validity_rule: dict[str, Any] | None = Field(sa_type=sa.JSON)
    """The parameter that says for how many years, and its pack."""
    correlation_id: str = Field(max_length=64)
    """The chain its events belong to: that of the application."""
    applied_at: dt.datetime = Field(sa_type=UtcDateTime)
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)
    """Given in the order of commits."""
    version: int
    """Grows by one with every step."""
