"""What outside systems hold consumption to about requests for help."""

from tests.promises import REQUEST_CODES, REQUEST_FIELDS, Check, Promises, every

PROMISES = Promises(
    "consumption",
    routes={
        "GET /requests": "consumption:approve",
        "GET /requests/{request_id}": "consumption:approve",
        "POST /requests/{request_id}/transitions": "consumption:approve",
    },
    fields=REQUEST_FIELDS,
    codes=REQUEST_CODES,
    filters={
        "/requests": "household_code status updated_after",
    },
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
