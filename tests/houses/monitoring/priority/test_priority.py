"""Which households and villages are looked after first."""

from typing import Any

import pytest

from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, REGION, audit_rows, fact, household, illness_fact, member
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import WINDOW, Monitoring, open_monitoring, wages
from tests.houses.monitoring.monitored import admit, eliminate
from tests.mechanism.probe import ON_SQLITE
from tests.problems import assert_problem

OLD = member(1, birth_date="1950-01-20", labour="none")
NEXT_VILLAGE = "520626001002"


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    return await open_monitoring(open_house, client_for)


async def groups(monitoring: Monitoring, **asked: Any) -> list[tuple[str, str]]:
    found = await monitoring.get("priority", **asked)
    return [(each["household_code"], each["group"]) for each in found["items"]]


async def put(monitoring: Monitoring, *codes: str, **changes: Any) -> None:
    for code in codes:
        assert (await monitoring.put(household(**changes), code)).status_code == 201


def said(fact_type: str, code: str, member_no: int | None, on: str = "2026-11-02", **payload: Any) -> dict[str, Any]:
    return fact(
        fact_type,
        f"{code}-{fact_type}-{member_no}-{on}",
        payload,
        household_code=code,
        member_no=member_no,
        observed_on=on,
    )


async def test_a_group_is_found_by_what_is_registered_and_what_was_said(monitoring: Monitoring) -> None:
    await put(monitoring, "A-ILL", members=[member(1, health="serious")])
    await put(monitoring, "B-CHRONIC", members=[member(1, health="chronic")])
    await put(monitoring, "C-DISABLED", members=[member(1, health="disabled")])
    await put(monitoring, "D-SAID", members=[OLD, member(2)])
    await put(monitoring, "E-NONE", members=[OLD, member(2)])
    await monitoring.record(
        illness_fact(member_no=2, household_code="D-SAID"),
        said("chronic", "D-SAID", 2, disease="diabetes", contract="active"),
        said("disability", "D-SAID", 2, kind="visual", grade=2),
        said("care", "D-SAID", 1, level="partly"),
        said("disability", "E-NONE", 2, kind="visual", grade=3),
        said("care", "E-NONE", 1, on="2026-10-02", level="unable"),
        said("care", "E-NONE", 1, level="able"),
        said("care", "E-NONE", 2, level="unable"),
    )
    assert await groups(monitoring) == [
        ("A-ILL", "serious_illness"),
        ("B-CHRONIC", "chronic"),
        ("C-DISABLED", "severe_disability"),
        ("D-SAID", "chronic"),
        ("D-SAID", "disabled_elderly"),
        ("D-SAID", "serious_illness"),
        ("D-SAID", "severe_disability"),
    ]
    assert await groups(monitoring, group="chronic") == [("B-CHRONIC", "chronic"), ("D-SAID", "chronic")]
    page = await monitoring.get("priority", limit=3)
    more = await monitoring.get("priority", cursor=page["next_cursor"])
    assert [each["group"] for each in more["items"]] == [
        "chronic",
        "disabled_elderly",
        "serious_illness",
        "severe_disability",
    ]


async def test_income_is_low_where_all_of_a_year_is_known(monitoring: Monitoring) -> None:
    await put(monitoring, "A-LIFTED", "B-ENOUGH", "C-GAP", members=[member(1), member(2)], category="lifted")
    await put(monitoring, "D-ORDINARY", "E-MONITORED", members=[member(1), member(2)])
    await admit(monitoring.house, "E-MONITORED", "2026-03-10")
    amounts = {"A-LIFTED": "1666.66", "B-ENOUGH": "1666.67", "D-ORDINARY": "100.00", "E-MONITORED": "100.00"}
    for code, amount in amounts.items():
        await monitoring.record(*wages(WINDOW, amount, code, household_code=code))
    await monitoring.record(*wages(WINDOW[1:], "100.00", "C-GAP", household_code="C-GAP"))
    assert await groups(monitoring, group="below_10000") == [
        ("A-LIFTED", "below_10000"),
        ("E-MONITORED", "below_10000"),
    ]


@ON_SQLITE
async def test_relief_is_new_for_a_year_and_single_where_one_lives_alone(monitoring: Monitoring) -> None:
    await put(monitoring, "A-NEW", "B-OLD", "C-AGAIN", "D-ENDED", members=[member(1), member(2)])
    await put(monitoring, "E-ALONE", members=[member(1)])
    granted = {"scheme": "dibao", "status": "granted"}
    await monitoring.record(
        said("relief", "A-NEW", None, on="2026-03-01", **granted),
        said("relief", "B-OLD", None, on="2024-03-01", **granted),
        said("relief", "B-OLD", None, on="2026-03-01", **granted),
        said("relief", "C-AGAIN", None, on="2024-03-01", **granted),
        said("relief", "C-AGAIN", None, on="2025-03-01", scheme="dibao", status="ended"),
        said("relief", "C-AGAIN", 1, on="2026-03-01", **granted),
        said("relief", "D-ENDED", None, on="2026-03-01", **granted),
        said("relief", "D-ENDED", None, on="2026-04-01", scheme="dibao", status="ended"),
        said("relief", "D-ENDED", 1, on="2026-03-02", scheme="tekun", status="granted"),
        said("relief", "E-ALONE", 1, on="2020-03-02", scheme="tekun", status="granted"),
    )
    assert await groups(monitoring) == [
        ("A-NEW", "new_dibao"),
        ("C-AGAIN", "new_dibao"),
        ("E-ALONE", "single_tekun"),
    ]


@ON_SQLITE
async def test_groups_of_health_are_for_whoever_may_know_and_are_audited(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    await put(monitoring, HOUSEHOLD, members=[member(1, health="serious")])
    granted = {"scheme": "tekun", "status": "granted"}
    await monitoring.record(said("relief", HOUSEHOLD, 1, **granted))
    plain = client_for(monitoring.house, scopes=("monitoring:read",), client_id="plain")
    seen = (await plain.get("/monitoring/v1/priority")).json()["items"]
    assert [each["group"] for each in seen] == ["single_tekun"]
    refused = await plain.get("/monitoring/v1/priority", params={"group": "serious_illness"})
    assert_problem(refused, 403, "scope-missing")
    assert await groups(monitoring) == [(HOUSEHOLD, "serious_illness"), (HOUSEHOLD, "single_tekun")]
    looks = [row for row in await audit_rows(monitoring.house) if row["action"] == "person.read"]
    assert [(row["actor"], row["subject"]) for row in looks] == [("tester", HOUSEHOLD)]
    other = client_for(monitoring.house, region="520625", client_id="yinjiang")
    assert (await other.get("/monitoring/v1/priority")).json()["items"] == []
    assert_problem(
        await other.get("/monitoring/v1/priority", params={"region_code": "520626"}), 403, "region-not-allowed"
    )


async def test_a_village_is_in_focus_above_its_share(monitoring: Monitoring) -> None:
    twenty = [member(number) for number in range(1, 21)]
    await put(monitoring, "A-20", "A-21", "A-22", "A-23", members=twenty)
    await put(monitoring, "A-24", members=twenty[:17])
    await put(monitoring, "D-3", members=[member(1), member(2), member(3)])
    await put(monitoring, "E-1", "F-1", members=[member(1)], region_code=NEXT_VILLAGE)
    await put(monitoring, "G-1", members=[member(1)], region_code=OTHER_COUNTY_REGION)
    await admit(monitoring.house, "D-3", "2026-03-10")
    await admit(monitoring.house, "E-1", "2026-03-10")
    assert (await monitoring.get("priority/villages"))["items"] == [
        {"region_code": OTHER_COUNTY_REGION, "people": 1, "monitored_people": 0, "share": "0.0000", "focus": False},
        {"region_code": REGION, "people": 100, "monitored_people": 3, "share": "0.0300", "focus": False},
        {"region_code": NEXT_VILLAGE, "people": 2, "monitored_people": 1, "share": "0.5000", "focus": True},
    ]
    await monitoring.put(household(members=twenty[:16]), "A-24")
    [first, second] = (await monitoring.get("priority/villages", focus="true"))["items"]
    assert (first["region_code"], first["people"], first["share"]) == (REGION, 99, "0.0303")
    await eliminate(monitoring.house, "E-1", "2026-10-10")
    [only] = (await monitoring.get("priority/villages", focus="true"))["items"]
    assert (second["region_code"], only["region_code"]) == (NEXT_VILLAGE, REGION)
