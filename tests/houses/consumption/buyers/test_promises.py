"""What outside systems hold consumption to about buyers."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "consumption",
    routes={
        "PUT /buyers/{buyer_code}": "consumption:approve",
        "GET /buyers": "consumption:approve",
        "GET /buyers/{buyer_code}": "consumption:approve",
    },
    fields={
        "BuyerIn": "name kind city_code unit_code uscc clients client_id",
        "BuyerOut": "buyer_code name kind city_code unit_code uscc clients client_id version updated_at",
        "Page_BuyerOut_": "items next_cursor",
    },
    codes={"BuyerKind": "budget_unit union army market firm social personal"},
    filters={
        "/buyers": "updated_after",
    },
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
