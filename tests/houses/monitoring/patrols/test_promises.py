"""What outside systems hold monitoring to about patrols."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "monitoring",
    routes={
        "POST /patrols": "monitoring:write",
        "POST /patrols/{patrol_id}/withdrawal": "monitoring:write",
        "GET /patrols/overdue": "monitoring:read",
    },
    fields={
        "PatrolIn": "source source_ref supersedes contact_code on household_codes",
        "PatrolReference": "source source_ref",
        "PatrolOut": "patrol_id source source_ref contact_code on household_codes supersedes_id status recorded_at",
        "PatrolWithdrawalIn": "source source_ref reason",
        "PatrolWithdrawalOut": "withdrawal_id patrol_id source source_ref reason withdrawn_at",
        "OverdueHousehold": "household_code region_code category monitored visits needed last_visited_on contact_codes",
        "Page_OverdueHousehold_": "items next_cursor",
    },
    filters={"/patrols/overdue": "region_code month limit cursor format"},
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
