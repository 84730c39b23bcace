"""What outside systems hold consumption to about the registers around orders."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "consumption",
    routes={
        "PUT /commodities/{commodity_code}": "consumption:approve",
        "GET /commodities": "consumption:read",
        "GET /commodities/{commodity_code}": "consumption:read",
        "PUT /bases/{base_code}": "consumption:write",
        "GET /bases": "consumption:write or consumption:approve",
        "GET /bases/{base_code}": "consumption:write or consumption:approve",
        "PUT /outlets/{outlet_code}": "consumption:write",
        "GET /outlets": "consumption:write or consumption:approve",
        "GET /outlets/{outlet_code}": "consumption:write or consumption:approve",
        "PUT /channels/{channel_code}": "consumption:write",
        "GET /channels": "consumption:write or consumption:approve",
        "GET /channels/{channel_code}": "consumption:write or consumption:approve",
        "PUT /fairs/{fair_code}": "consumption:write",
        "GET /fairs": "consumption:write or consumption:approve",
        "GET /fairs/{fair_code}": "consumption:write or consumption:approve",
        "PUT /listings/{listing_code}": "consumption:approve",
        "GET /listings": "consumption:write or consumption:approve",
        "GET /listings/{listing_code}": "consumption:write or consumption:approve",
        "PUT /agreements/{agreement_no}": "consumption:approve",
        "GET /agreements": "consumption:read",
        "GET /agreements/{agreement_no}": "consumption:read",
    },
    fields={
        "CommodityIn": "name unit shelf_life_days",
        "CommodityOut": "commodity_code name unit shelf_life_days version updated_at",
        "BaseIn": "name producer_code region_code certificate_no certified_on valid_to",
        "BaseOut": "base_code name producer_code region_code certificate_no certified_on valid_to version updated_at",
        "OutletIn": "name kind region_code place_code opened_on closed_on",
        "OutletOut": "outlet_code name kind region_code place_code opened_on closed_on version updated_at",
        "ChannelIn": "name kind region_code from to",
        "ChannelOut": "channel_code name kind region_code from to version updated_at",
        "FairIn": "name region_code place_code from to producers sales",
        "FairOut": "fair_code name region_code place_code from to producers sales version updated_at",
        "ListingIn": "region_code subject subject_code colour reason from until appeal",
        "AppealIn": "on note outcome",
        "ListingOut": "listing_code region_code subject subject_code colour reason from until appeal version "
        "updated_at",
        "AgreementIn": "buyer_code year region_code way pledged",
        "AgreementOut": "agreement_no buyer_code year region_code way pledged version updated_at",
    },
    codes={
        "OutletKind": "counter hall zone flagship centre",
        "ChannelKind": "wholesale retail canteen union army online group processor other",
        "ListingSubject": "service_unit producer buyer",
        "ListingColour": "black white",
        "AppealOutcome": "pending upheld dismissed",
        "PurchaseWay": "purchase help_sell",
    },
    filters={
        "/commodities": "updated_after",
        "/bases": "region_code producer_code valid updated_after",
        "/outlets": "region_code kind open updated_after",
        "/channels": "region_code kind live updated_after",
        "/fairs": "region_code year updated_after",
        "/listings": "subject subject_code colour live updated_after",
        "/agreements": "buyer_code year region_code way updated_after",
    },
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
