"""What can be asked of disbursements. Every answer is limited to the caller's region."""

from collections.abc import Sequence

import sqlalchemy as sa

from services.assistance.disbursements.schemas import DisbursementOut
from services.assistance.models import Disbursement
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.db.within import within
from shared.http.pagination import PageRequest, newest_first


def disbursements(
    reading: Reading, household_code: str | None, region_code: str | None, page: PageRequest
) -> Sequence[DisbursementOut]:
    """Disbursements, the newest first; one more than the page holds."""
    table = table_of(Disbursement)
    statement = sa.select(table).where(within(table.c.region_code, reading.actor, region_code))
    if household_code is not None:
        statement = statement.where(table.c.household_code == household_code)
    ordered = newest_first(statement, table.c.recorded_at, table.c.id, page)
    return [DisbursementOut.of(row) for row in reading.connection.execute(ordered).mappings()]


def disbursement_key(shown: DisbursementOut) -> tuple[str, ...]:
    """Where a disbursement stands in the list."""
    return shown.recorded_at.isoformat(), str(shown.disbursement_id)
