"""What outside systems hold assets to about assets."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "assets",
    routes={
        "PUT /assets/{asset_code}": "assets:write",
        "GET /assets": "assets:read",
        "GET /assets/{asset_code}": "assets:read",
    },
    fields={
        "AssetIn": "name class region_code original_value acquired_on rights",
        "RightIn": "right holder share",
        "AssetOut": "asset_code name class region_code original_value acquired_on version as_of rights history",
        "RightOut": "right holder share valid_from valid_to",
        "Page_AssetSummary_": "items next_cursor",
    },
    codes={
        "AssetClass": "operating public household",
        "AssetRight": "owner operator beneficiary disposer supervisor",
    },
    filters={
        "/assets": "class region_code updated_after",
        "/assets/{asset_code}": "as_of asset_code",
    },
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
