"""Clues and cases that name a household which was merged into another belong to the one that lives on."""

from typing import Any

import pytest

from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, REGION, TODAY, household, member
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import Monitoring, open_monitoring
from tests.houses.monitoring.clues.builders import clue, no_risk, send, verdicts
from tests.houses.monitoring.household_events.builders import NEW, event, happened, split
from tests.mechanism.probe import ON_SQLITE
from tests.problems import problem

OTHER, NEXT = "DJ-0002", "520626001002"
pytestmark = ON_SQLITE


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    """A household of four was merged into another one of the next village."""
    found = await open_monitoring(open_house, client_for)
    await found.put()
    await found.put(household([member(1)], region_code=NEXT), OTHER)
    await happened(found, event("merge", into=OTHER))
    return found


async def the_clue(monitoring: Monitoring, clue_id: str) -> dict[str, Any]:
    [found] = [one for one in (await monitoring.get("clues"))["items"] if one["clue_id"] == clue_id]
    return dict(found)


async def test_a_clue_is_about_the_household_that_lives_on(monitoring: Monitoring) -> None:
    first = await send(monitoring, number=1, household_code=OTHER)
    late = await send(monitoring, number=2, member_no=2)
    again = await monitoring.client.post("/monitoring/v1/clues", json=clue(2, member_no=2))
    assert (again.status_code, again.json()["clue_id"]) == (200, late)
    shown = await the_clue(monitoring, late)
    kept = {name: shown[name] for name in ("household_code", "region_code", "member_no", "joined_to", "owner_region")}
    assert kept == {
        "household_code": OTHER,
        "region_code": NEXT,
        "member_no": 3,
        "joined_to": first,
        "owner_region": NEXT,
    }
    assert await verdicts(monitoring, no_risk(first)) == [(200, None)]
    told = {str(one.data.clue_id): one.data.household_code for one in await monitoring.events("clue-answered.v1")}
    assert told == {first: OTHER, late: OTHER}
    assert (await the_clue(monitoring, late))["answer"]["verdict"] == "no_risk"
    for region_code, sent in ((REGION, 0), (NEXT, 2)):
        counted = await monitoring.get("clues/statistics", region_code=region_code)
        assert sum(each["sent"] for each in counted["items"]) == sent


async def test_who_split_off_is_looked_for_where_they_live(monitoring: Monitoring) -> None:
    await happened(monitoring, split(3, head=3, household_code=OTHER, on="2026-07-01"))
    about_one, about_all = await send(monitoring, number=1, member_no=2), await send(monitoring, number=2)
    shown = [await the_clue(monitoring, one) for one in (about_one, about_all)]
    assert [(one["household_code"], one["member_no"]) for one in shown] == [(NEW, 3), (OTHER, None)]


async def test_a_case_is_opened_where_the_household_lives_on(monitoring: Monitoring, client_for: ClientFor) -> None:
    clue_id = await send(monitoring)
    body = {
        "kind": "identification",
        "household_code": HOUSEHOLD,
        "on": TODAY.isoformat(),
        "clue_ids": [clue_id],
    }
    village = client_for(monitoring.house, region=REGION, client_id="village")
    assert problem(await village.post("/monitoring/v1/cases", json=body))[0] == 422, (
        "it does not see the clue's household"
    )
    answer = await monitoring.client.post("/monitoring/v1/cases", json=body)
    assert (answer.status_code, answer.json()["household_code"]) == (201, OTHER), answer.text
    assert (await the_clue(monitoring, clue_id))["case_id"] == answer.json()["case_id"]


async def test_a_sender_learns_nothing_of_where_it_went(monitoring: Monitoring, client_for: ClientFor) -> None:
    move = event("move", "m-1", household_code=OTHER, on="2026-07-01", region_code=OTHER_COUNTY_REGION)
    await happened(monitoring, move)
    county = client_for(monitoring.house, region="520626", client_id="county", sources=("medical-insurance",))
    answer = await county.post("/monitoring/v1/clues", json=clue())
    assert answer.status_code == 201, answer.text
    [shown] = (await county.get("/monitoring/v1/clues", params={"source": "medical-insurance"})).json()["items"]
    assert (shown["clue_id"], shown["household_code"]) == (answer.json()["clue_id"], HOUSEHOLD)
