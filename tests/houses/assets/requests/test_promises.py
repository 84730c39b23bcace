"""What outside systems hold assets to about requests for help."""

from tests.promises import REQUEST_CODES, REQUEST_FIELDS, Check, Promises, every

PROMISES = Promises(
    "assets",
    routes={
        "GET /requests": "assets:read",
        "GET /requests/{request_id}": "assets:read",
        "POST /requests/{request_id}/transitions": "assets:write",
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
