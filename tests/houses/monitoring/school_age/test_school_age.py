"""Members of school age 控辍保学: one list, read by the county, the township, the village and the school."""

from typing import Any

import pytest

from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, REGION, audit_rows, fact, household, member
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import Monitoring, open_monitoring, withdrawal
from tests.promises import Check, Promises, every

PROMISES = Promises(
    "monitoring",
    routes={"GET /school-age": "monitoring:read"},
    fields={
        "SchoolAgeOut": "place household_code region_code member_no age school_code status persuasion_visits "
        "last_visit_on"
    },
    codes={"SchoolAgeView": "county township village school"},
    filters={"/school-age": "region_code view school_code status limit cursor format"},
)
SCHOOL, OTHER_SCHOOL = "3552000101", "3552000102"


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()


def pupil(member_no: int, born: str = "2014-11-16") -> dict[str, Any]:
    return member(member_no, relation="child", birth_date=born, labour="none")


def schooling(event: str, day: str, member_no: int = 2, school: str | None = None, **changes: Any) -> dict[str, Any]:
    said = {"event": event, "stage": "primary", "school_code": school}
    ref = f"{changes.get('household_code')}-{event}-{member_no}-{day}"
    return fact("schooling", ref, said, **{"member_no": member_no, "observed_on": day} | changes)


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    born = [pupil(2), pupil(3, "2010-11-17"), pupil(4, "2010-11-16"), pupil(5, "2020-11-16"), pupil(6, "2020-11-17")]
    await found.put(household([member(1), *born]))
    await found.put(household([member(1), pupil(2)], region_code=OTHER_COUNTY_REGION), "YJ-0001")
    return found


async def listed(monitoring: Monitoring, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await monitoring.get("school-age", **asked))["items"]
    return found


def who(items: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(item["household_code"], item["member_no"]) for item in items]


async def test_whoever_is_of_compulsory_age_is_in_the_list(monitoring: Monitoring) -> None:
    items = await listed(monitoring, region_code="520626")
    assert [(item["member_no"], item["age"]) for item in items] == [(2, 12), (3, 15), (5, 6)]
    assert {item["status"] for item in items} == {None}
    await monitoring.client.post(
        f"/monitoring/v1/households/{HOUSEHOLD}/end", json={"on": "2026-11-16", "reason": "other"}
    )
    assert await listed(monitoring, region_code="520626") == []


async def test_the_last_event_counts_and_visits_since_the_last_drop_out(monitoring: Monitoring) -> None:
    visit = schooling("persuasion_visit", "2026-10-20")
    await monitoring.record(
        schooling("enrolled", "2026-02-01", school=SCHOOL),
        schooling("persuasion_visit", "2026-03-01"),
        schooling("dropped_out", "2026-10-10"),
        schooling("persuasion_visit", "2026-10-11"),
        visit,
        schooling("enrolled", "2026-09-01", 3, OTHER_SCHOOL),
    )
    first, second, _ = await listed(monitoring, region_code="520626")
    shown = ("status", "persuasion_visits", "last_visit_on", "school_code", "place")
    assert [first[name] for name in shown] == ["dropped_out", 2, "2026-10-20", SCHOOL, "520626"]
    assert [second[name] for name in shown] == ["enrolled", 0, None, OTHER_SCHOOL, "520626"]
    assert who(await listed(monitoring, status="dropped_out")) == [(HOUSEHOLD, 2)]
    assert await listed(monitoring, status="suspended") == []
    await monitoring.record(withdrawal(visit, "taken-back"), schooling("returned", "2026-11-01"))
    [first, *_] = await listed(monitoring, region_code="520626")
    assert [first[name] for name in shown[:3]] == ["returned", 1, "2026-10-11"]
    assert await listed(monitoring, status="dropped_out") == [], "it was so, and is so no more"


async def test_one_list_is_cut_four_ways(monitoring: Monitoring, client_for: ClientFor) -> None:
    await monitoring.record(
        schooling("enrolled", "2026-09-01", 2, OTHER_SCHOOL),
        schooling("enrolled", "2026-09-01", 3, SCHOOL),
        schooling("enrolled", "2026-09-01", 2, SCHOOL, household_code="YJ-0001"),
    )
    everybody = who(await listed(monitoring))
    for view, place in (("county", REGION[:6]), ("township", REGION[:9]), ("village", REGION)):
        items = await listed(monitoring, view=view)
        assert who(items) == everybody
        assert {item["place"] for item in items if item["household_code"] == HOUSEHOLD} == {place}
    by_school = await listed(monitoring, view="school")
    assert [(item["place"], *item_of) for item, item_of in zip(by_school, who(by_school), strict=True)] == [
        (SCHOOL, "YJ-0001", 2),
        (SCHOOL, HOUSEHOLD, 3),
        (OTHER_SCHOOL, HOUSEHOLD, 2),
    ]
    assert who(await listed(monitoring, view="school", school_code=SCHOOL, region_code="520626")) == [(HOUSEHOLD, 3)]
    walked: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = await monitoring.get("school-age", view="school", limit=1, **cursor)
        walked += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert walked == by_school
    county = client_for(monitoring.house, region="520626", scopes=("monitoring:read",), client_id="county")
    answer = await county.get("/monitoring/v1/school-age", params={"view": "school"})
    assert who(answer.json()["items"]) == [(HOUSEHOLD, 3), (HOUSEHOLD, 2)]
    assert (await county.get("/monitoring/v1/school-age", params={"region_code": "13"})).status_code == 403
    assert (await county.get("/monitoring/v1/school-age", params={"view": "class"})).status_code == 422


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_who_is_unfit_for_school_is_shown_to_whoever_may_see_persons(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    await monitoring.record(schooling("exempt", "2026-09-01"))
    masked = client_for(monitoring.house, scopes=("monitoring:read",), client_id="statistics", region="520626")
    answer = await masked.get("/monitoring/v1/school-age")
    assert {item["status"] for item in answer.json()["items"]} == {None}
    assert (await masked.get("/monitoring/v1/school-age", params={"status": "exempt"})).json()["items"] == []
    assert await looks(monitoring) == []
    assert who(await listed(monitoring, status="exempt")) == [(HOUSEHOLD, 2)]
    assert await looks(monitoring) == [HOUSEHOLD]


async def looks(monitoring: Monitoring) -> list[str]:
    return [row["subject"] for row in await audit_rows(monitoring.house) if row["action"] == "person.read"]
