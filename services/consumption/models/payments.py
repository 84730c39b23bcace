"""The table of payments."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.consumption.models.base import Base
from shared.db.base import UtcDateTime


class Payment(Base, table=True):
    """Payment 付款 of a buyer, as the supply side says that it came."""

    __table_args__ = (sa.Index("ix_payment_buyer_code_paid_on", "buyer_code", "paid_on"),)

    id: UUID = Field(primary_key=True)
    """Derived from source and reference, so that one reference is one row."""
    source: str = Field(max_length=64)
    source_ref: str = Field(max_length=128)
    buyer_code: str = Field(foreign_key="buyer.code", max_length=64)
    region_code: str = Field(max_length=12)
    """The region of whoever says so: that of the goods that are paid for."""
    paid_on: dt.date
    amount: int = Field(sa_type=sa.BigInteger)
    recorded_at: dt.datetime = Field(sa_type=UtcDateTime)
    recorded_by: str = Field(max_length=64)
    correlation_id: str = Field(max_length=64)
