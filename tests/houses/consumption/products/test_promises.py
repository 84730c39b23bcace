"""What outside systems hold consumption to about products and their stock."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "consumption",
    routes={
        "PUT /products/{product_code}": "consumption:write",
        "GET /products": "consumption:read",
        "GET /products/{product_code}": "consumption:read",
        "POST /products/{product_code}/stock": "consumption:write",
        "GET /products/{product_code}/stock": "consumption:write or consumption:approve",
    },
    fields={
        "ProductIn": "producer_code name unit specification commodity_code unit_code grade season shelf_life_days "
        "cold_chain base_code price step minimum stock",
        "ProductOut": "product_code producer_code region_code name unit specification commodity_code unit_code grade "
        "season shelf_life_days cold_chain base_code recognised in_season households price step minimum stock version "
        "updated_at",
        "StockIn": "counted change reason",
        "StockMoveOut": "move_id product_code at by counted before change stock reason updated_at",
        "Page_StockMoveOut_": "items next_cursor",
        "Page_ProductOut_": "items next_cursor",
    },
    filters={
        "/products": "available region_code producer_code commodity_code base_code recognised in_season cold_chain q "
        "updated_after",
        "/products/{product_code}/stock": "updated_after",
    },
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
