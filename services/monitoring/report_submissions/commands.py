"""Submitting a report: its figures stand as they were."""

from collections.abc import Sequence
from typing import Any, Final

from services.monitoring.report_submissions.errors import ReportSubmitted
from services.monitoring.report_submissions.schemas import SubmissionIn, SubmissionListed, SubmissionOut
from services.monitoring.report_submissions.store import load_submission, write_submission
from shared.db.unit_of_work import UnitOfWork
from shared.http.indicators import IndicatorOut
from shared.ids import derived_id
from shared.security.divisions import demand_division
from shared.words.said import says

_THING: Final = "report-submission"


def submit_report(uow: UnitOfWork, body: SubmissionIn, items: Sequence[IndicatorOut]) -> SubmissionOut:
    """Submit a report with these figures; nobody changes them again.

    Raises ReportSubmitted where the region submitted the report of the period before.
    """
    region = demand_division(uow.actor, body.region_code)
    submission_id = derived_id(_THING, body.report, region, body.period)
    row = {
        "id": submission_id,
        "report": body.report,
        "region_code": region,
        "period": body.period,
        "submitted_on": uow.today(),
        "submitted_by": uow.actor.id,
        "submitted_at": uow.stamp(),
    }
    if not write_submission(uow, row, items):
        before = load_submission(uow, submission_id)
        assert before is not None, "what is in the way has the same id"
        on, known = before.submitted_on, str(before.id)
        raise ReportSubmitted(says("report-submitted-before", period=body.period, on=on), submission_id=known)
    named: dict[str, Any] = {"report": body.report.value, "region": region, "period": body.period}
    uow.audit("report.submitted", str(submission_id), after=named)
    uow.log_after_commit("report.submitted", submission_id=str(submission_id), **named)
    listed = SubmissionListed.model_validate({**row, "submission_id": submission_id})
    return SubmissionOut.with_figures(listed, items)
