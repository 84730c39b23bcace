"""Floods of risks 突发事件: who came lately, and who waits to be told of."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.models.incidents import Incident
from services.monitoring.models.risks import Risk
from shared.codes.monitoring import IncidentKind, IncidentStatus, RiskStatus
from shared.db.base import table_of
from shared.db.rows import update_tuples
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.db.within import lies_in

_RISKS, _INCIDENTS = table_of(Risk), table_of(Incident)
IS_QUEUED: Final = sa.and_(_RISKS.c.released_at.is_(None), _RISKS.c.status == RiskStatus.OPEN)
"""Whether a risk waits for its turn to be told."""
_HAS_QUEUE = sa.exists().where(_RISKS.c.incident_id == _INCIDENTS.c.id, IS_QUEUED)
_HOUR = dt.timedelta(hours=1)


def full_hours(since: dt.datetime, now: dt.datetime) -> int:
    """How many hours are over."""
    return (now - since) // _HOUR


def load_open_incident(reading: Reading, kind: IncidentKind, region_code: str) -> sa.Row[Any] | None:
    """The incident of a county that what comes in belongs to, and whether somebody waits in it (`has_queue`)."""
    this = (_INCIDENTS.c.region_code == region_code, _INCIDENTS.c.kind == kind)
    is_open = _INCIDENTS.c.status == IncidentStatus.OPEN
    asked = sa.select(_INCIDENTS, _HAS_QUEUE.label("has_queue")).where(*this, is_open)
    return reading.connection.execute(asked).one_or_none()


def load_recent_households(
    reading: Reading, kind: IncidentKind, county: str, since: dt.datetime, limit: int
) -> set[str]:
    """The households of a county that came with a flood since a moment; no more of them than ``limit``."""
    recent = sa.select(_RISKS.c.household_code).where(_of_flood(kind, county, since)).distinct()
    return set(reading.connection.scalars(recent.order_by(_RISKS.c.household_code).limit(limit)))


def join_incident(uow: UnitOfWork, incident_id: UUID, kind: IncidentKind, county: str, since: dt.datetime) -> None:
    """Have those that came with a flood since a moment, and belong to no incident, belong to this one."""
    alone = sa.select(_RISKS.c.id).where(_of_flood(kind, county, since), _RISKS.c.incident_id.is_(None))
    found = uow.connection.scalars(alone.order_by(_RISKS.c.id)).all()
    rows = [(incident_id, uow.stamp(), risk_id) for risk_id in found]
    update_tuples(uow.connection, _RISKS, "id", ("incident_id", "updated_at"), rows)


def touch_incidents(uow: UnitOfWork, ids: Collection[UUID], **changes: Any) -> None:
    """Something of these incidents changed: how many households they have, or how many wait."""
    for incident_id in sorted(ids):
        this = sa.update(_INCIDENTS).where(_INCIDENTS.c.id == incident_id)
        uow.connection.execute(this.values(updated_at=uow.stamp(), **changes))


def write_incident(uow: UnitOfWork, row: Mapping[str, Any]) -> None:
    """Add an incident."""
    uow.connection.execute(sa.insert(_INCIDENTS).values(row))


def _of_flood(kind: IncidentKind, county: str, since: dt.datetime) -> sa.ColumnElement[bool]:
    came = (_RISKS.c.flood == kind) & (_RISKS.c.opened_at >= since)
    return came & lies_in(_RISKS.c.region_code, county)
