"""What outside systems hold the fact ledger to."""

from services.monitoring.evidence.table import reported_types
from tests.promises import Check, Promises, document_of, every, found

PROMISES = Promises(
    "monitoring",
    routes={"POST /facts": "monitoring:write", "POST /facts/batch": "monitoring:write"},
    fields={
        "IncomeFact": "source source_ref household_code member_no id_number observed_on type payload supersedes",
        "ExpenseFact": "source source_ref household_code member_no id_number observed_on type payload supersedes",
        "IllnessFact": "source source_ref household_code member_no id_number observed_on type payload supersedes",
        "IncomePayload": "branch month amount operating_cost leaf",
        "ExpensePayload": "kind month amount self_paid_compliant reimbursed",
        "IllnessPayload": "code name serious main_earner",
        "SchoolingPayload": "event stage school_code reason",
        "DwellingPayload": "grade only_home checked_by",
        "WaterPayload": "litres_per_day distance_m height_m minutes quality days_short cut_since supply",
        "InsurancePayload": "scheme year status paid_by",
        "WorkPayload": "status willing place_code channel",
        "DisabilityPayload": "kind grade",
        "CarePayload": "level",
        "ChronicPayload": "disease contract",
        "DisasterPayload": "sub_kind loss house_damaged",
        "AccidentPayload": "kind effect main_earner",
        "ProductionPayload": "kind outcome loss",
        "ReliefPayload": "scheme status",
        "LoanPayload": "kind balance due_on overdue",
        "MeansPayload": "arable_mu forest_mu road_km tools",
        "MemberChangePayload": "change",
        "FactReference": "source source_ref",
        "FactBatchDocument": "mode atomic facts",
        "FactBatchAnswer": "accepted duplicate rejected items",
        "FactItem": "index source source_ref status fact_id problem",
    },
    codes={
        "IncomeBranch": "wage operating property transfer",
        "ExpenseKind": "medical education housing disaster accident work_cost other",
        "FactMode": "live backfill",
        "SchoolingEvent": "enrolled suspended dropped_out not_enrolled persuasion_visit returned graduated exempt",
        "SchoolStage": "preschool primary junior senior vocational college",
        "OutOfSchoolReason": "unwilling health poverty work marriage other",
        "DwellingGrade": "A B C D",
        "WaterQuality": "good bad",
        "WaterSupply": "tap central scattered",
        "InsuranceScheme": "basic_medical serious_illness pension",
        "InsuranceStatus": "insured uninsured exempt",
        "InsurancePayer": "self part full",
        "WorkStatus": "working jobless",
        "WorkChannel": "organised relatives self public_post workshop local",
        "DisabilityKind": "visual hearing speech physical intellectual mental multiple",
        "CareLevel": "able partly unable",
        "ChronicDisease": "hypertension diabetes tuberculosis mental",
        "CareContract": "active none",
        "DisasterKind": "flood geological drought biological meteorological earthquake other",
        "AccidentKind": "traffic work crime fire drowning epidemic other",
        "AccidentEffect": "injury disability death",
        "ProductionKind": "crop livestock forestry other",
        "ProductionOutcome": "failed damaged unsold",
        "ReliefScheme": "dibao tekun dibao_margin rigid_expense orphan disability_living disability_care",
        "ReliefStatus": "granted ended",
        "LoanKind": "microcredit student other",
        "MemberChange": "born married_in returned died married_out moved_out enlisted",
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
    assert set(one["discriminator"]["mapping"]) == set(reported_types())
    facts = found(document, batch["$ref"])["properties"]["facts"]
    assert (facts["minItems"], facts["maxItems"]) == (1, 1000)
