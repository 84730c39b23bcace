"""Tables of the reports of sales that were submitted."""

from typing import Final

from services.consumption.models.base import METADATA
from shared.codes.code import one_list
from shared.codes.consumption import ConsumptionIndicator, PeriodFigure, SalesReportKind
from shared.reporting.rows import lay_submissions

FIGURE_CODES: Final = one_list("SalesFigure", (PeriodFigure, ConsumptionIndicator))
"""What a report of sales tells: of its period, and since the first of January."""
SUBMISSIONS: Final = lay_submissions(METADATA, SalesReportKind, FIGURE_CODES)
