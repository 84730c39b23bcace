"""What outside systems hold the looking for persons to."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "monitoring",
    routes={"POST /persons/search": "monitoring:pii"},
    fields={"PersonSearchIn": "id_number purpose", "PersonFound": "items", "PersonPlace": "household_code member_no"},
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
