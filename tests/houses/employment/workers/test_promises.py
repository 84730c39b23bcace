"""What outside systems hold employment to about workers."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "employment",
    routes={
        "GET /workers": "employment:read",
    },
    fields={
        "WorkerOut": "worker_id household_code region_code member_no birth_year birthday_known labour status "
        "updated_at",
        "Page_WorkerOut_": "items next_cursor",
    },
    codes={
        "WorkerStatus": "idle offered employed",
    },
    filters={
        "/workers": "household_code region_code status updated_after",
    },
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
