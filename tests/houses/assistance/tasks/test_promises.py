"""What outside systems hold assistance to about tasks."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "assistance",
    routes={
        "GET /tasks": "assistance:read",
        "GET /tasks/{task_id}": "assistance:read",
        "POST /tasks/{task_id}/transitions": "assistance:write",
        "POST /tasks/{task_id}/measures": "assistance:write",
    },
    fields={
        "TaskOut": "task_id household_code region_code kind risk_id episode status grade opened_at due_on "
        "due_provisional verdict history measures allowed_actions",
        "TransitionIn": "action verdict note",
        "Page_TaskOut_": "items next_cursor",
    },
    codes={
        "TaskStatus": "open accepted in_progress verified closed",
        "TaskAction": "accept start verify close reopen",
        "TaskVerdict": "confirmed no_risk",
    },
    filters={
        "/tasks": "household_code kind overdue region_code status",
    },
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
