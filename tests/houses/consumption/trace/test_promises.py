"""What outside systems hold consumption to about trace codes."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "consumption",
    routes={"GET /trace/{trace_code}": ""},
    fields={
        "TraceOut": "product producer county base harvested_on inspections steps households to_households",
        "StepOut": "step on",
    },
    codes={"TraceStep": "harvested shipped received"},
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
