"""Submitting a report: its figures stand as they were."""

from collections.abc import Sequence
from typing import Any, Final

from shared.db.unit_of_work import UnitOfWork
from shared.http.indicators import IndicatorOut
from shared.ids import derived_id
from shared.reporting.errors import ReportSubmitted
from shared.reporting.house import Reporting
from shared.security.divisions import demand_division
from shared.words.said import says

_THING: Final = "report-submission"


def submit_report(uow: UnitOfWork, reporting: Reporting, body: Any, items: Sequence[IndicatorOut]) -> Any:
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
    if not reporting.rows.write(uow, row, items):
        before = reporting.rows.load(uow, submission_id)
        assert before is not None, "what is in the way has the same id"
        on, known = before.submitted_on, str(before.id)
        raise ReportSubmitted(says("report-submitted-before", period=body.period, on=on), submission_id=known)
    named: dict[str, Any] = {"report": body.report.value, "region": region, "period": body.period}
    uow.audit("report.submitted", str(submission_id), after=named)
    uow.log_after_commit("report.submitted", submission_id=str(submission_id), **named)
    return reporting.shapes.submitted.model_validate({**row, "submission_id": submission_id, "items": list(items)})
