"""The routes of the reports that regions owe: their figures, the calendar, and what was submitted."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from shared.errors import Invalid
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.indicators import figures_answer
from shared.http.problems import responses
from shared.lists.page import Page
from shared.policy.parameters import PolicyValueMissing
from shared.reporting import queries
from shared.reporting.commands import submit_report
from shared.reporting.errors import ReportInvalid, ReportSubmitted, SubmissionNotFound
from shared.reporting.house import Reporting
from shared.reporting.schemas import CalendarQuery, FiguresQuery, OverdueQuery
from shared.security.actor import RegionNotAllowed


def reporting_router(reporting: Reporting) -> APIRouter:
    """The routes of a house. Whoever may read reads figures and calendar; who may write submits."""
    router = APIRouter(tags=["reports 报表"])
    for report in reporting.rhythms:
        _add_figures(router, reporting, report)
    _add_calendar(router, reporting)
    _add_submissions(router, reporting)
    return router


def _add_figures(router: APIRouter, reporting: Reporting, report: Any) -> None:
    async def get(call: Annotated[Call, calling(*reporting.read)], asked: Annotated[FiguresQuery, Query()]) -> Response:
        """Counted out of the ledgers when it is asked for; what was submitted stands at `/report-submissions`."""
        found = await call.query(queries.figures, reporting, report, asked.region_code, asked.period)
        head = found.model_dump(mode="json", exclude={"items"})
        return await figures_answer(call, asked, head, reporting.sheets[report], found.items)

    router.get(
        f"/reports/{report.value}",
        operation_id=f"get{report.value.title().replace('-', '')}Report",
        summary=f"The {report.label_en} of a region",
        response_model=reporting.shapes.figures,
        responses=responses(RegionNotAllowed, ReportInvalid, Invalid, PolicyValueMissing),
    )(get)


def _add_calendar(router: APIRouter, reporting: Reporting) -> None:
    @router.get(
        "/report-calendar",
        operation_id="getReportCalendar",
        summary="Which reports a region owes in a year, and which it submitted",
        response_model=reporting.shapes.calendar,
        responses=responses(RegionNotAllowed),
    )
    async def get_calendar(
        call: Annotated[Call, calling(*reporting.read)], asked: Annotated[CalendarQuery, Query()]
    ) -> Any:
        """By the policy of the place on the first day of each period. A screening counts once it was held."""
        return await call.query(queries.report_calendar, reporting, asked)

    @router.get(
        "/report-calendar/overdue",
        operation_id="listOverdueReports",
        summary="Which reports the counties of your region owe and have not submitted by their day",
        response_model=reporting.shapes.overdue,
        responses=responses(RegionNotAllowed),
    )
    async def get_overdue(
        call: Annotated[Call, calling(*reporting.read)], asked: Annotated[OverdueQuery, Query()]
    ) -> Any:
        """The longest overdue first. A region within a county sees what it owes itself."""
        return await call.query(queries.overdue_reports, reporting, asked)


def _add_submissions(router: APIRouter, reporting: Reporting) -> None:
    shapes, place = reporting.shapes, "/report-submissions"

    async def post(
        body: Any, call: Annotated[Call, calling(*reporting.write)], idempotency_key: IdempotencyKey = None
    ) -> Response:
        """Nobody types in a figure, and nobody changes one. A report of a region and a period is submitted once."""
        items = await call.query(queries.figures_to_submit, reporting, body)
        return await call.once(idempotency_key, 201, submit_report, reporting, body, items)

    async def list_submissions(call: Annotated[Call, calling(*reporting.read)], asked: Any) -> Any:
        """Filter by region, report or period."""
        return await call.page(queries.submissions, asked, reporting)

    async def get_submission(submission_id: UUID, call: Annotated[Call, calling(*reporting.read)]) -> Any:
        """With the figures of then, whatever the ledgers say today."""
        return await call.query(queries.submission, reporting, submission_id)

    post.__annotations__["body"] = shapes.sent
    list_submissions.__annotations__["asked"] = Annotated[shapes.asked, Query()]
    refused = responses(RegionNotAllowed, ReportSubmitted, ReportInvalid, Invalid, PolicyValueMissing)
    router.post(
        place,
        operation_id="submitReport",
        summary="Submit a report: its figures stand as they are now",
        status_code=201,
        response_model=shapes.submitted,
        responses=refused,
    )(post)
    router.get(
        place,
        operation_id="listReportSubmissions",
        summary="Reports that regions of yours submitted, the newest first",
        response_model=Page[shapes.listed],  # type: ignore[name-defined]
        responses=responses(RegionNotAllowed),
    )(list_submissions)
    router.get(
        f"{place}/{{submission_id}}",
        operation_id="getReportSubmission",
        summary="A report as it was submitted",
        response_model=shapes.submitted,
        responses=responses(SubmissionNotFound),
    )(get_submission)
