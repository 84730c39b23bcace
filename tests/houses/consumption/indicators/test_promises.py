"""What outside systems hold consumption to about indicators."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "consumption",
    routes={"GET /indicators": "consumption:write or consumption:approve"},
    fields={"IndicatorsOut": "report region_code period items"},
    filters={"/indicators": "region_code period format"},
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
