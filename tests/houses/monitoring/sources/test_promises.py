"""What outside systems hold monitoring to about feeds."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "monitoring",
    routes={
        "PUT /feeds/{source}": "monitoring:write",
        "GET /feeds": "monitoring:read",
        "GET /feeds/{source}": "monitoring:read",
    },
    fields={
        "FeedIn": "kinds due_day owner",
        "FeedOut": "source kinds due_day owner last_received_on rows overdue overdue_since version updated_at",
        "Page_FeedOut_": "items next_cursor",
    },
    filters={"/feeds": "updated_after limit cursor format"},
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
