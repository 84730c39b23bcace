"""What outside systems hold consumption to about reports."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "consumption",
    routes={"GET /reports/sales": "consumption:write or consumption:approve"},
    fields={
        "SalesReport": "report region_code period items",
        "SalesLine": "region_code orders buyers products purchased helped_to_sell",
    },
    filters={"/reports/sales": "region_code period format"},
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
