"""What can be asked about wages."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from services.employment.models import Placement, Wage, Worker
from services.employment.wages.schemas import WageOut
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.db.within import within
from shared.http.pagination import PageRequest, as_wanted, moment_or_change, newest_or_change

_PLACEMENTS, _WAGES, _WORKERS = table_of(Placement), table_of(Wage), table_of(Worker)


@dataclass(frozen=True, slots=True)
class WageFilter:
    """Which wages are asked for."""

    placement_id: UUID | None
    updated_after: dt.datetime | None


def wages(reading: Reading, wanted: WageFilter, page: PageRequest) -> Sequence[WageOut]:
    """Wages, one more than the page holds: the newest first, or what changed after a moment in that order."""
    statement = (
        sa.select(_WAGES)
        .join(_PLACEMENTS, _PLACEMENTS.c.id == _WAGES.c.placement_id)
        .join(_WORKERS, _WORKERS.c.id == _PLACEMENTS.c.worker_id)
        .where(within(_WORKERS.c.region_code, reading.actor))
    )
    statement = as_wanted(statement, _WAGES, wanted, "placement_id")
    ordered = newest_or_change(statement, _WAGES, _WAGES.c.recorded_at, wanted.updated_after, page)
    return [WageOut.of(row) for row in reading.connection.execute(ordered)]


def wage_key(wanted: WageFilter) -> Callable[[WageOut], tuple[str, ...]]:
    """Where a wage stands in the list that was asked for."""
    return moment_or_change(lambda shown: shown.recorded_at, lambda shown: shown.wage_id, wanted.updated_after)
