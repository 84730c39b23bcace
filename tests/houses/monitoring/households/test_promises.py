"""What outside systems hold the register of households to."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "monitoring",
    routes={
        "GET /households": "monitoring:read",
        "POST /households/batch": "monitoring:write",
        "PUT /households/{household_code}": "monitoring:write",
        "GET /households/{household_code}": "monitoring:read",
        "POST /households/{household_code}/end": "monitoring:write",
        "GET /households/{household_code}/income": "monitoring:read",
        "GET /households/{household_code}/verdicts": "monitoring:read",
    },
    fields={
        "HouseholdIn": "region_code category relocated dibao registered_on members",
        "MemberIn": "member_no name relation sex birth_date birth_year id_number labour health student",
        "HouseholdOut": "household_code region_code category relocated dibao registered_on version members "
        "member_count head_name open_risks external_codes ended_on end_reason end_note updated_at warnings",
        "HouseholdListed": "household_code region_code category relocated dibao registered_on version members "
        "member_count head_name open_risks external_codes ended_on end_reason end_note updated_at",
        "HouseholdInBatch": "household_code version region_code category relocated dibao registered_on members",
        "HouseholdBatchAnswer": "created changed unchanged rejected items",
        "HouseholdItem": "index household_code status result version warnings problem",
        "MemberOut": "member_no name relation sex birth_date birth_year id_number labour health student",
        "EndIn": "on reason note",
        "IncomeOut": "window members branches operating_cost net_income per_head compliant_self_paid coverage "
        "line pack",
        "Window": "from to",
        "Branches": "wage operating property transfer",
        "Coverage": "known missing",
        "Line": "value reference status",
        "VerdictsOut": "household_code as_of pack verdicts",
    },
    codes={
        "HouseholdCategory": "ordinary lifted",
        "Relation": "head spouse child parent other",
        "Sex": "M F",
        "HouseholdEndReason": "died moved merged other",
        "Labour": "ordinary skilled weak lost none",
        "Health": "healthy chronic serious disabled",
    },
    filters={
        "/households": "region_code category relocated dibao ended updated_after limit cursor format",
        "/households/{household_code}/income": "household_code as_of",
        "/households/{household_code}/verdicts": "household_code as_of",
    },
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
