"""The screenings that were held."""

import datetime as dt

import sqlalchemy as sa

from services.monitoring.contacts.rules import regions_around
from services.monitoring.models.screenings import Screening
from shared.db.base import table_of
from shared.db.unit_of_work import Reading

_SCREENINGS = table_of(Screening)


def load_screened_on(reading: Reading, region_code: str, year: int, number: int) -> dt.date | None:
    """The day of the screening with which a region, or one around it, was screened so often in a year."""
    whole = _SCREENINGS.c.region_code.is_(None) | _SCREENINGS.c.region_code.in_(regions_around(region_code))
    held = sa.select(_SCREENINGS.c.as_of).where(
        whole,
        _SCREENINGS.c.as_of.between(dt.date(year, 1, 1), dt.date(year, 12, 31)),
        _SCREENINGS.c.ended_at.is_not(None),
        sa.not_(_SCREENINGS.c.dry_run),
    )
    found: dt.date | None = reading.connection.scalar(held.order_by(_SCREENINGS.c.as_of).offset(number - 1).limit(1))
    return found
