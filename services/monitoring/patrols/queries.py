"""Which households were seen too seldom."""

from collections.abc import Sequence
from typing import Annotated, Any

import sqlalchemy as sa

from services.monitoring.contacts.store import contacts_of
from services.monitoring.patrols.schemas import OverdueHousehold
from services.monitoring.patrols.sheets import OVERDUE_LIST
from services.monitoring.patrols.store import to_be_seen
from shared.db.unit_of_work import Reading
from shared.lists.filters import Filter
from shared.lists.order import by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.months import Month, month_of
from shared.regions import RegionFilter


class OverdueList(ListQuery):
    """Of which month and region overdue households are asked for, by region and code."""

    order = by("region_code", "household_code")
    sheet = OVERDUE_LIST
    region_code: RegionFilter | None = None
    month: Annotated[Month | None, Filter(lambda *_: sa.true())] = None


def overdue_households(reading: Reading, asked: OverdueList) -> Page[OverdueHousehold]:
    """Lifted and monitored households that were seen less often in a month, by default this one, than they should be.

    Visits on one day count once, whoever was there: nobody logs twice.
    """
    month = month_of(reading.today()) if asked.month is None else asked.month
    rows = to_be_seen(reading, month)
    columns = rows.selected_columns
    return asked.page(reading, rows.where(columns.visits < columns.needed), lambda found: _shown(reading, found))


def _shown(reading: Reading, rows: Sequence[sa.Row[Any]]) -> list[OverdueHousehold]:
    contacts = contacts_of(reading, [row.household_code for row in rows])
    return [
        OverdueHousehold(
            **row._asdict(), contact_codes=[contact.code for contact in contacts.get(row.household_code, ())]
        )
        for row in rows
    ]
