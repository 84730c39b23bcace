"""The table of incidents."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.monitoring.models.base import Base
from shared.codes.monitoring import IncidentKind, IncidentStatus
from shared.db.base import OpenCode, UtcDateTime, closed_code

_OPEN = sa.text("status = 'open'")


class Incident(Base, table=True):
    """Incident 突发事件: what came over so many households of a county that some are told of later."""

    __table_args__ = (
        sa.Index("uq_incident_open", "region_code", "kind", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        sa.Index("ix_incident_founded_at_id", "founded_at", "id"),
        sa.Index("ix_incident_updated_at_id", "updated_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    kind: IncidentKind = Field(sa_type=OpenCode(IncidentKind))
    region_code: str = Field(max_length=12)
    """The county, as twelve digits."""
    status: IncidentStatus = Field(sa_type=closed_code(IncidentStatus))
    founded_at: dt.datetime = Field(sa_type=UtcDateTime)
    hours_told: int
    """How many of the full hours since then have had their households told of."""
    version: int
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)
    """When it changed last, one of its households included."""
