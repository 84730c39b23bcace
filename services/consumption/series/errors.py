"""Situations about reports of a series, whatever they tell of."""

from shared.errors import Invalid, NotFound
from shared.records.errors import AlreadySuperseded, AlreadyWithdrawn, Contradicts, SupersededNotFound


class ReportInvalid(Invalid):
    """The report is readable but cannot be true: of a day to come, or of a place that there is not."""

    code = "report-invalid"


class ReportNotFound(NotFound):
    """No report by that id within the caller's region."""

    code = "report-not-found"


class ReportContradicts(Contradicts, thing="report"):
    """The reference was used before for another report."""


class SupersededReportNotFound(SupersededNotFound, thing="report"):
    """The report to be superseded is not known of this commodity and county."""


class ReportAlreadySuperseded(AlreadySuperseded, thing="report"):
    """The report was corrected before by another one."""


class ReportWithdrawnBefore(AlreadyWithdrawn, thing="report"):
    """The report was withdrawn."""
