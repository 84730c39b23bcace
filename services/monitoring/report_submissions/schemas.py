"""Reports of monitoring as they are submitted and answered."""

from shared.codes.monitoring import ReportKind
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


class FiguresReport(FiguresReportOf[ReportKind]):
    """The figures of a region and a period, counted when they are asked for."""


class SubmissionIn(SubmissionSent[ReportKind]):
    """A report to be submitted for a region."""


class SubmissionListed(SubmissionListedOf[ReportKind]):
    """A report that was submitted, as lists show it."""


class SubmissionOut(SubmissionListed):
    """A report as it was submitted: its figures never change."""

    items: list[IndicatorOut]


class CalendarItem(CalendarItemOf[ReportKind]):
    """A report that is owed, or that was submitted without being owed."""


class ReportCalendar(ReportCalendarOf):
    """What a region owes in a year, by day; reports at any time come last."""

    items: list[CalendarItem]


class OverdueReport(OverdueReportOf[ReportKind]):
    """A report that a county owes and has not submitted by its day."""


class OverdueReports(OverdueReportsOf):
    """What counties owe and have not submitted, the longest overdue first."""

    items: list[OverdueReport]
