"""What was pledged, ordered and settled, by county and month."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

import sqlalchemy as sa
from pydantic import BaseModel, Field

from services.consumption.agreements.schemas import Year
from services.consumption.buyers.store import bought_for, is_supplier
from services.consumption.models import Agreement
from services.consumption.pledges.schemas import MonthOut, PledgeOut, PledgesOut
from services.consumption.sales.store import select_ordered, select_settled
from shared.clock import BUSINESS_ZONE
from shared.codes.consumption import PurchaseWay
from shared.db.base import UtcDateTime, table_of
from shared.db.unit_of_work import Reading
from shared.db.within import within
from shared.regions import CODE_LENGTH, LEVEL_DIGITS, RegionFilter, RegionLevel

_AGREEMENTS = table_of(Agreement)
_MONTHS = 12


class PledgesQuery(BaseModel):
    """Which pledges are asked for."""

    year: Year | None = Field(None, description="This year if left out")
    region_code: Annotated[RegionFilter | None, Field(description="All of the caller's where it is left out")] = None


class _Of(NamedTuple):
    """A county and a way."""

    county: str
    way: PurchaseWay


def pledges(reading: Reading, asked: PledgesQuery) -> PledgesOut:
    """The pledges of a year to the caller's regions where it supplies, and those of the buyers it orders for."""
    year = asked.year or reading.today().year
    pledged = {of: sum(values.values()) for of, values in _sums(reading, asked, _pledged(year)).items()}
    ordered = _sums(reading, asked, _by_month(select_ordered(*_moments(year)), "at", year))
    settled = _sums(reading, asked, _by_month(select_settled(*_days(year)), "on", year))
    found = sorted({*pledged, *ordered, *settled})
    return PledgesOut(
        year=year,
        items=[_shown(of, year, pledged.get(of, 0), ordered.get(of, {}), settled.get(of, {})) for of in found],
    )


def _pledged(year: int) -> sa.Subquery:
    columns = (_AGREEMENTS.c.buyer_code, _AGREEMENTS.c.region_code, _AGREEMENTS.c.way)
    month, value = sa.literal(1).label("month"), _AGREEMENTS.c.pledged.label("value")
    return sa.select(*columns, month, value).where(_AGREEMENTS.c.year == year).subquery()


def _by_month(lines: sa.Select[Any], moment: str, year: int) -> sa.Subquery:
    """The lines with the month of the year in which they fall, 1 to 12."""
    found = lines.subquery()
    column = found.c[moment]
    month = sa.case(*((column < begin, number) for number, begin in _begins(column, year)), else_=_MONTHS)
    return sa.select(found, month.label("month")).subquery()


def _begins(column: sa.ColumnElement[Any], year: int) -> Iterable[tuple[int, Any]]:
    """Each month but the last, with the moment or day at which the next one begins."""
    for number in range(1, _MONTHS):
        day = dt.date(year, number + 1, 1)
        yield number, _midnight(day) if isinstance(column.type, UtcDateTime) else day


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), BUSINESS_ZONE)


def _moments(year: int) -> tuple[dt.datetime, dt.datetime]:
    return _midnight(dt.date(year, 1, 1)), _midnight(dt.date(year + 1, 1, 1))


def _days(year: int) -> tuple[dt.date, dt.date]:
    return dt.date(year, 1, 1), dt.date(year, 12, 31)


def _sums(reading: Reading, asked: PledgesQuery, lines: sa.Subquery) -> Mapping[_Of, Mapping[int, int]]:
    """By county and way, month by month, what these lines are worth together."""
    county = sa.func.substr(lines.c.region_code, 1, LEVEL_DIGITS[RegionLevel.COUNTY])
    grouped = (county, lines.c.way, lines.c.month)
    sums = sa.select(*grouped, sa.func.sum(lines.c.value)).where(_is_seen(reading, asked, lines)).group_by(*grouped)
    found: dict[_Of, dict[int, int]] = defaultdict(dict)
    for code, way, month, value in reading.connection.execute(sums):
        found[_Of(code, PurchaseWay(way))][month] = int(value)
    return found


def _is_seen(reading: Reading, asked: PledgesQuery, lines: sa.Subquery) -> sa.ColumnElement[bool]:
    """Whether a line is of a buyer of the caller's, or of its regions where it supplies."""
    mine = lines.c.buyer_code.in_(bought_for(reading.actor))
    if is_supplier(reading.actor):
        return mine | within(lines.c.region_code, reading.actor, asked.region_code)
    return mine


def _shown(of: _Of, year: int, pledged: int, ordered: Mapping[int, int], settled: Mapping[int, int]) -> PledgeOut:
    months: Sequence[int] = range(1, _MONTHS + 1)
    return PledgeOut(
        region_code=of.county.ljust(CODE_LENGTH, "0"),
        way=of.way,
        pledged=pledged,
        ordered=sum(ordered.values()),
        settled=sum(settled.values()),
        months=[
            MonthOut(month=year * _MONTHS + number - 1, ordered=ordered.get(number, 0), settled=settled.get(number, 0))
            for number in months
        ],
    )
