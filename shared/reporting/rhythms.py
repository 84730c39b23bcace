"""Which report is owed for which period, and by when 报送时间. Pure."""

import calendar
import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from functools import partial
from typing import Any, Final, NamedTuple, Self

from shared.findings import WrongValue
from shared.policy.parameters import PolicyView
from shared.words.said import says

_MONTHS: Final = 12
_IN_A_QUARTER: Final = 3


class Rhythm(Enum):
    """How often a report is made."""

    WEEKLY = "weekly"
    """周报."""
    MONTHLY = "monthly"
    """月报."""
    QUARTERLY = "quarterly"
    """季报."""
    YEARLY = "yearly"
    """年报."""
    AD_HOC = "ad_hoc"
    """随时报: owed by no day."""


class _Form(NamedTuple):
    """How the period of a rhythm is written."""

    pattern: str
    example: str
    text_of: Callable[[dt.date], str]


_FORMS: Final[Mapping[Rhythm, _Form]] = {
    Rhythm.WEEKLY: _Form(r"(20[0-9]{2})-W([0-9]{2})", "2026-W40", lambda day: f"{day:%G-W%V}"),
    Rhythm.MONTHLY: _Form(r"(20[0-9]{2})-([0-9]{2})", "2026-10", lambda day: f"{day:%Y-%m}"),
    Rhythm.QUARTERLY: _Form(
        r"(20[0-9]{2})-Q([1-4])", "2026-Q3", lambda day: f"{day.year}-Q{(day.month + 2) // _IN_A_QUARTER}"
    ),
    Rhythm.YEARLY: _Form(r"(20[0-9]{2})", "2026", lambda day: f"{day.year}"),
    Rhythm.AD_HOC: _Form(r"(20[0-9]{2})-([0-9]{2})-([0-9]{2})", "2026-11-10", dt.date.isoformat),
}


class Period(NamedTuple):
    """The days that a report tells of, both ends included."""

    text: str
    first: dt.date
    last: dt.date

    @classmethod
    def read(cls, rhythm: Rhythm, text: str) -> Self:
        """The period that a text names, in the form of the rhythm. Raises WrongValue."""
        found = re.fullmatch(_FORMS[rhythm].pattern, text, re.ASCII)
        try:
            if found is not None:
                return cls(text, *_days(rhythm, *map(int, found.groups())))
        except ValueError:
            pass
        raise WrongValue(says("period-ill-formed", form=_FORMS[rhythm].example))

    @classmethod
    def of_day(cls, rhythm: Rhythm, day: dt.date) -> Self:
        """The period in which a day lies."""
        return cls.read(rhythm, _FORMS[rhythm].text_of(day))


def _days(rhythm: Rhythm, year: int, part: int = 1, day: int = 1) -> tuple[dt.date, dt.date]:
    """The first and last day; a report at any time tells of its month up to its day."""
    if rhythm is Rhythm.WEEKLY:
        return dt.date.fromisocalendar(year, part, 1), dt.date.fromisocalendar(year, part, 7)
    if rhythm is Rhythm.AD_HOC:
        return dt.date(year, part, 1), dt.date(year, part, day)
    if rhythm is Rhythm.MONTHLY:
        return dt.date(year, part, 1), _last_of_month(year, part)
    if rhythm is Rhythm.QUARTERLY:
        return dt.date(year, part * _IN_A_QUARTER - 2, 1), _last_of_month(year, part * _IN_A_QUARTER)
    return dt.date(year, 1, 1), dt.date(year, _MONTHS, 31)


def _last_of_month(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


class Terms(NamedTuple):
    """What a place owes, and by when; what the policy has no value for is not owed."""

    reports: frozenset[str]
    """工作报告: how often it reports."""
    weekly_due: int | None
    """周报报送日: the day of the week, Monday first."""
    monthly_due: int | None
    """月报报送日: the day of the month."""
    quarterly_due: Sequence[str]
    """季报报送日: days of the year, as month-day."""
    yearly_due: str | None
    """年报报送日: the day of the year, as month-day."""

    def due(self, rhythm: Rhythm) -> Any:
        """The days of a rhythm in which the place reports; none where it does not."""
        return getattr(self, f"{rhythm.value}_due") if rhythm.value in self.reports else None


def _terms(reports: str, view: PolicyView) -> Terms:
    found = {key: value.value for key in keys_of(reports) if (value := view.find(key)) is not None}
    weekly, monthly, quarterly, yearly = (found.get(key) for key in keys_of(reports)[1:])
    return Terms(frozenset(found.get(reports, ())), weekly, monthly, quarterly or (), yearly)


def keys_of(reports: str) -> tuple[str, ...]:
    """The parameters that say when reports are due: how often, and by which day of each rhythm."""
    return (reports, *(f"{reports}.{rhythm}_due" for rhythm in ("weekly", "monthly", "quarterly", "yearly")))


def terms_under(reports: str) -> Callable[[PolicyView], Terms]:
    """Reads what a policy says of the reports whose parameters begin with this key, `monitoring.reports`."""
    return partial(_terms, reports)


class Owed(NamedTuple):
    """A period of a rhythm, and the day by which its report is owed."""

    due_on: dt.date
    rhythm: Rhythm
    period: str


def owed_in(year: int, terms_on: Callable[[dt.date], Terms]) -> Iterator[Owed]:
    """All that a place owes in a year. What is owed for a period is what holds on its first day."""
    yield from _weekly(year, terms_on)
    for month in range(1, _MONTHS + 1):
        first, last = _days(Rhythm.MONTHLY, year, month)
        due = terms_on(first).due(Rhythm.MONTHLY)
        if due is not None:
            yield _owed(Rhythm.MONTHLY, first, first.replace(day=min(due, last.day)))
    for quarter in range(1, 5):
        first, last = _days(Rhythm.QUARTERLY, year, quarter)
        days = [_day(year, text) for text in terms_on(first).due(Rhythm.QUARTERLY) or ()]
        yield from (_owed(Rhythm.QUARTERLY, first, day) for day in days if first <= day <= last)
    first = dt.date(year, 1, 1)
    yearly = terms_on(first).due(Rhythm.YEARLY)
    if yearly is not None:
        yield _owed(Rhythm.YEARLY, first, _day(year, yearly))


def _weekly(year: int, terms_on: Callable[[dt.date], Terms]) -> Iterator[Owed]:
    monday = dt.date.fromisocalendar(year, 1, 1)
    while monday.year <= year:
        due = terms_on(monday).due(Rhythm.WEEKLY)
        due_on = None if due is None else monday + dt.timedelta(days=due - 1)
        if due_on is not None and due_on.year == year:
            yield _owed(Rhythm.WEEKLY, monday, due_on)
        monday += dt.timedelta(days=7)


def _owed(rhythm: Rhythm, first: dt.date, due_on: dt.date) -> Owed:
    return Owed(due_on, rhythm, _FORMS[rhythm].text_of(first))


def _day(year: int, month_and_day: str) -> dt.date:
    """A day of a year, written `06-30`."""
    return dt.date.fromisoformat(f"{year}-{month_and_day}")
