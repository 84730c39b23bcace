"""What can be asked of measures. Every answer is limited to the caller's region."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from services.assistance.measures.schemas import MeasureOut
from services.assistance.models import Measure, Task
from shared.codes.assistance import MeasureKind, MeasureStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.db.within import within
from shared.http.pagination import PageRequest, as_wanted, newest_first


@dataclass(frozen=True, slots=True)
class MeasureFilter:
    """Which measures are asked for."""

    household_code: str | None
    region_code: str | None
    kind: MeasureKind | None
    status: MeasureStatus | None
    overdue: bool | None
    """逾期: nobody answered, and an answer was due before the business date."""


def measures(reading: Reading, wanted: MeasureFilter, page: PageRequest) -> Sequence[MeasureOut]:
    """Measures of tasks of the caller's region, the newest first; one more than the page holds."""
    table, of_task = table_of(Measure), table_of(Task)
    mine = within(of_task.c.region_code, reading.actor, wanted.region_code)
    statement = sa.select(table).join(of_task, of_task.c.id == table.c.task_id).where(mine)
    statement = as_wanted(statement, table, wanted, "household_code", "kind", "status")
    if wanted.overdue is not None:
        in_time = sa.func.coalesce(table.c.answer_by >= reading.today(), sa.true())
        late = (table.c.status == MeasureStatus.REQUESTED) & sa.not_(in_time)
        statement = statement.where(late if wanted.overdue else sa.not_(late))
    ordered = newest_first(statement, table.c.requested_at, table.c.id, page)
    return [MeasureOut.of(row) for row in reading.connection.execute(ordered).mappings()]


def measure_key(shown: MeasureOut) -> tuple[str, ...]:
    """Where a measure stands in the list."""
    return shown.requested_at.isoformat(), str(shown.measure_id)
