"""What outside systems hold consumption to about the reports that regions owe."""

from tests.promises import Check, Promises, every

_READ = "consumption:write or consumption:approve"
PROMISES = Promises(
    "consumption",
    routes={
        "GET /reports/weekly-sales": _READ,
        "GET /reports/monthly-sales": _READ,
        "GET /reports/quarterly-sales": _READ,
        "GET /reports/annual-sales": _READ,
        "GET /reports/ad-hoc-sales": _READ,
        "GET /report-calendar/overdue": _READ,
        "GET /report-calendar": _READ,
        "POST /report-submissions": "consumption:write",
        "GET /report-submissions": _READ,
        "GET /report-submissions/{submission_id}": _READ,
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
    codes={"SalesReportKind": "weekly-sales monthly-sales quarterly-sales annual-sales ad-hoc-sales"},
    filters={
        "/reports/monthly-sales": "region_code period format",
        "/report-calendar": "region_code year overdue",
        "/report-submissions": "region_code report period limit cursor format mapping",
    },
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
