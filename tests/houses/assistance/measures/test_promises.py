"""What outside systems hold assistance to about measures."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "assistance",
    routes={
        "GET /measures": "assistance:read",
    },
    fields={
        "MeasureIn": "kind note member_no amount",
        "MeasureOut": "measure_id kind status reason requested_at answered_at updated_at",
        "Page_MeasureOut_": "items next_cursor",
    },
    codes={
        "MeasureKind": "job purchase asset_share transfer",
        "MeasureStatus": "requested accepted refused completed cancelled",
        "RefusalReason": "no_offer not_eligible declined other",
    },
    filters={
        "/measures": "household_code kind overdue region_code status updated_after",
    },
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
