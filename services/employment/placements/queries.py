"""What can be asked about placements."""

from uuid import UUID

import sqlalchemy as sa

from services.employment.models import Placement, Worker
from services.employment.placements.errors import PlacementNotFound
from services.employment.placements.schemas import PlacementOut
from services.employment.placements.sheets import PLACEMENT_LIST
from services.employment.placements.store import show_placements
from shared.codes.employment import PlacementStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.fields import HouseholdCode, UpdatedAfter
from shared.lists.order import newest_by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.regions import RegionFilter
from shared.words.said import says

_PLACEMENTS, _WORKERS = table_of(Placement), table_of(Worker)
_SELECT_PLACEMENTS = sa.select(_PLACEMENTS, _WORKERS.c.region_code, _WORKERS.c.member_no).join(
    _WORKERS, _WORKERS.c.id == _PLACEMENTS.c.worker_id
)


class PlacementList(ListQuery):
    """Which placements 输送就业 are asked for, the newest first."""

    order = newest_by("placed_at")
    sheet = PLACEMENT_LIST
    household_code: HouseholdCode | None = None
    region_code: RegionFilter | None = None
    status: PlacementStatus | None = None
    updated_after: UpdatedAfter = None


def placement(reading: Reading, placement_id: UUID) -> PlacementOut:
    """A placement with its days and its history."""
    wanted = _SELECT_PLACEMENTS.where(_PLACEMENTS.c.id == placement_id)
    row = reading.connection.execute(wanted).mappings().one_or_none()
    if row is None or not reading.actor.sees(row["region_code"]):
        raise PlacementNotFound(says("no-such-placement", placement=placement_id, region=reading.actor.place))
    return show_placements(reading, [row])[0]


def placements(reading: Reading, asked: PlacementList) -> Page[PlacementOut]:
    """Placements with their days and their histories."""
    return asked.page(
        reading, _SELECT_PLACEMENTS, lambda found: show_placements(reading, [row._asdict() for row in found])
    )
