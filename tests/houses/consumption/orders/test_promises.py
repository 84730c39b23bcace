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
        "OrderIn": "buyer_code buyer_order_no request_id lines deliver_by deliver_to contact invoice_title mode way "
        "agreement_no incident_id",
        "LineIn": "product_code quantity price",
        "TransitionIn": "action lines delivery_no return_no restock note",
        "StepLineIn": "line_no quantity batch_code received rejected price reason",
        "OrderOut": "order_id buyer_code buyer_order_no region_code request_id status placed_at updated_at settled_on "
        "deliver_by deliver_to contact invoice_title total lines history allowed_actions mode way agreement_no "
        "incident_id channel confirm_by due_on due_provisional overdue closes_on deliveries adjustment returns",
        "OrderStepOut": "at action by side for_buyer status note",
        "LineOut": "line_no product_code producer_code name unit specification quantity price received value credits "
        "producer_amount shipped rejected returned kept",
        "OrderDeliveryOut": "delivery_no status shipped_on received_on lines",
        "OrderDeliveryLineOut": "line_no quantity batch_code received rejected reason returned held price value",
        "AdjustmentOut": "status proposed_by proposed_on lines",
        "AdjustedLineOut": "line_no price reason",
        "ReturnOut": "return_no delivery_no status requested_on restocked lines",
        "ReturnedLineOut": "line_no quantity reason",
        "KeptOut": "producer_code amount",
        "CreditOut": "household_code branch amount",
        "Page_OrderOut_": "items next_cursor",
    },
    codes={
        "OrderStatus": "placed accepted shipped received settled cancelled disputed pre_ordered partly_shipped closed",
        "OrderAction": "accept ship receive settle cancel dispute confirm finish adjust agree decline return "
        "accept_return refuse_return",
        "OrderChange": "overdue lapse close",
        "OrderMode": "direct pre",
        "PurchaseWay": "purchase help_sell",
        "OrderDeliveryStatus": "shipped received settled",
        "DefectReason": "damaged rotten residue grade other",
        "ReturnStatus": "requested accepted refused",
        "AdjustmentStatus": "open agreed declined",
    },
    filters={
        "/orders": "buyer_code status updated_after",
    },
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
