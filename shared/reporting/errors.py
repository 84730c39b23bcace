"""Situations of reports."""

from shared.errors import Conflict, Invalid, NotFound


class ReportInvalid(Invalid):
    """There is no such report, period or region."""

    code = "submission-invalid"


class ReportSubmitted(Conflict):
    """The region submitted this report of the period before: what was submitted stays."""

    code = "report-submitted"
    pointer = "/period"


class SubmissionNotFound(NotFound):
    """No submission by that id within the caller's region."""

    code = "submission-not-found"
