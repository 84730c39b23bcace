"""What can be asked about placements."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from services.employment.models import Placement, Worker
from services.employment.placements.errors import PlacementNotFound
from services.employment.placements.schemas import PlacementOut
from shared.codes.employment import PlacementStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.db.within import within
from shared.http.pagination import PageRequest, as_wanted, moment_or_change, newest_or_change

_PLACEMENTS, _WORKERS = table_of(Placement), table_of(Worker)
_SELECT_PLACEMENTS = sa.select(_PLACEMENTS, _WORKERS.c.region_code, _WORKERS.c.member_no).join(
    _WORKERS, _WORKERS.c.id == _PLACEMENTS.c.worker_id
)


@dataclass(frozen=True, slots=True)
class PlacementFilter:
    """Which placements are asked for."""

    household_code: str | None
    region_code: str | None
    status: PlacementStatus | None
    updated_after: dt.datetime | None


def placement(reading: Reading, placement_id: UUID) -> PlacementOut:
    """A placement with its days."""
    row = reading.connection.execute(_SELECT_PLACEMENTS.where(_PLACEMENTS.c.id == placement_id)).one_or_none()
    if row is None or not reading.actor.sees(row.region_code):
        raise PlacementNotFound(f"no placement {placement_id} in region {reading.actor.place}")
    return PlacementOut.of(row)


def placements(reading: Reading, wanted: PlacementFilter, page: PageRequest) -> Sequence[PlacementOut]:
    """Placements, one more than the page holds: the newest first, or what changed after a moment in that order."""
    statement = _SELECT_PLACEMENTS.where(within(_WORKERS.c.region_code, reading.actor, wanted.region_code))
    statement = as_wanted(statement, _PLACEMENTS, wanted, "household_code", "status")
    ordered = newest_or_change(statement, _PLACEMENTS, _PLACEMENTS.c.placed_at, wanted.updated_after, page)
    return [PlacementOut.of(row) for row in reading.connection.execute(ordered)]


def placement_key(wanted: PlacementFilter) -> Callable[[PlacementOut], tuple[str, ...]]:
    """Where a placement stands in the list that was asked for."""
    return moment_or_change(lambda shown: shown.placed_at, lambda shown: shown.placement_id, wanted.updated_after)
