"""What outside systems hold assistance to about what is told of a household."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "assistance",
    routes={
        "GET /households/{household_code}/story": "assistance:read",
    },
    fields={
        "StoryOut": "household_code entries effect",
        "StoryEntry": "at what text correlation_id task_id risk_id measure_id credit_id",
        "EffectOut": "total per_head members by_branch",
    },
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
