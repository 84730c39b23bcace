"""What monitoring counts for its reports, and which screenings a region owes."""

import datetime as dt
from collections.abc import Iterator
from typing import Final

from services.monitoring.indicators.queries import counted_in
from services.monitoring.indicators.store.scope import Scope
from services.monitoring.models.submissions import SUBMISSIONS
from services.monitoring.report_submissions import schemas
from services.monitoring.report_submissions.rules import RHYTHMS, SWEEP, TERMS
from services.monitoring.report_submissions.sheets import FIGURES, SUBMISSION_LIST
from services.monitoring.report_submissions.store import load_screened_on
from shared.codes.monitoring import MonitoringIndicator, ReportKind
from shared.db.unit_of_work import Reading
from shared.http.indicators import IndicatorOut
from shared.lists.order import newest_by
from shared.lists.query import ListQuery
from shared.regions import RegionFilter
from shared.reporting.house import Held, Reporting, Shapes


class SubmissionList(ListQuery):
    """Which submitted reports are asked for, the newest first."""

    order = newest_by("submitted_at")
    sheet = SUBMISSION_LIST
    region_code: RegionFilter | None = None
    report: ReportKind | None = None
    period: str | None = None


def _count(reading: Reading, region_code: str | None, first: dt.date, last: dt.date) -> list[IndicatorOut]:
    return counted_in(Scope.of_days(reading, region_code, first, last))


def _screenings(reading: Reading, region_code: str, year: int) -> Iterator[Held]:
    """The screening with which a region is screened as often as it is to be in a year."""
    owed = reading.policy.at(region_code, dt.date(year, 1, 1)).find(SWEEP)
    number = 0 if owed is None else int(owed.value)
    if number:
        held_on = load_screened_on(reading, region_code, year, number)
        yield Held(ReportKind.SCREENING, str(year), dt.date(year, 12, 31), held_on)


REPORTING: Final = Reporting(
    rhythms=RHYTHMS,
    terms=TERMS,
    rows=SUBMISSIONS,
    count=_count,
    name_of=MonitoringIndicator.read,
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
    read=("monitoring:read",),
    write=("monitoring:write",),
    held=_screenings,
)
