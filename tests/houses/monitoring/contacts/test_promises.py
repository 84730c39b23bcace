"""What outside systems hold monitoring to about contacts."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "monitoring",
    routes={
        "PUT /contacts/{contact_code}": "monitoring:write",
        "GET /contacts": "monitoring:read",
        "GET /contacts/{contact_code}": "monitoring:read",
        "GET /households/{household_code}/contacts": "monitoring:read",
    },
    fields={
        "ContactIn": "role region_code area household_codes",
        "ContactOut": "contact_code role region_code area household_codes version updated_at",
        "HouseholdContact": "contact_code role area",
        "HouseholdContacts": "household_code items",
        "Page_ContactOut_": "items next_cursor",
    },
    codes={
        "ContactRole": "monitor_contact grid_worker village_cadre work_team township_duty building_chief school_chief "
        "data_steward",
    },
    filters={"/contacts": "region_code role updated_after limit cursor format"},
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
