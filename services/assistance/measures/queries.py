"""What can be asked of measures. Every answer is limited to the caller's region."""

from typing import Annotated

import sqlalchemy as sa
from pydantic import Field

from services.assistance.measures.schemas import MeasureOut
from services.assistance.measures.sheets import MEASURE_LIST
from services.assistance.models import Measure, Task
from shared.codes.assistance import MeasureKind, MeasureStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.fields import HouseholdCode, UpdatedAfter
from shared.lists.filters import holds
from shared.lists.order import newest_by
from shared.lists.page import Page
from shared.lists.portions import AsKept
from shared.lists.query import ListQuery
from shared.regions import RegionFilter

_MEASURES, _TASKS = table_of(Measure), table_of(Task)


def _is_overdue(reading: Reading) -> sa.ColumnElement[bool]:
    """逾期: nobody answered, and an answer was due before the business date."""
    in_time = sa.func.coalesce(_MEASURES.c.answer_by >= reading.today(), sa.true())
    return (_MEASURES.c.status == MeasureStatus.REQUESTED) & sa.not_(in_time)


class MeasureList(ListQuery):
    """Which measures 帮扶措施 are asked for, the newest first."""

    order = newest_by("requested_at")
    sheet = MEASURE_LIST
    household_code: HouseholdCode | None = None
    region_code: RegionFilter | None = None
    kind: MeasureKind | None = None
    status: MeasureStatus | None = None
    overdue: Annotated[bool | None, holds(_is_overdue)] = Field(
        None, description="Not answered, and due before the business date"
    )
    updated_after: UpdatedAfter = None


def measures(reading: Reading, asked: MeasureList) -> Page[MeasureOut]:
    """Measures, each in the region of its task."""
    rows = sa.select(_MEASURES, _TASKS.c.region_code).join(_TASKS, _TASKS.c.id == _MEASURES.c.task_id)
    return asked.page(reading, rows, AsKept(MeasureOut))
