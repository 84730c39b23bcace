"""What outside systems hold monitoring to about codes of other platforms and the sheets for them."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "monitoring",
    routes={
        "PUT /households/{household_code}/external-codes/{system}": "monitoring:write",
        "GET /households/{household_code}/external-codes/{system}": "monitoring:read",
        "GET /reports/exchange-{system}": "monitoring:read",
    },
    fields={
        "ExternalCodeIn": "code",
        "ExternalCodeOut": "household_code system code version updated_at",
        "ExchangeReport": "report region_code period upload held_back",
        "ExchangeRow": "external_code household_code region_code category relocated dibao member_no name relation sex "
        "birth_date id_number labour health student risks",
        "HeldBackRow": "external_code household_code region_code member_no rule text",
    },
    codes={"ExchangeSystem": "national guizhou hebei shaanxi"},
    filters={"/reports/exchange-{system}": "region_code period format mapping"},
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
