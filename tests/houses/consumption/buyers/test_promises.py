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
        "BuyerIn": "name client_id",
        "BuyerOut": "buyer_code name client_id version updated_at",
        "Page_BuyerOut_": "items next_cursor",
    },
    filters={
        "/buyers": "updated_after",
    },
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
