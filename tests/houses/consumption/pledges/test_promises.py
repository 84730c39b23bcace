"""What outside systems hold consumption to about pledges."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "consumption",
    routes={"GET /pledges": "consumption:read"},
    fields={
        "PledgesOut": "year items",
        "PledgeOut": "region_code way pledged ordered settled months",
        "MonthOut": "month ordered settled",
    },
    filters={"/pledges": "year region_code"},
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
