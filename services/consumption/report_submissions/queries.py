"""What is counted for the reports of sales: of their period, and of the year up to its last day."""

import datetime as dt
from typing import Final

from services.consumption.indicators.queries import counted_in
from services.consumption.indicators.store import Scope
from services.consumption.models.submissions import FIGURE_CODES, SUBMISSIONS
from services.consumption.report_submissions import schemas
from services.consumption.report_submissions.rules import PERIOD_FIGURES, RHYTHMS, TERMS
from services.consumption.report_submissions.sheets import FIGURES, SUBMISSION_LIST
from services.consumption.reports.queries import totals
from services.consumption.reports.rules import Span
from shared.codes.consumption import SalesReportKind
from shared.db.unit_of_work import Reading
from shared.http.indicators import IndicatorOut
from shared.indicators import Counted
from shared.lists.order import newest_by
from shared.lists.query import ListQuery
from shared.regions import RegionFilter
from shared.reporting.house import Reporting, Shapes


class SubmissionList(ListQuery):
    """Which submitted reports are asked for, the newest first."""

    order = newest_by("submitted_at")
    sheet = SUBMISSION_LIST
    region_code: RegionFilter | None = None
    report: SalesReportKind | None = None
    period: str | None = None


def _count(reading: Reading, region_code: str | None, first: dt.date, last: dt.date) -> list[IndicatorOut]:
    scope = Scope.of_days(reading, region_code, first, last)
    sums = totals(reading, region_code, Span(first, scope.on))
    of_the_period = [
        IndicatorOut.of(figure, Counted(number)) for figure, number in zip(PERIOD_FIGURES, sums, strict=True)
    ]
    return [*of_the_period, *counted_in(scope)]


REPORTING: Final = Reporting(
    rhythms=RHYTHMS,
    terms=TERMS,
    rows=SUBMISSIONS,
    count=_count,
    name_of=FIGURE_CODES.read,
    shapes=Shapes(
        figures=schemas.FiguresReport,
        sent=schemas.SubmissionIn,
        listed=schemas.SubmissionListed,
        submitted=schemas.SubmissionOut,
        item=schemas.CalendarItem,
        calendar=schemas.ReportCalendar,
        late=schemas.OverdueReport,
        overdue=schemas.OverdueReports,
        asked=SubmissionList,
    ),
    sheets=FIGURES,
    read=("consumption:write", "consumption:approve"),
    write=("consumption:write",),
)
