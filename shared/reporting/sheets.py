"""Files of the reports that regions owe."""

from collections.abc import Iterable, Mapping

from shared.codes.code import Code
from shared.http.indicators import figures_sheet
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import REGION_CODE


def sheets_of_figures(reports: Iterable[Code]) -> Mapping[Code, Sheet]:
    """The sheet of each report."""
    return {report: figures_sheet(report.value, report.label_zh, report.label_en) for report in reports}


def submission_list(reports: type[Code]) -> Sheet:
    """The list of what was submitted of these reports."""
    return Sheet(
        "report-submissions",
        "报表报送记录",
        "Submitted reports",
        (
            Column("submission_id", "报送编号", "Submission", width=38),
            Column("report", "报表", "Report", Form.CODE, reports, width=18),
            REGION_CODE,
            Column("period", "期间", "Period"),
            Column("submitted_on", "报送日期", "Submitted on", Form.DAY),
            Column("submitted_by", "报送客户端", "Submitted by", width=18),
            Column("submitted_at", "报送时间", "Submitted at", Form.MOMENT, width=20),
        ),
    )
