"""The figures of reports, what was submitted, and what is owed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.indicators.queries import counted_in
from services.monitoring.indicators.store.scope import Scope
from services.monitoring.models.submissions import ReportSubmission
from services.monitoring.report_submissions.errors import ReportInvalid, SubmissionNotFound
from services.monitoring.report_submissions.rules import SUBMITTED, Owed, Period, Terms, owed_in
from services.monitoring.report_submissions.schemas import (
    CalendarItem,
    CalendarQuery,
    FiguresReport,
    ReportCalendar,
    SubmissionIn,
    SubmissionListed,
    SubmissionOut,
)
from services.monitoring.report_submissions.sheets import SUBMISSION_LIST
from services.monitoring.report_submissions.store import (
    load_figures,
    load_screened_on,
    load_submission,
    load_submissions_of,
)
from shared.codes.monitoring import ReportKind
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.findings import WrongValue
from shared.http.indicators import IndicatorOut
from shared.lists.order import newest_by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.policy.loader import NATIONAL
from shared.regions import CODE_LENGTH, RegionFilter
from shared.security.divisions import demand_division
from shared.words.language import Language, speaking
from shared.words.said import says

_SUBMISSIONS = table_of(ReportSubmission)


class SubmissionList(ListQuery):
    """Which submitted reports are asked for, the newest first."""

    order = newest_by("submitted_at")
    sheet = SUBMISSION_LIST
    region_code: RegionFilter | None = None
    report: ReportKind | None = None
    period: str | None = None


def period_of(reading: Reading, report: ReportKind, text: str | None) -> Period:
    """The period that is asked for, by default that of today. Raises ReportInvalid where the report has no such."""
    try:
        return Period.of_day(report, reading.today()) if text is None else Period.read(report, text)
    except WrongValue as error:
        raise ReportInvalid.at("/period", error.said) from error


def figures(reading: Reading, report: ReportKind, region_code: str | None, period: str | None) -> FiguresReport:
    """The figures of a region and a period as they stand now.

    Raises RegionNotAllowed, and Invalid for a period that has not begun or is none of the report.
    """
    asked = period_of(reading, report, period)
    items = counted_in(Scope.of_days(reading, region_code, asked.first, asked.last))
    return FiguresReport(report=report, region_code=region_code, period=asked.text, items=items)


def figures_to_submit(reading: Reading, body: SubmissionIn) -> Sequence[IndicatorOut]:
    """The figures of the report as they stand now: counted before anything is locked.

    Raises RegionNotAllowed, and Invalid for what is no report, region or period, or has not begun.
    """
    if body.report not in SUBMITTED:
        raise ReportInvalid.at("/report", says("report-is-held", report=body.report))
    region = demand_division(reading.actor, body.region_code)
    return figures(reading, body.report, region, body.period).items


def submissions(reading: Reading, asked: SubmissionList) -> Page[SubmissionListed]:
    """Reports that regions within the caller's own submitted."""
    return asked.page(reading, sa.select(_SUBMISSIONS), lambda rows: list(map(SubmissionListed.of, rows)))


def submission(reading: Reading, submission_id: UUID) -> SubmissionOut:
    """A report as it was submitted. Raises SubmissionNotFound where it is of no region of the caller."""
    row = load_submission(reading, submission_id)
    if row is None or not reading.actor.sees(row.region_code):
        place = reading.actor.place
        raise SubmissionNotFound(says("none-of-that-code", thing="submission", code=submission_id, region=place))
    items = [IndicatorOut(**figure, name=_name(figure)) for figure in load_figures(reading, submission_id)]
    return SubmissionOut.with_figures(SubmissionListed.of(row), items)


def _name(figure: dict[str, Any]) -> str:
    name: str = figure["code"].label_zh if speaking.get() is Language.ZH else figure["code"].label_en
    return name


def report_calendar(reading: Reading, asked: CalendarQuery) -> ReportCalendar:
    """What a region owes in a year, and what it submitted. Raises RegionNotAllowed.

    By default it is the caller's own region and this year; whoever is responsible for all of the nation sees what is
    assumed for it.
    """
    [prefix, *_] = reading.actor.search_prefixes(asked.region_code)
    region, year = (prefix or NATIONAL).ljust(CODE_LENGTH, "0"), asked.year or reading.today().year
    owed = owed_in(year, lambda day: reading.policy.in_form(Terms.under, region, day))
    submitted = {(row.report, row.period): row for row in load_submissions_of(reading, region)}
    items = [_item(reading, region, one, submitted.get((one.report, one.period))) for one in owed]
    at_any_time = [row for row in submitted.values() if _is_at_any_time(row, year, owed)]
    return ReportCalendar(region_code=prefix or None, year=year, items=[*items, *map(_unasked, at_any_time)])


def _item(reading: Reading, region: str, owed: Owed, row: Any) -> CalendarItem:
    today = reading.today()
    if owed.report is ReportKind.SCREENING:
        year = owed.due_on.year
        number = reading.policy.in_form(Terms.under, region, owed.due_on.replace(month=1, day=1)).screenings
        return CalendarItem.of(owed, load_screened_on(reading, region, year, number), None, today)
    return CalendarItem.of(owed, row and row.submitted_on, row and row.id, today)


def _is_at_any_time(row: Any, year: int, owed: list[Owed]) -> bool:
    """Whether a report of a year was submitted that is not owed by a day."""
    return row.period.startswith(str(year)) and (row.report, row.period) not in {one[1:] for one in owed}


def _unasked(row: Any) -> CalendarItem:
    return CalendarItem(
        report=row.report,
        period=row.period,
        due_on=None,
        submitted_on=row.submitted_on,
        overdue=False,
        submission_id=row.id,
    )
