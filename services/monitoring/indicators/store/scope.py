"""Of which region and of which days something is counted."""

import datetime as dt
from typing import Any, NamedTuple, Self

import sqlalchemy as sa

from services.monitoring.as_of.store import households_on, laid_out, members_on, region_then
from services.monitoring.evidence.circumstances import About, SourceOrder, load_counted_elsewhere, select_standing
from services.monitoring.risks.rules.parameters import SOURCE_ORDER
from shared.clock import BUSINESS_ZONE
from shared.db.unit_of_work import Reading
from shared.db.within import within
from shared.errors import Invalid
from shared.months import first_day, month_of
from shared.policy.loader import NATIONAL
from shared.policy.parameters import PolicyView
from shared.words.said import says

_FACT, _HOME = sa.column("fact_id", sa.Uuid), sa.column("household_code", sa.String)


class Scope(NamedTuple):
    """A region, or else all the regions of the caller, and a span of days, both ends included.

    All is counted as of the last day: who was registered there then, whatever happened to them later. What comes in
    late about those days counts with them; a report that was submitted keeps its figures.
    """

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

    def lived_in(
        self, household_code: sa.ColumnElement[Any], region_code: sa.ColumnElement[Any]
    ) -> sa.ColumnElement[bool]:
        """Whether a household lived in the region on the last day, beside the column that says where it lives now."""
        return self.lies_in(region_then(self.reading, self.last, household_code, region_code))

    def households(self) -> sa.Subquery:
        """The households that lived in the region on the last day, as they were registered then."""
        there = households_on(self.reading, self.last)
        return sa.select(there).where(self.lies_in(there.c.region_code)).subquery("households")

    def members(self) -> sa.Subquery:
        """Who lived on the last day in any household; `households` tells which of these are in the region."""
        return members_on(self.reading, self.last)

    @property
    def order(self) -> SourceOrder:
        """Sources in the order of their weight."""
        order: SourceOrder = self.view.value(SOURCE_ORDER).value
        return order

    def standing(self, type_: str, about: About, **asked: Any) -> sa.Subquery:
        """The states that held on the last day; see `select_standing`."""
        found = load_counted_elsewhere(self.reading, self.last) if self.is_past else []
        elsewhere = laid_out((_FACT, _HOME), found) if found else None
        members = self.members()
        return select_standing(type_, about, self.last, self.order, members=members, elsewhere=elsewhere, **asked)

    @property
    def is_past(self) -> bool:
        """Whether anything may have happened since the last day."""
        return self.last < self.reading.today()

    def by_then(self, moment: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        """Whether something had happened when the last day was over: what was kept by today has."""
        if not self.is_past:
            return moment.is_not(None)
        ended_at = dt.datetime.combine(self.last + dt.timedelta(days=1), dt.time(), BUSINESS_ZONE)
        return sa.func.coalesce(moment < ended_at, sa.false())

    def count(self, rows: sa.Select[Any]) -> int:
        """How many rows there are."""
        return self.sums(sa.select(sa.func.count()).select_from(rows.subquery()))[0]

    def sums(self, counted: sa.Executable) -> tuple[int, ...]:
        """The sums in the only row, those of nothing as 0."""
        return tuple(int(number or 0) for number in self.reading.connection.execute(counted).one())


def how_many(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    """Of how many rows a condition holds."""
    return sa.func.sum(sa.case((condition, 1), else_=0))
