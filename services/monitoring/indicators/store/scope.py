"""Of which region and of which days something is counted."""

import datetime as dt
from typing import Any, NamedTuple, Self

import sqlalchemy as sa

from services.monitoring.models.households import Household
from services.monitoring.patrols.store import is_there_on
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.db.within import within
from shared.errors import Invalid
from shared.months import first_day, month_of
from shared.policy.loader import NATIONAL
from shared.policy.parameters import PolicyView
from shared.words.said import says

_HOUSEHOLDS = table_of(Household)


class Scope(NamedTuple):
    """A region, or else all the regions of the caller, and a span of days, both ends included."""

    reading: Reading
    region_code: str | None
    first: dt.date
    last: dt.date
    """No later than today."""

    @classmethod
    def of_days(cls, reading: Reading, region_code: str | None, first: dt.date, last: dt.date) -> Self:
        """The days up to today. Raises Invalid for a span that has not begun."""
        if first > reading.today():
            raise Invalid.at("/period", says("in-the-future"))
        return cls(reading, region_code, first, min(last, reading.today()))

    @classmethod
    def of_month(cls, reading: Reading, region_code: str | None, month: int | None) -> Self:
        """The days of a month, by default of this one. Raises Invalid for a month that has not begun."""
        asked = month_of(reading.today()) if month is None else month
        return cls.of_days(reading, region_code, first_day(asked), first_day(asked + 1) - dt.timedelta(days=1))

    @property
    def view(self) -> PolicyView:
        """What holds in the region on the last day; of several regions, in the nation."""
        return self.reading.policy.at(self.region_code or NATIONAL, self.last)

    def lies_in(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        """Whether a region code lies in the region. Raises RegionNotAllowed where that is not the caller's."""
        return within(column, self.reading.actor, self.region_code)

    def in_span(self, day: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        """Whether a day lies in the span."""
        return day.between(self.first, self.last)

    def households(self) -> sa.ColumnElement[bool]:
        """Whether a household of the register lives in the region and is there on the last day."""
        return self.lies_in(_HOUSEHOLDS.c.region_code) & is_there_on(self.last)

    def count(self, rows: sa.Select[Any]) -> int:
        """How many rows there are."""
        return self.sums(sa.select(sa.func.count()).select_from(rows.subquery()))[0]

    def sums(self, counted: sa.Executable) -> tuple[int, ...]:
        """The sums in the only row, those of nothing as 0."""
        return tuple(int(number or 0) for number in self.reading.connection.execute(counted).one())


def how_many(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    """Of how many rows a condition holds."""
    return sa.func.sum(sa.case((condition, 1), else_=0))
