"""The household registry over HTTP: what the caller hears, what is stored, what the other houses are told."""

import asyncio
import datetime as dt
from typing import Any

import pytest

from shared.codes.monitoring import RiskKind
from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, TODAY, audit_rows, household, illness_fact, member
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import WINDOW, Monitoring, issued_id, open_monitoring, wages, without
from tests.problems import problem

PATH = f"/monitoring/v1/households/{HOUSEHOLD}"
WANG = member(1, name="王建国", id_number=issued_id(dt.date(1980, 5, 1)))
LI = member(2, name="李", relation="spouse", sex="F", id_number=issued_id(dt.date(1980, 5, 1), 2))


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    return await open_monitoring(open_house, client_for)


async def test_a_new_household_is_registered_once(monitoring: Monitoring) -> None:
    document = household([WANG, LI])
    first = await monitoring.put(document)
    counts = await monitoring.counts()
    again = await monitoring.put(document | {"members": [LI, WANG]})

    assert first.status_code == 201
    shown = [{**told, "birth_year": 1980} for told in document["members"]]
    not_ended = {"origin_region_code": None, "ended_on": None, "end_reason": None, "end_note": None}
    registered = {"household_code": HOUSEHOLD, "version": 1, "warnings": [], **document, "members": shown}
    looked_up: dict[str, Any] = {"member_count": 2, "head_name": "王**", "open_risks": 0, "external_codes": {}}
    looked_up["monitoring"] = dict.fromkeys(("class", "admitted_on", "eliminated_on", "watch_until"))
    looked_up["monitoring"] |= {"status": "none", "episode": 0}
    assert first.json() == registered | not_ended | looked_up | {"updated_at": first.json()["updated_at"]}
    assert (again.status_code, again.json()) == (200, first.json())
    assert await monitoring.counts() == counts
    [told] = await monitoring.events()
    assert told.type == "monitoring.household-registered.v1"
    assert (told.data.household_code, told.data.version) == (HOUSEHOLD, 1)
    assert "王" not in str(told)
    assert WANG["id_number"] not in str(told)


async def test_a_changed_household_gets_a_version_an_event_and_an_audit_row(monitoring: Monitoring) -> None:
    await monitoring.put()
    changed = await monitoring.put(household(dibao=True))
    renamed = await monitoring.put(household([member(1, name="王大"), *household()["members"][1:]], dibao=True))

    assert [(answer.status_code, answer.json()["version"]) for answer in (changed, renamed)] == [(200, 2), (200, 3)]
    events = await monitoring.events("household-changed.v1")
    assert [(event.data.version, event.data.dibao) for event in events] == [(2, True), (3, True)]
    assert (await monitoring.get(f"households/{HOUSEHOLD}"))["members"][0]["name"] == "王大"
    rows = [row for row in await audit_rows(monitoring.house) if row["action"].startswith("household")]
    before_and_after = [(row["before"] or {}).get("dibao") for row in rows]
    assert before_and_after == [None, False, True]


async def test_names_and_ids_are_masked_without_the_scope_to_see_them(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    masking = client_for(monitoring.house, scopes=("monitoring:read", "monitoring:write"))
    document = household([WANG, LI])
    answers = [await masking.put(PATH, json=document), await masking.get(PATH)]

    for answer in answers:
        shown = answer.json()["members"]
        assert [(found["name"], found["id_number"]) for found in shown] == [
            ("王**", "5222**************"),
            ("*", "5222**************"),
        ]
        assert [(found["birth_date"], found["birth_year"], found["health"]) for found in shown] == 2 * [
            (None, 1980, None)
        ]
    assert [answer.status_code for answer in answers] == [201, 200]
    open_to_all = await monitoring.get(f"households/{HOUSEHOLD}")
    assert [found["name"] for found in open_to_all["members"]] == ["王建国", "李"]
    assert open_to_all["members"][0]["id_number"] == WANG["id_number"]


async def test_what_cannot_be_true_is_refused_by_pointer_and_nothing_is_written(monitoring: Monitoring) -> None:
    tomorrow = (TODAY + dt.timedelta(days=1)).isoformat()
    wrong_digit = WANG["id_number"][:-1] + ("0" if WANG["id_number"][-1] != "0" else "1")
    cases: dict[str, tuple[Any, tuple[int, str, list[str]]]] = {
        "check digit": (household([member(1, id_number=wrong_digit)]), _invalid("/members/0/id_number")),
        "birth date inside the id": (
            household([member(1, id_number="522226198002300010")]),
            _invalid("/members/0/id_number"),
        ),
        "pointer names the place in the body": (
            household([member(2, relation="spouse", id_number=wrong_digit), member(1)]),
            _invalid("/members/0/id_number"),
        ),
        "same id twice": (
            household([WANG, member(2, id_number=WANG["id_number"].lower())]),
            _invalid("/members"),
        ),
        "born tomorrow": (household([member(1), member(2, birth_date=tomorrow)]), _invalid("/members/1/birth_date")),
        "registered tomorrow": (household(registered_on=tomorrow), _invalid("/registered_on")),
        "two things at once": (
            household([member(1, birth_date=tomorrow)], registered_on=tomorrow),
            _invalid("/registered_on", "/members/0/birth_date"),
        ),
        "no such region": (household(region_code="520699001001"), _invalid("/region_code")),
        "region of no county": (household(region_code="520600000000"), _invalid("/region_code")),
        "same member_no twice": (household([member(1), member(1)]), (422, "invalid", ["/members"])),
        "no members": (household([]), (422, "invalid", ["/members"])),
        "unknown field": (household(nickname="x"), (422, "invalid", ["/nickname"])),
        "unknown field of a member": (household([member(1, phone="1")]), (422, "invalid", ["/members/0/phone"])),
        "no such day": (household(registered_on="2020-02-30"), (422, "invalid", ["/registered_on"])),
        "a number for a day": (household(registered_on=1577836800), (422, "invalid", ["/registered_on"])),
        "a letter for a number": (
            household([member(1) | {"member_no": "1"}]),
            (422, "invalid", ["/members/0/member_no"]),
        ),
        "a word for a truth": (household(dibao="yes"), (422, "invalid", ["/dibao"])),
        "a name with a control character": (
            household([member(1, name="王\x00")]),
            (422, "invalid", ["/members/0/name"]),
        ),
        "missing field": (without(household(), "category"), (422, "invalid", ["/category"])),
        "a list": ([household()], (422, "invalid", ["/"])),
    }
    answers = {name: problem(await monitoring.put(document)) for name, (document, _) in cases.items()}

    assert answers == {name: expected for name, (_, expected) in cases.items()}
    assert not any((await monitoring.counts()).values())


def _invalid(*pointers: str) -> tuple[int, str, list[str]]:
    return 422, "household-invalid", list(pointers)


async def test_bodies_that_cannot_be_read_are_refused(monitoring: Monitoring) -> None:
    put = monitoring.client.put
    json = {"content-type": "application/json"}
    broken = await put(PATH, content=b'{"region_code":', headers=json)
    text = await put(PATH, content=b"region_code", headers={"content-type": "text/plain"})
    large = await put(PATH, content=b" " * (10 * 1024 * 1024), headers=json)
    bad_code = await monitoring.client.put("/monitoring/v1/households/DJ%20%00", json=household())

    assert problem(broken) == (400, "malformed-request", [])
    assert problem(text)[:2] == (415, "unsupported-media-type")
    assert problem(large) == (413, "payload-too-large", [])
    assert problem(bad_code)[:2] == (422, "invalid")
    assert not any((await monitoring.counts()).values())


async def test_what_should_be_checked_at_home_is_a_warning(monitoring: Monitoring) -> None:
    elsewhere = member(1, relation="spouse", id_number=issued_id(dt.date(1980, 5, 1), 2, place="999999"))
    answer = await monitoring.put(household([elsewhere], region_code="520626001999"))

    assert answer.status_code == 201
    assert [warning.partition(":")[0] for warning in answer.json()["warnings"]] == [
        "region_code",
        "members/0/id_number",
        "members/0/id_number",
        "members",
    ]


async def test_a_county_officer_reaches_no_other_county(monitoring: Monitoring, client_for: ClientFor) -> None:
    officer = client_for(monitoring.house, region="520626")
    await monitoring.put(household(region_code=OTHER_COUNTY_REGION))
    counts = await monitoring.counts()
    elsewhere = "/monitoring/v1/households/DJ-0002"

    assert problem(await officer.put(elsewhere, json=household(region_code=OTHER_COUNTY_REGION))) == (
        403,
        "region-not-allowed",
        [],
    )
    assert problem(await officer.put(PATH, json=household())) == (404, "household-not-found", [])
    for path in (PATH, f"{PATH}/income", f"{PATH}/verdicts", elsewhere):
        assert problem(await officer.get(path)) == (404, "household-not-found", [])
    assert await monitoring.counts() == counts


async def test_reading_and_writing_need_their_scopes(monitoring: Monitoring, client_for: ClientFor) -> None:
    reader = client_for(monitoring.house, scopes=("monitoring:read",))
    writer = client_for(monitoring.house, scopes=("monitoring:write",))

    assert problem(await reader.put(PATH, json=household())) == (403, "scope-missing", [])
    assert problem(await writer.get(PATH)) == (403, "scope-missing", [])
    assert problem(await monitoring.client.get(PATH, headers={"authorization": "Bearer x.y.z"}))[0] == 401
    assert problem(await monitoring.client.get(PATH, headers={"authorization": ""}))[0] == 401
    assert not any((await monitoring.counts()).values())


async def test_who_shares_the_income_decides_about_it(monitoring: Monitoring) -> None:
    everybody = household()["members"]
    await monitoring.put(household(everybody))
    await monitoring.record(*wages(WINDOW, "2600.00"))
    assert (await monitoring.get(f"households/{HOUSEHOLD}/income"))["per_head"] == "7800.00"
    assert (await monitoring.the_risk(RiskKind.BELOW_LINE))["status"] == "open"

    await monitoring.put(household(everybody[:3]))
    assert (await monitoring.get(f"households/{HOUSEHOLD}/income"))["per_head"] == "10400.00"
    assert (await monitoring.the_risk(RiskKind.BELOW_LINE))["status"] == "cleared"

    await monitoring.put(household([*everybody[:3], everybody[3] | {"health": "disabled"}]))
    again = await monitoring.the_risk(RiskKind.BELOW_LINE, status="open")
    assert (again["episode"], again["grade"]) == (2, "red")
    assert [event.data.episode for event in await monitoring.events("risk-raised.v1")] == [1, 2]


async def test_the_same_new_household_from_many_at_once_is_registered_once(monitoring: Monitoring) -> None:
    answers = await asyncio.gather(*(monitoring.put() for _ in range(10)))

    assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201]
    assert len(await monitoring.events("household-registered.v1")) == 1
    assert len(await audit_rows(monitoring.house)) == 1


async def test_a_household_that_moves_takes_its_risks_along(monitoring: Monitoring, client_for: ClientFor) -> None:
    await monitoring.put()
    await monitoring.record(illness_fact())
    await monitoring.put(household(region_code=OTHER_COUNTY_REGION))

    old_officer, new_officer = (client_for(monitoring.house, region=region) for region in ("520626", "520625"))
    assert (await old_officer.get("/monitoring/v1/risks")).json()["items"] == []
    [risk] = (await new_officer.get("/monitoring/v1/risks")).json()["items"]
    assert (risk["region_code"], risk["status"], risk["episode"]) == (OTHER_COUNTY_REGION, "open", 1)
    [told] = await monitoring.events("risk-updated.v1")
    assert (told.data.region_code, told.data.version, str(told.id)) == (OTHER_COUNTY_REGION, 2, risk["event_id"])
