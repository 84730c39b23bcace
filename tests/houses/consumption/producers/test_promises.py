"""What outside systems hold consumption to about producers."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "consumption",
    routes={
        "PUT /producers/{producer_code}": "consumption:write",
        "GET /producers/{producer_code}": "consumption:approve",
    },
    fields={
        "ProducerIn": "name kind uscc region_code links",
        "LinkIn": "household_code producer_code share kind form from to",
        "LinkOut": "household_code producer_code share kind form from to",
        "ProducerOut": "producer_code name kind uscc region_code links version updated_at",
    },
    codes={
        "ProducerKind": "household cooperative firm",
        "LinkForm": "order work dividend land service rebate",
    },
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
