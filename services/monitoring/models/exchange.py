"""Tables of the exchange with other platforms."""

import datetime as dt

import sqlalchemy as sa
from sqlmodel import Field

from services.monitoring.models.base import Base
from shared.codes.monitoring import ExchangeSystem
from shared.db.base import OpenCode, UtcDateTime


class ExternalCode(Base, table=True):
    """The code under which another platform knows a household 外部系统户编码."""

    __tablename__ = "external_code"
    __table_args__ = (
        sa.Index("ix_external_code_system_code", "system", "code", unique=True),
        sa.Index("ix_external_code_updated_at", "updated_at"),
    )

    household_code: str = Field(primary_key=True, foreign_key="household.code", max_length=64)
    system: ExchangeSystem = Field(primary_key=True, sa_type=OpenCode(ExchangeSystem))
    code: str | None = Field(max_length=64)
    """None: it had one, which was taken away."""
    version: int
    """Grows by one with every change."""
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)
