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
        "LinkIn": "household_code share kind",
        "ProducerOut": "producer_code name kind uscc region_code links version updated_at",
    },
    codes={
        "ProducerKind": "household cooperative firm",
    },
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
