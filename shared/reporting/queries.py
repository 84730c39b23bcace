"""The figures of reports, what was submitted, and what is owed."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from shared.db.unit_of_work import Reading
from shared.findings import WrongValue
from shared.http.indicators import IndicatorOut
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.policy.loader import NATIONAL
from shared.regions import CODE_LENGTH, LEVEL_DIGITS, RegionLevel, regions
from shared.reporting.errors import ReportInvalid, SubmissionNotFound
from shared.reporting.house import Reporting
from shared.reporting.rhythms import Period, owed_in
from shared.reporting.schemas import CalendarQuery, OverdueQuery
from shared.security.divisions import demand_division
from shared.words.language import Language, speaking
from shared.words.said import says


def period_of(reading: Reading, reporting: Reporting, report: Any, text: str | None) -> Period:
    """The period that is asked for, by default that of today. Raises ReportInvalid where the report has no such."""
    rhythm = reporting.rhythms[report]
    try:
        return Period.of_day(rhythm, reading.today()) if text is None else Period.read(rhythm, text)
    except WrongValue as error:
        raise ReportInvalid.at("/period", error.said) from error


def figures(reading: Reading, reporting: Reporting, report: Any, region_code: str | None, period: str | None) -> Any:
    """The figures of a region and a period as they stand now.

    Raises RegionNotAllowed, and Invalid for a period that has not begun or is none of the report.
    """
    asked = period_of(reading, reporting, report, period)
    items = list(reporting.count(reading, region_code, asked.first, asked.last))
    said = {"report": report, "region_code": region_code, "period": asked.text, "items": items}
    return reporting.shapes.figures.model_validate(said)


def figures_to_submit(reading: Reading, reporting: Reporting, body: Any) -> Sequence[IndicatorOut]:
    """The figures of the report as they stand now: counted before anything is locked.

    Raises RegionNotAllowed, and Invalid for what is no report, region or period, or has not begun.
    """
    if body.report not in reporting.rhythms:
        raise ReportInvalid.at("/report", says("report-is-held", report=body.report))
    region = demand_division(reading.actor, body.region_code)
    asked = period_of(reading, reporting, body.report, body.period)
    return reporting.count(reading, region, asked.first, asked.last)


def submissions(reading: Reading, asked: ListQuery, reporting: Reporting) -> Page[Any]:
    """Reports that regions within the caller's own submitted."""
    shown = reporting.shapes.listed.of
    return asked.page(reading, sa.select(reporting.rows.submission), lambda rows: list(map(shown, rows)))


def submission(reading: Reading, reporting: Reporting, submission_id: UUID) -> Any:
    """A report as it was submitted. Raises SubmissionNotFound where it is of no region of the caller."""
    row = reporting.rows.load(reading, submission_id)
    if row is None or not reading.actor.sees(row.region_code):
        place = reading.actor.place
        raise SubmissionNotFound(says("none-of-that-code", thing="submission", code=submission_id, region=place))
    kept = reporting.rows.load_figures(reading, submission_id)
    items = [IndicatorOut(**figure, name=_name(reporting, figure)) for figure in kept]
    said = {**row._asdict(), "submission_id": row.id, "items": items}
    return reporting.shapes.submitted.model_validate(said)


def _name(reporting: Reporting, figure: Mapping[str, Any]) -> str:
    indicator = reporting.name_of(figure["code"])
    return indicator.label_zh if speaking.get() is Language.ZH else indicator.label_en


def report_calendar(reading: Reading, reporting: Reporting, asked: CalendarQuery) -> Any:
    """What a region owes in a year, and what it submitted. Raises RegionNotAllowed.

    By default it is the caller's own region and this year; whoever is responsible for all of the nation sees what is
    assumed for it.
    """
    [prefix, *_] = reading.actor.search_prefixes(asked.region_code)
    region, year = (prefix or NATIONAL).ljust(CODE_LENGTH, "0"), asked.year or reading.today().year
    items = [*_owed(reading, reporting, region, year)]
    if asked.overdue is not None:
        items = [item for item in items if item.overdue is asked.overdue]
    return reporting.shapes.calendar(region_code=prefix or None, year=year, items=items)


def _owed(reading: Reading, reporting: Reporting, region: str, year: int) -> Iterator[Any]:
    """What is owed, by day, and behind it what was submitted without being owed."""
    item, today = reporting.shapes.item, reading.today()
    submitted = {(row.report, row.period): row for row in reporting.rows.load_of(reading, region)}
    held = {(one.report, one.period): one for one in reporting.held(reading, region, year)}
    due = [*_due(reading, reporting, region, year), *((one.due_on, *key) for key, one in held.items())]
    for due_on, *key in sorted(due):
        row, one = submitted.pop(tuple(key), None), held.get(tuple(key))
        done = one.held_on if one else row and row.submitted_on
        yield item.of(*key, due_on, done, row and row.id, today)
    for row in submitted.values():
        if row.period.startswith(str(year)):
            yield item.of(row.report, row.period, None, row.submitted_on, row.id, today)


def overdue_reports(reading: Reading, reporting: Reporting, asked: OverdueQuery) -> Any:
    """What the counties of a region owe and have not submitted by its day. Raises RegionNotAllowed.

    Of a region within a county it is what that region owes itself. What is held and not submitted is told by calendars.
    """
    year, today = asked.year or reading.today().year, reading.today()
    codes = [code for prefix in reading.actor.search_prefixes(asked.region_code) for code in _owing(prefix)]
    submitted = reporting.rows.load_submitted(reading, codes, year)
    late = [
        (day, region, report, period)
        for region in codes
        for day, report, period in _due(reading, reporting, region, year)
        if day < today and (region, report, period) not in submitted
    ]
    items = [
        reporting.shapes.late(region_code=region, report=report, period=period, due_on=day, days=(today - day).days)
        for day, region, report, period in sorted(late)
    ]
    return reporting.shapes.overdue(year=year, items=items)


def _due(reading: Reading, reporting: Reporting, region: str, year: int) -> Iterator[tuple[dt.date, Any, str]]:
    """Day, report and period of all that a region is to submit in a year."""
    for one in owed_in(year, lambda day: reading.policy.in_form(reporting.terms, region, day)):
        yield one.due_on, reporting.report_of(one.rhythm), one.period


def _owing(prefix: str) -> Sequence[str]:
    """The regions below a prefix that owe reports: the counties, or a region within one by itself."""
    if len(prefix) < LEVEL_DIGITS[RegionLevel.COUNTY]:
        return regions().counties_of(prefix)
    return [prefix.ljust(CODE_LENGTH, "0")]
