"""What outside systems hold consumption to about recognitions."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "consumption",
    routes={
        "POST /recognitions": "consumption:write",
        "GET /recognitions": "consumption:write or consumption:approve",
        "GET /recognitions/{recognition_id}": "consumption:write or consumption:approve",
        "POST /recognitions/{recognition_id}/transitions": "consumption:approve or consumption:write",
    },
    fields={
        "RecognitionIn": "product_code evidence",
        "RecognitionTransitionIn": "action on note",
        "RecognitionOut": "recognition_id product_code producer_code region_code evidence status publicity_ends_on "
        "publicity_rule valid_to validity_rule findings applied_at updated_at history allowed_actions",
        "RecognitionStepOut": "at action on by status note",
        "RecognitionFindingOut": "criterion holds found needed rule",
    },
    codes={
        "RecognitionStatus": "applied reviewed endorsed decided published recognised refused revoked expired",
        "RecognitionAction": "review endorse decide publish object recognise refuse revoke",
        "RecognitionCriterion": "goods_value links traceable_batch",
    },
    filters={"/recognitions": "product_code region_code status updated_after"},
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
