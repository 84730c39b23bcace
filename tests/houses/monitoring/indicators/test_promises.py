"""What outside systems hold monitoring to about indicators."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "monitoring",
    routes={"GET /indicators": "monitoring:read"},
    fields={
        "IndicatorsOut": "report region_code period items",
        "IndicatorOut": "code name value unit numerator denominator target source",
    },
    filters={"/indicators": "region_code period format"},
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
