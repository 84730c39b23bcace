"""What outside systems hold consumption to about payments."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "consumption",
    routes={
        "GET /payments": "consumption:read",
        "POST /payments": "consumption:approve",
        "POST /payments/{payment_id}/withdrawal": "consumption:approve",
    },
    fields={
        "PaymentIn": "source source_ref buyer_code paid_on amount region_code supersedes",
        "PaymentReference": "source source_ref",
        "PaymentOut": "payment_id source source_ref buyer_code region_code paid_on amount supersedes_id status "
        "recorded_at updated_at",
        "WithdrawalIn": "source source_ref reason",
        "WithdrawalOut": "record_id source source_ref reason withdrawn_at",
    },
    codes={"RecordStatus": "stands superseded withdrawn"},
    filters={"/payments": "region_code buyer_code source status paid_from paid_to updated_after"},
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
