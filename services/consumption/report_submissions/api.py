"""Routes of the reports of sales that regions owe."""

from services.consumption.report_submissions.queries import REPORTING
from shared.reporting.api import reporting_router

router = reporting_router(REPORTING)
