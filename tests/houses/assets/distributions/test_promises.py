"""What outside systems hold assets to about distributions."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "assets",
    routes={
        "POST /distributions": "assets:write",
        "GET /distributions": "assets:read",
        "GET /distributions/{distribution_id}": "assets:read",
        "POST /distributions/{distribution_id}/transitions": "assets:write or assets:approve",
        "POST /distributions/{distribution_id}/lines/{line_no}/withdrawal": "assets:write",
    },
    fields={
        "DistributionIn": "asset_code period supplementary total request_id lines",
        "LineIn": "household_code amount reason",
        "TransitionIn": "action on note",
        "DistributionOut": "distribution_id asset_code period supplementary total request_id status publicity_ends_on "
        "proposed_at updated_at history allowed_actions lines",
        "LineOut": "line_no household_code amount reason credit_id withdrawal",
        "LineWithdrawalIn": "source source_ref reason",
        "LineWithdrawalOut": "withdrawal_id distribution_id line_no source source_ref reason withdrawn_on withdrawn_at "
        "withdrawn_by",
        "StepOut": "at action on by status note",
        "Page_DistributionSummary_": "items next_cursor",
    },
    codes={
        "DistributionReason": "no_labour post share hardship",
        "DistributionStatus": "draft voted published approved filed paid",
        "DistributionAction": "vote publish object approve file pay",
    },
    filters={
        "/distributions": "asset_code region_code status updated_after",
    },
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
