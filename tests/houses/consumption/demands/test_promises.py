"""What outside systems hold consumption to about demands."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "consumption",
    routes={
        "POST /demands": "consumption:order or consumption:approve",
        "GET /demands": "consumption:read",
        "GET /demands/{demand_id}": "consumption:read",
        "GET /demands/{demand_id}/proposal": "consumption:approve",
        "POST /demands/{demand_id}/transitions": "consumption:approve",
    },
    fields={
        "DemandIn": "buyer_code demand_no commodity_code quantity max_price deliver_by needs",
        "NeedsIn": "grade cold_chain recognised base",
        "DemandOut": "demand_id buyer_code demand_no commodity_code quantity max_price deliver_by needs status "
        "placed_at updated_at orders history allowed_actions",
        "DemandStepOut": "at action by status note",
        "DemandTransitionIn": "action lines note",
        "DemandLineIn": "product_code quantity",
        "ProposalOut": "lines short left_out",
        "ProposedLineOut": "product_code quantity price why",
        "LeftOutOut": "product_code why",
        "Page_DemandOut_": "items next_cursor",
    },
    codes={
        "DemandStatus": "open adopted overruled closed",
        "DemandAction": "adopt overrule close",
        "OfferReason": "open_request cheapest needs_not_met out_of_season not_fresh barred too_expensive nothing_left "
        "not_needed",
    },
    filters={"/demands": "buyer_code commodity_code status updated_after"},
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
