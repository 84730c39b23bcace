"""What outside systems hold consumption to about orders."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "consumption",
    routes={
        "POST /orders": "consumption:order or consumption:approve",
        "GET /orders": "consumption:read",
        "GET /orders/{order_id}": "consumption:read",
        "POST /orders/{order_id}/transitions": "consumption:approve or consumption:order",
    },
    fields={
        "OrderIn": "buyer_code buyer_order_no request_id lines deliver_by deliver_to contact invoice_title",
        "LineIn": "product_code quantity price",
        "TransitionIn": "action lines note",
        "ReceivedIn": "line_no received",
        "OrderOut": "order_id buyer_code buyer_order_no region_code request_id status placed_at updated_at settled_on "
        "deliver_by deliver_to contact invoice_title total lines history allowed_actions",
        "OrderStepOut": "at action by side for_buyer status note",
        "LineOut": "line_no product_code producer_code name unit specification quantity price received value credits "
        "producer_amount",
        "CreditOut": "household_code branch amount",
        "Page_OrderOut_": "items next_cursor",
    },
    codes={
        "OrderStatus": "placed accepted shipped received settled cancelled disputed",
        "OrderAction": "accept ship receive settle cancel dispute",
    },
    filters={
        "/orders": "buyer_code status updated_after",
    },
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
