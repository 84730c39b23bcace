"""Reports of sales as they are submitted and answered."""

from shared.codes.consumption import SalesReportKind
from shared.http.indicators import IndicatorOut
from shared.reporting.schemas import (
    CalendarItemOf,
    FiguresReportOf,
    OverdueReportOf,
    OverdueReportsOf,
    ReportCalendarOf,
    SubmissionListedOf,
    SubmissionSent,
)


class FiguresReport(FiguresReportOf[SalesReportKind]):
    """The figures of a region and a period, counted when they are asked for: of the period, and of the year so far."""


class SubmissionIn(SubmissionSent[SalesReportKind]):
    """A report to be submitted for a region."""


class SubmissionListed(SubmissionListedOf[SalesReportKind]):
    """A report that was submitted, as lists show it."""


class SubmissionOut(SubmissionListed):
    """A report as it was submitted: its figures never change."""

    items: list[IndicatorOut]


class CalendarItem(CalendarItemOf[SalesReportKind]):
    """A report that is owed, or that was submitted without being owed."""


class ReportCalendar(ReportCalendarOf):
    """What a region owes in a year, by day; reports at any time come last."""

    items: list[CalendarItem]


class OverdueReport(OverdueReportOf[SalesReportKind]):
    """A report that a county owes and has not submitted by its day."""


class OverdueReports(OverdueReportsOf):
    """What counties owe and have not submitted, the longest overdue first."""

    items: list[OverdueReport]
