"""What outside systems hold consumption to about quotas."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "consumption",
    routes={
        "PUT /buyers/{buyer_code}/quotas/{year}": "consumption:order or consumption:approve",
        "GET /buyers/{buyer_code}/quotas/{year}": "consumption:order or consumption:approve",
    },
    fields={
        "QuotaIn": "canteen canteen_total reserve_ratio",
        "QuotaOut": "buyer_code year canteen canteen_total reserve_ratio ratio ratio_rule reserved purchased of_unit "
        "of_unions of_persons helped_to_sell fulfilment version updated_at",
        "RatioRule": "key value reference status pack",
    },
    codes={"Canteen": "own shared outsourced none"},
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
