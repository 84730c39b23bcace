"""Tables of the reports that were submitted."""

from typing import Final

from services.monitoring.models.base import METADATA
from shared.codes.monitoring import MonitoringIndicator, ReportKind
from shared.reporting.rows import lay_submissions

SUBMISSIONS: Final = lay_submissions(METADATA, ReportKind, MonitoringIndicator)
