"""What outside systems hold consumption to about statements and reconciliations."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "consumption",
    routes={
        "GET /statements/{buyer_code}/{month}": "consumption:read",
        "GET /reconciliations/{date}": "consumption:read",
    },
    fields={
        "StatementOut": "buyer_code month opening settled restated paid closing lines",
        "StatementLineOut": "on kind order_id buyer_order_no delivery_no source source_ref amount",
    },
    codes={"EntryKind": "settled restated paid"},
    filters={"/reconciliations/{date}": "buyer_code"},
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
