"""What goes to other platforms, part by part."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from services.monitoring.exchange.errors import ExternalCodeNotFound, PlatformNotFound
from services.monitoring.exchange.rules import PROVINCE_OF, Period
from services.monitoring.exchange.schemas import Exchanged, ExternalCodeOut
from services.monitoring.exchange.store import load_faults
from services.monitoring.households.queries import demand_household, listed
from services.monitoring.households.sheets import HOUSEHOLD_LIST
from services.monitoring.households.store import load_open_risks
from services.monitoring.models.exchange import ExternalCode
from services.monitoring.models.households import Household
from shared.codes.monitoring import ExchangeSystem
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.db.within import lies_in
from shared.lists.order import by
from shared.lists.portions import Key, Portion
from shared.lists.query import ListQuery
from shared.regions import RegionFilter
from shared.words.said import says

_HOUSEHOLDS = table_of(Household)


class ExchangeAsked(NamedTuple):
    """Which households of a platform are asked for."""

    system: ExchangeSystem
    region_code: str | None
    period: Period


class ExchangeHouseholds(ListQuery):
    """The households of a report, by region and code."""

    order = by("region_code", "household_code")
    sheet = HOUSEHOLD_LIST
    region_code: RegionFilter | None = None


def exchange_asked(system: str, region_code: str | None, month: int | None) -> ExchangeAsked:
    """What is asked for, in the words of a request. Raises PlatformNotFound."""
    return ExchangeAsked(platform_of(system), region_code, Period.of(month))


def platform_of(system: str) -> ExchangeSystem:
    """The platform of a code. Raises PlatformNotFound."""
    if system not in list(ExchangeSystem):
        raise PlatformNotFound(says("no-such-platform", platforms=[one.value for one in ExchangeSystem]))
    return ExchangeSystem(system)


def external_code(reading: Reading, household_code: str, system: ExchangeSystem) -> ExternalCodeOut:
    """The code under which a platform knows a household of the caller's region."""
    demand_household(reading, household_code)
    row = reading.session.get(ExternalCode, (household_code, system))
    if row is None:
        raise ExternalCodeNotFound(says("no-external-code", household=household_code, system=system))
    return ExternalCodeOut.of(row)


def exchange_part(reading: Reading, asked: ExchangeAsked, after: Key | None = None) -> Portion[Exchanged]:
    """The next households for a platform, as the caller may see them. Raises RegionNotAllowed."""
    part = ExchangeHouseholds(region_code=asked.region_code).from_place(after)
    found = part.page(reading, _rows(reading, asked), lambda rows: _exchanged(reading, asked.system, rows))
    assert isinstance(found, Portion), "a report has no pages"
    return found


def _exchanged(reading: Reading, system: ExchangeSystem, rows: Sequence[Any]) -> list[Exchanged]:
    codes = [row.code for row in rows]
    risks, faults = load_open_risks(reading, codes), load_faults(reading, codes)
    return [
        Exchanged(
            shown,
            shown.external_codes.get(system),
            risks.get(shown.household_code, ()),
            faults.get(shown.household_code, ()),
        )
        for shown in listed(reading, rows)
    ]


def _rows(reading: Reading, asked: ExchangeAsked) -> sa.Select[Any]:
    """Households of the province of the platform that are there in the period."""
    first, last = asked.period.first or reading.today(), asked.period.last or reading.today()
    return sa.select(*_HOUSEHOLDS.c, _HOUSEHOLDS.c.code.label("household_code")).where(
        lies_in(_HOUSEHOLDS.c.region_code, PROVINCE_OF.get(asked.system, ""), ordered=True),
        _HOUSEHOLDS.c.ended_on.is_(None) | (_HOUSEHOLDS.c.ended_on > first),
        _HOUSEHOLDS.c.registered_on <= last,
    )
