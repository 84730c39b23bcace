"""Rows of household events."""

import datetime as dt
from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.models.household_events import HouseholdEvent
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork

_EVENTS = table_of(HouseholdEvent)
_SELECT_LAST_DAY = sa.select(
    sa.func.max(
        sa.union_all(
            sa.select(_EVENTS.c.on).where(is_one_of(_EVENTS.c.household_code, "codes")),
            sa.select(_EVENTS.c.on).where(is_one_of(_EVENTS.c.other_code, "codes")),
        )
        .subquery()
        .c.on
    )
)


def load_content_hash(reading: Reading, event_id: UUID) -> str | None:
    """What is known under a reference; None where nothing is."""
    return reading.connection.scalar(sa.select(_EVENTS.c.content_hash).where(_EVENTS.c.id == event_id))


def load_last_day(reading: Reading, codes: Collection[str]) -> dt.date | None:
    """The latest day on which an event happened to these households; none where none did."""
    found: dt.date | None = reading.connection.scalar(_SELECT_LAST_DAY, {"codes": list(codes)})
    return found


def write_event(uow: UnitOfWork, row: dict[str, Any]) -> None:
    """Add an event."""
    uow.connection.execute(sa.insert(_EVENTS).values(row))
