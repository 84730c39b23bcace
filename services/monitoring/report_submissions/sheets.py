"""Files of reports."""

from collections.abc import Mapping
from typing import Final

from services.monitoring.report_submissions.rules import SUBMITTED
from shared.codes.monitoring import ReportKind
from shared.http.indicators import figures_sheet
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import REGION_CODE

FIGURES: Final[Mapping[ReportKind, Sheet]] = {
    report: figures_sheet(report.value, report.label_zh, report.label_en) for report in SUBMITTED
}
"""The sheet of each report."""
SUBMISSION_LIST: Final = Sheet(
    "report-submissions",
    "报表报送记录",
    "Submitted reports",
    (
        Column("submission_id", "报送编号", "Submission", width=38),
        Column("report", "报表", "Report", Form.CODE, ReportKind, width=18),
        REGION_CODE,
        Column("period", "期间", "Period"),
        Column("submitted_on", "报送日期", "Submitted on", Form.DAY),
        Column("submitted_by", "报送客户端", "Submitted by", width=18),
        Column("submitted_at", "报送时间", "Submitted at", Form.MOMENT, width=20),
    ),
)
