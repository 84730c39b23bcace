"""What outside systems hold employment to about wages."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "employment",
    routes={
        "GET /wages": "employment:read",
        "POST /wages": "employment:write",
        "POST /wages/{wage_id}/withdrawal": "employment:write",
    },
    fields={
        "WageIn": "source source_ref placement_id month amount supersedes",
        "WageReference": "source source_ref",
        "WageOut": "wage_id source source_ref placement_id month amount supersedes_id status updated_at",
        "Page_WageOut_": "items next_cursor",
        "WageWithdrawalIn": "source source_ref reason",
        "WageWithdrawalOut": "withdrawal_id wage_id source source_ref reason withdrawn_at",
    },
    codes={
        "RecordStatus": "stands superseded withdrawn",
        "WithdrawalReason": "wrong_household wrong_person wrong_amount duplicate other",
    },
    filters={
        "/wages": "placement_id updated_after",
    },
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
