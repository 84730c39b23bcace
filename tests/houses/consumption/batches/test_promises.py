"""What outside systems hold consumption to about batches."""

from tests.promises import Check, Promises, every

SUPPLY_SIDE = "consumption:write or consumption:approve"
PROMISES = Promises(
    "consumption",
    routes={
        "PUT /batches/{batch_code}": "consumption:write",
        "GET /batches": SUPPLY_SIDE,
        "GET /batches/{batch_code}": SUPPLY_SIDE,
        "GET /batches/{batch_code}/label": SUPPLY_SIDE,
        "GET /batches/{batch_code}/events": SUPPLY_SIDE,
    },
    fields={
        "BatchIn": "product_code harvested_on quantity base_code inspections contributions",
        "BatchOut": "batch_code product_code harvested_on quantity base_code inspections contributions shipped "
        "trace_code trace_url version updated_at",
        "Inspection": "kind on result",
        "ContributionIn": "household_code quantity",
        "ContributionOut": "household_code quantity",
        "Page_BatchOut_": "items next_cursor",
    },
    codes={"InspectionResult": "pass fail"},
    filters={"/batches": "product_code region_code updated_after", "/batches/{batch_code}/label": "format"},
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
