"""What can be asked about wages."""

from uuid import UUID

import sqlalchemy as sa

from services.employment.models import Placement, Wage, Worker
from services.employment.wages.schemas import WageOut
from services.employment.wages.sheets import WAGE_LIST
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.fields import UpdatedAfter
from shared.lists.order import newest_by
from shared.lists.page import Page
from shared.lists.portions import AsKept
from shared.lists.query import ListQuery

_PLACEMENTS, _WAGES, _WORKERS = table_of(Placement), table_of(Wage), table_of(Worker)


class WageList(ListQuery):
    """Which wages 务工收入 are asked for, the newest first."""

    order = newest_by("recorded_at")
    sheet = WAGE_LIST
    placement_id: UUID | None = None
    updated_after: UpdatedAfter = None


def wages(reading: Reading, asked: WageList) -> Page[WageOut]:
    """Wages of workers who live in the caller's regions."""
    rows = (
        sa.select(_WAGES, _WORKERS.c.region_code)
        .join(_PLACEMENTS, _PLACEMENTS.c.id == _WAGES.c.placement_id)
        .join(_WORKERS, _WORKERS.c.id == _PLACEMENTS.c.worker_id)
    )
    return asked.page(reading, rows, AsKept(WageOut))
