"""What outside systems hold monitoring to about reports."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "monitoring",
    routes={
        "GET /reports/weekly-progress": "monitoring:read",
        "GET /reports/monthly-monitoring": "monitoring:read",
        "GET /reports/quarterly-work": "monitoring:read",
        "GET /reports/annual": "monitoring:read",
        "GET /reports/ad-hoc": "monitoring:read",
        "GET /report-calendar/overdue": "monitoring:read",
        "GET /report-calendar": "monitoring:read",
        "POST /report-submissions": "monitoring:write",
        "GET /report-submissions": "monitoring:read",
        "GET /report-submissions/{submission_id}": "monitoring:read",
    },
    fields={
        "FiguresReport": "report region_code period items",
        "SubmissionIn": "report region_code period",
        "SubmissionListed": "submission_id report region_code period submitted_on submitted_by submitted_at",
        "SubmissionOut": "submission_id report region_code period submitted_on submitted_by submitted_at items",
        "Page_SubmissionListed_": "items next_cursor",
        "ReportCalendar": "region_code year items",
        "OverdueReports": "year items",
        "OverdueReport": "region_code report period due_on days",
        "CalendarItem": "report period due_on submitted_on overdue submission_id",
    },
    codes={"ReportKind": "weekly-progress monthly-monitoring quarterly-work annual ad-hoc screening"},
    filters={
        "/reports/monthly-monitoring": "region_code period format",
        "/report-calendar": "region_code year",
        "/report-submissions": "region_code report period limit cursor format",
    },
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
