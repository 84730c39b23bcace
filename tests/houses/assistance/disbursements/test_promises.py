"""What outside systems hold assistance to about disbursements."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "assistance",
    routes={
        "GET /disbursements": "assistance:read",
        "POST /disbursements": "assistance:write",
    },
    fields={
        "DisbursementIn": "source source_ref household_code measure_id kind month amount instalment supersedes",
        "DisbursementReference": "source source_ref",
        "DisbursementOut": "disbursement_id source source_ref household_code measure_id kind month amount "
        "supersedes_id updated_at",
        "Page_DisbursementOut_": "items next_cursor",
    },
    filters={
        "/disbursements": "household_code region_code updated_after",
    },
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
