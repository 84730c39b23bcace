"""Which report is owed for which period, and by when 报送时间."""

import calendar
import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, Self

from shared.codes.monitoring import ReportKind
from shared.findings import WrongValue
from shared.policy.parameters import PolicyView
from shared.words.said import says

REPORTS: Final = "monitoring.reports"
"""工作报告: how often a place reports."""
WEEKLY_DUE: Final = "monitoring.reports.weekly_due"
"""周报报送日: the day of the week, Monday first."""
MONTHLY_DUE: Final = "monitoring.reports.monthly_due"
"""月报报送日: the day of the month."""
QUARTERLY_DUE: Final = "monitoring.reports.quarterly_due"
"""季报报送日: days of the year, as month-day."""
YEARLY_DUE: Final = "monitoring.reports.yearly_due"
"""年报报送日: the day of the year, as month-day."""
SWEEP: Final = "monitoring.sweep"
"""集中排查次数: how often a year a region is screened."""

_MONTHS: Final = 12
_IN_A_QUARTER: Final = 3
_PERIODS: Final[Mapping[ReportKind, str]] = {
    ReportKind.WEEKLY_PROGRESS: r"(20[0-9]{2})-W([0-9]{2})",
    ReportKind.MONTHLY_MONITORING: r"(20[0-9]{2})-([0-9]{2})",
    ReportKind.QUARTERLY_WORK: r"(20[0-9]{2})-Q([1-4])",
    ReportKind.ANNUAL: r"(20[0-9]{2})",
    ReportKind.AD_HOC: r"(20[0-9]{2})-([0-9]{2})-([0-9]{2})",
}
"""What the period of each report looks like."""
SUBMITTED: Final = tuple(_PERIODS)
"""Reports that are submitted; the others are held."""


class Period(NamedTuple):
    """The days that a report tells of, both ends included."""

    text: str
    first: dt.date
    last: dt.date

    @classmethod
    def read(cls, report: ReportKind, text: str) -> Self:
        """The period that a text names, in the form of the report. Raises WrongValue."""
        found = re.fullmatch(_PERIODS[report], text, re.ASCII)
        try:
            if found is not None:
                return cls(text, *_days(report, *map(int, found.groups())))
        except ValueError:
            pass
        raise WrongValue(says("period-ill-formed", form=_FORMS[report]))

    @classmethod
    def of_day(cls, report: ReportKind, day: dt.date) -> Self:
        """The period in which a day lies."""
        return cls.read(report, _TEXTS[report](day))


_FORMS: Final[Mapping[ReportKind, str]] = {
    ReportKind.WEEKLY_PROGRESS: "2026-W40",
    ReportKind.MONTHLY_MONITORING: "2026-10",
    ReportKind.QUARTERLY_WORK: "2026-Q3",
    ReportKind.ANNUAL: "2026",
    ReportKind.AD_HOC: "2026-11-10",
}
_TEXTS: Final[Mapping[ReportKind, Callable[[dt.date], str]]] = {
    ReportKind.WEEKLY_PROGRESS: lambda day: f"{day:%G-W%V}",
    ReportKind.MONTHLY_MONITORING: lambda day: f"{day:%Y-%m}",
    ReportKind.QUARTERLY_WORK: lambda day: f"{day.year}-Q{(day.month + 2) // _IN_A_QUARTER}",
    ReportKind.ANNUAL: lambda day: f"{day.year}",
    ReportKind.AD_HOC: dt.date.isoformat,
}


def _days(report: ReportKind, year: int, part: int = 1, day: int = 1) -> tuple[dt.date, dt.date]:
    """The first and last day; a report at any time tells of its month up to its day."""
    if report is ReportKind.WEEKLY_PROGRESS:
        return dt.date.fromisocalendar(year, part, 1), dt.date.fromisocalendar(year, part, 7)
    if report is ReportKind.AD_HOC:
        return dt.date(year, part, 1), dt.date(year, part, day)
    if report is ReportKind.MONTHLY_MONITORING:
        return dt.date(year, part, 1), _last_of_month(year, part)
    if report is ReportKind.QUARTERLY_WORK:
        return dt.date(year, part * _IN_A_QUARTER - 2, 1), _last_of_month(year, part * _IN_A_QUARTER)
    return dt.date(year, 1, 1), dt.date(year, _MONTHS, 31)


def _last_of_month(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


class Terms(NamedTuple):
    """What a place owes, and by when; what the policy has no value for is not owed."""

    reports: frozenset[str]
    weekly_due: int | None
    monthly_due: int | None
    quarterly_due: Sequence[str]
    yearly_due: str | None
    screenings: int

    @classmethod
    def under(cls, view: PolicyView) -> Self:
        """What a policy says."""
        values: dict[str, Any] = {key: found.value for key in _KEYS if (found := view.find(key)) is not None}
        return cls(
            frozenset(values.get(REPORTS, ())),
            values.get(WEEKLY_DUE),
            values.get(MONTHLY_DUE),
            values.get(QUARTERLY_DUE, ()),
            values.get(YEARLY_DUE),
            int(values.get(SWEEP, 0)),
        )


_KEYS: Final = (REPORTS, WEEKLY_DUE, MONTHLY_DUE, QUARTERLY_DUE, YEARLY_DUE, SWEEP)


class Owed(NamedTuple):
    """A report of a period, and the day by which it is owed."""

    due_on: dt.date
    report: ReportKind
    period: str


def owed_in(year: int, terms_on: Callable[[dt.date], Terms]) -> list[Owed]:
    """All that a place owes in a year, by day. What is owed for a period is what holds on its first day."""
    found = [*_weekly(year, terms_on), *_monthly(year, terms_on), *_quarterly(year, terms_on), *_yearly(year, terms_on)]
    return sorted(found)


def _weekly(year: int, terms_on: Callable[[dt.date], Terms]) -> Iterator[Owed]:
    monday = dt.date.fromisocalendar(year, 1, 1)
    while monday.year <= year:
        terms = terms_on(monday)
        if "weekly" in terms.reports and terms.weekly_due is not None:
            due_on = monday + dt.timedelta(days=terms.weekly_due - 1)
            if due_on.year == year:
                report = ReportKind.WEEKLY_PROGRESS
                yield Owed(due_on, report, _TEXTS[report](monday))
        monday += dt.timedelta(days=7)


def _monthly(year: int, terms_on: Callable[[dt.date], Terms]) -> Iterator[Owed]:
    for month in range(1, _MONTHS + 1):
        first, last = dt.date(year, month, 1), _last_of_month(year, month)
        terms = terms_on(first)
        if "monthly" in terms.reports and terms.monthly_due is not None:
            report = ReportKind.MONTHLY_MONITORING
            yield Owed(first.replace(day=min(terms.monthly_due, last.day)), report, _TEXTS[report](first))


def _quarterly(year: int, terms_on: Callable[[dt.date], Terms]) -> Iterator[Owed]:
    report = ReportKind.QUARTERLY_WORK
    for quarter in range(1, 5):
        first, last = _days(report, year, quarter)
        terms = terms_on(first)
        days = [_day(year, text) for text in terms.quarterly_due if "quarterly" in terms.reports]
        yield from (Owed(day, report, _TEXTS[report](first)) for day in days if first <= day <= last)


def _yearly(year: int, terms_on: Callable[[dt.date], Terms]) -> Iterator[Owed]:
    first, last = dt.date(year, 1, 1), dt.date(year, _MONTHS, 31)
    terms = terms_on(first)
    if "yearly" in terms.reports and terms.yearly_due is not None:
        yield Owed(_day(year, terms.yearly_due), ReportKind.ANNUAL, str(year))
    if terms.screenings:
        yield Owed(last, ReportKind.SCREENING, str(year))


def _day(year: int, month_and_day: str) -> dt.date:
    """A day of a year, written `06-30`."""
    return dt.date.fromisoformat(f"{year}-{month_and_day}")
