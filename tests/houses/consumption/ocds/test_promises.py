"""What outside systems hold consumption to about contracting processes."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "consumption",
    routes={"GET /ocds/releases": "consumption:read", "GET /ocds/records/{ocid}": "consumption:read"},
    fields={
        "ReleasePackage": "uri version publishedDate publisher releases",
        "RecordPackage": "uri version publishedDate publisher records",
        "Publisher": "name",
    },
    filters={"/ocds/releases": "limit after buyer_code updated_after"},
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
