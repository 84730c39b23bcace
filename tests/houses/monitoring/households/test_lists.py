"""The register as a list: by region and by what households are, masked as a single one, and by its changes."""

import csv
import datetime as dt
import io
from typing import Any

import pytest

from tests.builders import OTHER_COUNTY_REGION, REGION, audit_rows, household, member, resident_id
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import Monitoring, open_monitoring, without
from tests.problems import problem

NUMBER = resident_id(dt.date(1980, 5, 1))
VILLAGE_TOO = "520626001002"


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    told = {
        "DJ-3": household([member(1, name="安红", id_number=NUMBER, health="chronic")], category="lifted"),
        "DJ-1": household(dibao=True),
        "DJ-2": household(region_code=VILLAGE_TOO, relocated=True),
        "YJ-1": household(region_code=OTHER_COUNTY_REGION, category="lifted", dibao=True),
    }
    for code, document in told.items():
        assert (await found.put(document, code)).status_code == 201
    return found


async def codes(monitoring: Monitoring, **asked: Any) -> list[str]:
    return [item["household_code"] for item in (await monitoring.get("households", **asked))["items"]]


async def test_households_are_listed_by_region_and_code_and_by_what_they_are(monitoring: Monitoring) -> None:
    assert await codes(monitoring) == ["YJ-1", "DJ-1", "DJ-3", "DJ-2"]
    assert await codes(monitoring, region_code="520626") == ["DJ-1", "DJ-3", "DJ-2"]
    assert await codes(monitoring, region_code=VILLAGE_TOO) == ["DJ-2"]
    assert await codes(monitoring, category="lifted") == ["YJ-1", "DJ-3"]
    assert await codes(monitoring, dibao=True) == ["YJ-1", "DJ-1"]
    assert await codes(monitoring, dibao=True, category="ordinary") == ["DJ-1"]
    assert await codes(monitoring, relocated=True) == ["DJ-2"]
    assert await codes(monitoring, relocated=False, region_code="520626") == ["DJ-1", "DJ-3"]


async def test_an_item_is_the_household_as_it_is_shown_by_itself(monitoring: Monitoring, client_for: ClientFor) -> None:
    masked = client_for(monitoring.house, scopes=("monitoring:read",), client_id="statistics")
    for client in (monitoring.client, masked):
        listed = (await client.get("/monitoring/v1/households")).json()["items"]
        for item in listed:
            alone = (await client.get(f"/monitoring/v1/households/{item['household_code']}")).json()
            assert item == without(without(alone, "warnings"), "monitoring")
    [shown] = [item for item in listed if item["household_code"] == "DJ-3"]
    assert shown["members"][0] | {"name": "安*", "birth_date": None, "health": None} == shown["members"][0]
    assert NUMBER not in str(listed)


async def test_pages_follow_each_other_and_a_cursor_is_of_this_list(monitoring: Monitoring) -> None:
    first = await monitoring.get("households", limit=3)
    second = await monitoring.get("households", limit=3, cursor=first["next_cursor"])
    elsewhere = await monitoring.client.get("/monitoring/v1/risks", params={"cursor": first["next_cursor"]})

    assert [item["household_code"] for item in first["items"] + second["items"]] == ["YJ-1", "DJ-1", "DJ-3", "DJ-2"]
    assert second["next_cursor"] is None
    assert problem(elsewhere) == (422, "invalid", ["/cursor"])


async def test_a_household_that_moved_is_listed_where_it_lives_and_one_that_ended_stays(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    county = client_for(monitoring.house, region="520626", client_id="county")
    neighbour = client_for(monitoring.house, region="520625", client_id="neighbour")
    await monitoring.put(household(region_code=OTHER_COUNTY_REGION, dibao=True), "DJ-1")
    end = {"on": "2026-11-01", "reason": "died", "note": "独居老人"}
    await monitoring.client.post("/monitoring/v1/households/DJ-2/end", json=end)

    def listed(answer: Any) -> list[str]:
        return [item["household_code"] for item in answer.json()["items"]]

    assert listed(await county.get("/monitoring/v1/households")) == ["DJ-3", "DJ-2"]
    assert listed(await neighbour.get("/monitoring/v1/households")) == ["DJ-1", "YJ-1"]
    assert await codes(monitoring, ended=True) == ["DJ-2"]
    assert await codes(monitoring, ended=False) == ["DJ-1", "YJ-1", "DJ-3"]
    [gone] = (await monitoring.get("households", ended=True))["items"]
    assert (gone["ended_on"], gone["end_reason"], gone["end_note"]) == ("2026-11-01", "died", "独居老人")
    refused = await county.get("/monitoring/v1/households", params={"region_code": "520625"})
    assert problem(refused) == (403, "region-not-allowed", [])


async def test_what_changed_is_listed_in_the_order_of_the_changes(monitoring: Monitoring) -> None:
    everything = await monitoring.get("households", updated_after="2020-01-01T00:00:00Z")
    assert [item["household_code"] for item in everything["items"]] == ["DJ-3", "DJ-1", "DJ-2", "YJ-1"]
    last = everything["items"][-1]["updated_at"]
    await monitoring.put(household([member(1, name="安红", id_number=NUMBER)], category="lifted"), "DJ-3")
    await monitoring.put(household(dibao=True), "DJ-1")

    assert await codes(monitoring, updated_after=last) == ["DJ-3"]


async def test_whoever_sees_persons_in_the_list_is_audited(monitoring: Monitoring, client_for: ClientFor) -> None:
    officer = client_for(monitoring.house, client_id="officer")
    statistics = client_for(monitoring.house, scopes=("monitoring:read",), client_id="statistics")
    for client in (officer, statistics):
        await client.get("/monitoring/v1/households?region_code=520626", headers={"X-Purpose": "survey"})

    looks = [(row["actor"], row["subject"], row["reason"]) for row in await audit_rows(monitoring.house)]
    assert [look for look in looks if look[0] == "officer"] == [
        ("officer", code, "survey") for code in ("DJ-1", "DJ-2", "DJ-3")
    ]
    assert not [look for look in looks if look[0] == "statistics"]


async def test_the_list_leaves_as_a_file_with_all_members_of_a_household_in_its_row(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    answer = await monitoring.client.get("/monitoring/v1/households?format=csv")
    full = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    masked = client_for(monitoring.house, scopes=("monitoring:read",), client_id="statistics")
    hidden = (await masked.get("/monitoring/v1/households?format=csv&region_code=" + REGION)).content

    heads, *rows = full
    assert [row[0] for row in rows] == ["YJ-1", "DJ-1", "DJ-3", "DJ-2"]
    of_anhong = dict(zip(heads, rows[2], strict=True))
    assert (of_anhong["Name"], of_anhong["Identity number"]) == ("安红", NUMBER)
    assert of_anhong["Year of birth"] == "1980"
    assert "安*" in hidden.decode()
    assert NUMBER not in hidden.decode()
