"""What registers say of households, part by part, and books of income."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import sqlalchemy as sa

from services.monitoring.cases.store.standings import load_standings
from services.monitoring.households.queries import demand_household, listed
from services.monitoring.households.schemas import HouseholdListed
from services.monitoring.households.sheets import HOUSEHOLD_LIST
from services.monitoring.households.store import load_open_risks, load_statements
from services.monitoring.ledger.store import load_months
from services.monitoring.models.households import Household
from services.monitoring.persons.store import load_heads
from services.monitoring.reports.rules import months_of, total_of
from services.monitoring.reports.schemas import BookMonth, BookTotals, IncomeBook, Registered
from services.monitoring.reports.store import load_statuses
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.lists.order import by
from shared.lists.portions import Key, Portion
from shared.lists.query import ListQuery
from shared.months import month_of
from shared.regions import RegionFilter

_HOUSEHOLDS: Final = table_of(Household)
_SELECT_HOUSEHOLDS: Final = sa.select(*_HOUSEHOLDS.c, _HOUSEHOLDS.c.code.label("household_code")).where(
    _HOUSEHOLDS.c.ended_on.is_(None)
)


class RegisteredHouseholds(ListQuery):
    """The households of a register, by region and code."""

    order = by("region_code", "household_code")
    sheet = HOUSEHOLD_LIST
    region_code: RegionFilter | None = None


def village_part(reading: Reading, region_code: str | None, after: Key | None = None) -> Portion[Registered]:
    """The next households that are there, of nobody but the head. Raises RegionNotAllowed."""
    return _part(reading, region_code, after, _with_heads)


def county_part(reading: Reading, region_code: str | None, after: Key | None = None) -> Portion[Registered]:
    """The next households that are there, their members as the caller may see them. Raises RegionNotAllowed."""
    return _part(reading, region_code, after, listed)


def _with_heads(reading: Reading, rows: Sequence[Any]) -> list[HouseholdListed]:
    heads = load_heads(reading, [row.code for row in rows])
    return [HouseholdListed.of_row(row, ()).model_copy(update={"head_name": heads.get(row.code)}) for row in rows]


Shown = Callable[[Reading, Sequence[Any]], Sequence[HouseholdListed]]


def _part(reading: Reading, region_code: str | None, after: Key | None, shown: Shown) -> Portion[Registered]:
    part = RegisteredHouseholds(region_code=region_code).from_place(after)
    found = part.page(reading, _SELECT_HOUSEHOLDS, lambda rows: _registered(reading, rows, shown(reading, rows)))
    assert isinstance(found, Portion), "a report has no pages"
    return found


def _registered(reading: Reading, rows: Sequence[Any], shown: Sequence[HouseholdListed]) -> list[Registered]:
    codes = [row.code for row in rows]
    standings, statements = load_standings(reading, codes), load_statements(reading, rows, reading.today())
    statuses, risks = load_statuses(reading, codes), load_open_risks(reading, codes)
    return [
        Registered(each, standings[code], statements.get(code), statuses.get(code, {}), risks.get(code, []))
        for code, each in zip(codes, shown, strict=True)
    ]


def income_book(reading: Reading, code: str, year: int) -> IncomeBook:
    """What the ledger says of each month of a year. Raises HouseholdNotFound."""
    demand_household(reading, code)
    first, last = months_of(year)
    months = {
        month: sums
        for month, sums in sorted(load_months(reading, [code], first, last).get(code, {}).items())
        if sums.known
    }
    over = range(first, min(last + 1, month_of(reading.today())))
    return IncomeBook(
        household_code=code,
        period=str(year),
        months=[BookMonth.of(*each) for each in months.items()],
        totals=BookTotals.of(total_of(months)),
        missing=[month for month in over if month not in months],
    )
