"""What outside systems hold the fact ledger to."""

from tests.promises import Check, Promises, document_of, every, found

PROMISES = Promises(
    "monitoring",
    routes={"POST /facts": "monitoring:write", "POST /facts/batch": "monitoring:write"},
    fields={
        "IncomeFact": "source source_ref household_code member_no id_number observed_on type payload supersedes",
        "ExpenseFact": "source source_ref household_code member_no id_number observed_on type payload supersedes",
        "IllnessFact": "source source_ref household_code member_no id_number observed_on type payload supersedes",
        "IncomePayload": "branch month amount operating_cost",
        "ExpensePayload": "kind month amount self_paid_compliant reimbursed",
        "IllnessPayload": "code name serious main_earner",
        "FactReference": "source source_ref",
        "FactBatchDocument": "mode atomic facts",
        "FactBatchAnswer": "accepted duplicate rejected items",
        "FactItem": "index source source_ref status fact_id problem",
    },
    codes={
        "IncomeBranch": "wage operating property transfer",
        "ExpenseKind": "medical education housing disaster accident other",
        "FactMode": "live backfill",
    },
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()


def test_a_fact_and_a_batch_are_described_though_the_route_reads_them_by_hand() -> None:
    document = document_of("monitoring")
    one, batch = (
        document["paths"][f"/monitoring/v1/{path}"]["post"]["requestBody"]["content"]["application/json"]["schema"]
        for path in ("facts", "facts/batch")
    )
    assert set(one["discriminator"]["mapping"]) == {"income", "expense", "illness", "withdrawal"}
    facts = found(document, batch["$ref"])["properties"]["facts"]
    assert (facts["minItems"], facts["maxItems"]) == (1, 1000)
