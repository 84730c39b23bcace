"""Routes of reports."""

from services.monitoring.report_submissions.queries import REPORTING
from shared.reporting.api import reporting_router

router = reporting_router(REPORTING)
