"""What outside systems hold monitoring to about priority."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "monitoring",
    routes={"GET /priority": "monitoring:read", "GET /priority/villages": "monitoring:read"},
    fields={
        "PriorityHousehold": "household_code region_code category group",
        "PriorityVillage": "region_code people monitored_people share focus",
        "Page_PriorityHousehold_": "items next_cursor",
        "Page_PriorityVillage_": "items next_cursor",
    },
    codes={
        "PriorityGroup": "serious_illness chronic severe_disability disabled_elderly below_10000 new_dibao single_tekun"
    },
    filters={
        "/priority": "region_code group limit cursor format",
        "/priority/villages": "region_code focus limit cursor format",
    },
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
