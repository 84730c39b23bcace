"""Files of the reports of sales."""

from typing import Final

from services.consumption.report_submissions.rules import RHYTHMS
from shared.codes.consumption import SalesReportKind
from shared.reporting.sheets import sheets_of_figures, submission_list

FIGURES: Final = sheets_of_figures(RHYTHMS)
"""The sheet of each report."""
SUBMISSION_LIST: Final = submission_list(SalesReportKind)
