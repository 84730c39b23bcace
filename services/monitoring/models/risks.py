"""Tables of risks."""

import datetime as dt
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.monitoring.models.base import Base
from shared.codes.assistance import TaskVerdict
from shared.codes.monitoring import ClearedBecause, IncidentKind, RiskGrade, RiskKind, RiskStatus
from shared.db.base import OpenCode, UtcDateTime, closed_code

_OF_A_FLOOD = sa.text("flood IS NOT NULL")
_QUEUED = sa.text("released_at IS NULL AND status = 'open'")


class Risk(Base, table=True):
    """Risk 风险: one episode of one kind in one household."""

    __table_args__ = (
        sa.UniqueConstraint("household_code", "kind", "episode"),
        sa.Index("ix_risk_opened_at_id", "opened_at", "id"),
        sa.Index(
            "ix_risk_flood_opened_at", "flood", "opened_at", sqlite_where=_OF_A_FLOOD, postgresql_where=_OF_A_FLOOD
        ),
        sa.Index("ix_risk_queued", "incident_id", "household_code", sqlite_where=_QUEUED, postgresql_where=_QUEUED),
    )

    id: UUID = Field(primary_key=True)
    """Derived from household, kind and episode."""
    household_code: str = Field(foreign_key="household.code", max_length=64)
    region_code: str = Field(max_length=12, index=True)
    kind: RiskKind = Field(sa_type=OpenCode(RiskKind))
    grade: RiskGrade = Field(sa_type=OpenCode(RiskGrade))
    status: RiskStatus = Field(sa_type=closed_code(RiskStatus))
    episode: int
    version: int
    keys: list[str] = Field(sa_type=sa.JSON)
    """Keys of the reasons that hold it open."""
    causes: dict[str, str | None] = Field(sa_type=sa.JSON)
    """The evidence behind it by name, with the key of each cause as it is published; see `risks.rules.causes`."""
    reasons: list[dict[str, Any]] = Field(sa_type=sa.JSON)
    pack: str = Field(max_length=96)
    decided_on: dt.date
    opened_at: dt.datetime = Field(sa_type=UtcDateTime)
    cleared_at: dt.datetime | None = Field(sa_type=UtcDateTime)
    cleared_because: ClearedBecause | None = Field(sa_type=OpenCode(ClearedBecause))
    dismissal: dict[str, Any] | None = Field(sa_type=sa.JSON(none_as_null=True))
    """What a visit saw that found no risk: day, grade and keys of the reasons. Keys and causes of the row stay then."""
    verdict: TaskVerdict | None = Field(sa_type=OpenCode(TaskVerdict))
    """What the visit of the task found 核实结论; none while the task is open."""
    task_version: int
    """The newest version of the task that was heard of: an older one never wins."""
    event_id: UUID | None
    """The event that told of this state; none while it waits for its turn."""
    flood: IncidentKind | None = Field(sa_type=OpenCode(IncidentKind))
    """What it counts for where many come at once; none where each is told of at once."""
    incident_id: UUID | None = Field(foreign_key="incident.id", index=True)
    released_at: dt.datetime | None = Field(sa_type=UtcDateTime)
    """When it was told first; none while it waits for its turn, and for ever where its cause was gone before."""
    told_on: dt.date | None
    """The business date of that, where it had to wait."""
    clue: dict[str, Any] | None = Field(sa_type=sa.JSON(none_as_null=True))
    """What raised it, and in which chain, where it had to wait: it is told with it."""
    updated_at: dt.datetime = Field(sa_type=UtcDateTime, index=True)
    """When it changed last, its verdict included."""


class RiskFact(Base, table=True):
    """A fact that explains a change of a risk: what was said, and what it led to."""

    __tablename__ = "risk_fact"

    risk_id: UUID = Field(primary_key=True, foreign_key="risk.id")
    fact_id: UUID = Field(primary_key=True, foreign_key="fact.id", index=True)
