"""What outside systems hold employment to about placements."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "employment",
    routes={
        "GET /placements": "employment:read",
        "GET /placements/{placement_id}": "employment:read",
        "POST /placements": "employment:write",
        "POST /placements/{placement_id}/transitions": "employment:write",
    },
    fields={
        "PlacementIn": "worker_id vacancy_code request_id",
        "PlacementTransitionIn": "action on reason",
        "PlacementOut": "placement_id worker_id household_code vacancy_code request_id status departed_on started_on "
        "ended_on end_reason updated_at history allowed_actions",
        "PlacementStepOut": "at action on by status reason",
        "Page_PlacementOut_": "items next_cursor",
    },
    codes={
        "PlacementAction": "depart start end",
        "PlacementEndReason": "finished dismissed illness family left_household other",
    },
    filters={
        "/placements": "household_code region_code status updated_after",
    },
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
