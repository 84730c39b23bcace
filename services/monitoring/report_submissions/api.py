"""Routes of reports."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.monitoring.report_submissions import queries
from services.monitoring.report_submissions.commands import submit_report
from services.monitoring.report_submissions.errors import ReportInvalid, ReportSubmitted, SubmissionNotFound
from services.monitoring.report_submissions.rules import SUBMITTED
from services.monitoring.report_submissions.schemas import (
    CalendarQuery,
    FiguresQuery,
    FiguresReport,
    ReportCalendar,
    SubmissionIn,
    SubmissionListed,
    SubmissionOut,
)
from services.monitoring.report_submissions.sheets import FIGURES
from shared.codes.monitoring import ReportKind
from shared.errors import Invalid
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.indicators import figures_answer
from shared.http.problems import responses
from shared.lists.page import Page
from shared.security.actor import RegionNotAllowed

router = APIRouter(tags=["reports 报表"])
READ, WRITE = "monitoring:read", "monitoring:write"


def _add_report(report: ReportKind) -> None:
    """Add the route of a report."""

    async def get(call: Annotated[Call, calling(READ)], asked: Annotated[FiguresQuery, Query()]) -> Response:
        """Counted out of the ledgers when it is asked for; what was submitted stands at `/report-submissions`."""
        found = await call.query(queries.figures, report, asked.region_code, asked.period)
        head = found.model_dump(mode="json", exclude={"items"})
        return await figures_answer(call, asked, head, FIGURES[report], found.items)

    router.get(
        f"/reports/{report.value}",
        operation_id=f"get{report.value.title().replace('-', '')}Report",
        summary=f"The {report.label_en} of a region",
        response_model=FiguresReport,
        responses=responses(RegionNotAllowed, ReportInvalid, Invalid),
    )(get)


for each in SUBMITTED:
    _add_report(each)


@router.get(
    "/report-calendar",
    operation_id="getReportCalendar",
    summary="Which reports a region owes in a year, and which it submitted",
    responses=responses(RegionNotAllowed),
)
async def get_calendar(
    call: Annotated[Call, calling(READ)], asked: Annotated[CalendarQuery, Query()]
) -> ReportCalendar:
    """By the policy of the place on the first day of each period. A screening counts once it was held."""
    return await call.query(queries.report_calendar, asked)


@router.post(
    "/report-submissions",
    operation_id="submitReport",
    summary="Submit a report: its figures stand as they are now",
    status_code=201,
    response_model=SubmissionOut,
    responses=responses(RegionNotAllowed, ReportSubmitted, ReportInvalid, Invalid),
)
async def post(
    body: SubmissionIn, call: Annotated[Call, calling(WRITE)], idempotency_key: IdempotencyKey = None
) -> Response:
    """Nobody types in a figure, and nobody changes one. A report of a region and a period is submitted once."""
    items = await call.query(queries.figures_to_submit, body)
    return await call.once(idempotency_key, 201, submit_report, body, items)


@router.get(
    "/report-submissions",
    operation_id="listReportSubmissions",
    summary="Reports that regions of yours submitted, the newest first",
    responses=responses(RegionNotAllowed),
    response_model=Page[SubmissionListed],
)
async def list_submissions(
    call: Annotated[Call, calling(READ)], asked: Annotated[queries.SubmissionList, Query()]
) -> Page[SubmissionListed] | Response:
    """Filter by region, report or period."""
    return await call.page(queries.submissions, asked)


@router.get(
    "/report-submissions/{submission_id}",
    operation_id="getReportSubmission",
    summary="A report as it was submitted",
    responses=responses(SubmissionNotFound),
)
async def get_submission(submission_id: UUID, call: Annotated[Call, calling(READ)]) -> SubmissionOut:
    """With the figures of then, whatever the ledgers say today."""
    return await call.query(queries.submission, submission_id)
