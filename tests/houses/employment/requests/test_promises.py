"""What outside systems hold employment to about requests for help."""

from tests.promises import REQUEST_CODES, REQUEST_FIELDS, Check, Promises, every

PROMISES = Promises(
    "employment",
    routes={
        "GET /requests": "employment:read",
        "GET /requests/{request_id}": "employment:read",
        "GET /requests/{request_id}/suggestions": "employment:read",
        "POST /requests/{request_id}/transitions": "employment:write",
    },
    fields={
        **REQUEST_FIELDS,
        "SuggestionsOut": "request_id suggestions rest",
        "SuggestionOut": "worker_id vacancy_code why",
        "UnsuitableOut": "worker_id vacancy_code why_not",
    },
    codes=REQUEST_CODES,
    filters={
        "/requests": "household_code status updated_after",
    },
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
