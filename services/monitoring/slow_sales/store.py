"""Rows of the slow sales that households are exposed to."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from services.monitoring.models.slow_sales import SlowSale
from shared.contracts.consumption import SlowSaleExposed, SlowSaleExposure
from shared.db.base import table_of
from shared.db.rows import execute_rows, insert_into
from shared.db.unit_of_work import UnitOfWork

_ROWS = table_of(SlowSale)


def write_slow_sales(uow: UnitOfWork, said: Sequence[SlowSaleExposure]) -> None:
    """Keep what was said last of each household and alert."""
    dialect = uow.connection.dialect.name
    for exposed in (True, False):
        rows = [_row(one) for one in said if isinstance(one, SlowSaleExposed) is exposed]
        execute_rows(uow.connection, _upsert(dialect, exposed=exposed), rows)


def _row(said: SlowSaleExposure) -> dict[str, Any]:
    return {
        "household_code": said.household_code,
        "alert_id": said.alert_id,
        "commodity_code": said.commodity_code,
        "exposed_on": said.on,
        "relieved_on": None if isinstance(said, SlowSaleExposed) else said.on,
    }


@cache
def _upsert(dialect: str, *, exposed: bool) -> Any:
    """An insert that changes the row which is there: the end of an exposure leaves the day of its beginning."""
    statement = insert_into(_ROWS, dialect)
    changed = ("exposed_on", "relieved_on") if exposed else ("relieved_on",)
    new = {name: statement.excluded[name] for name in changed}
    return statement.on_conflict_do_update(index_elements=["household_code", "alert_id"], set_=new)
