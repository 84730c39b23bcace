"""What outside systems hold risks and verdicts to."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "monitoring",
    routes={
        "GET /risks": "monitoring:read",
        "GET /risks/{risk_id}": "monitoring:read",
    },
    fields={
        "RiskOut": "risk_id household_code region_code kind grade status episode opened_at cleared_at reasons verdict "
        "event_id",
        "ReasonOut": "rule text inputs parameters",
        "Page_RiskOut_": "items next_cursor",
        "VerdictOut": "kind outcome grade reasons missing_months",
    },
    codes={
        "RiskKind": "below_line income_drop rigid_expense new_illness job_loss",
        "RiskGrade": "orange red",
        "RiskStatus": "open cleared",
        "TaskVerdict": "confirmed no_risk",
    },
    filters={"/risks": "household_code region_code kind status grade"},
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
