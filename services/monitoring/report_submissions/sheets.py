"""Files of reports."""

from typing import Final

from services.monitoring.report_submissions.rules import RHYTHMS
from shared.codes.monitoring import ReportKind
from shared.reporting.sheets import sheets_of_figures, submission_list

FIGURES: Final = sheets_of_figures(RHYTHMS)
"""The sheet of each report."""
SUBMISSION_LIST: Final = submission_list(ReportKind)
