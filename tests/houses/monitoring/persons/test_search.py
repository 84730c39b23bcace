"""Looking for a person by identity number: who may, where, and what is left of it."""

import datetime as dt

import httpx
import pytest

from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, audit_rows, household, member, resident_id
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import Monitoring, open_monitoring
from tests.logged import Logged
from tests.problems import problem

SEARCH = "/monitoring/v1/persons/search"
NUMBER = resident_id(dt.date(1980, 5, 1))
AN = member(1, name="安红", id_number=NUMBER)


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.put(household([AN]))
    return found


async def search(client: httpx.AsyncClient, number: str, purpose: str = "医保名单核对") -> httpx.Response:
    return await client.post(SEARCH, json={"id_number": number, "purpose": purpose})


async def looks(monitoring: Monitoring) -> list[tuple[str, str, str | None]]:
    rows = await audit_rows(monitoring.house)
    return [(row["actor"], row["subject"], row["reason"]) for row in rows if row["action"] == "person.read"]


async def test_a_person_is_found_and_each_household_is_audited_with_the_purpose(
    monitoring: Monitoring, logged: Logged
) -> None:
    await monitoring.put(household([AN | {"member_no": 3}]), "DJ-0002")
    answer = await search(monitoring.client, NUMBER)

    items = [{"household_code": HOUSEHOLD, "member_no": 1}, {"household_code": "DJ-0002", "member_no": 3}]
    assert (answer.status_code, answer.json()) == (200, {"items": items})
    assert await looks(monitoring) == [
        ("tester", HOUSEHOLD, "医保名单核对"),
        ("tester", "DJ-0002", "医保名单核对"),
    ]
    assert NUMBER not in str(await audit_rows(monitoring.house)) + logged.text()


@pytest.mark.parametrize("spelled", [NUMBER.lower(), f"  {NUMBER}", "".join(chr(ord(c) + 0xFEE0) for c in NUMBER)])
async def test_a_number_is_found_however_it_is_spelled(monitoring: Monitoring, spelled: str) -> None:
    assert (await search(monitoring.client, spelled)).json()["items"] == [{"household_code": HOUSEHOLD, "member_no": 1}]


async def test_nobody_is_found_outside_the_region_or_where_nobody_lives_any_more(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    neighbour = client_for(monitoring.house, region="520625", client_id="neighbour")
    outside = await search(neighbour, NUMBER)
    await monitoring.put(household([AN], region_code=OTHER_COUNTY_REGION), "YJ-0001")
    theirs = await search(neighbour, NUMBER)
    end = {"on": "2026-11-10", "reason": "died"}
    await monitoring.client.post(f"/monitoring/v1/households/{HOUSEHOLD}/end", json=end)
    left = await search(monitoring.client, NUMBER)
    await monitoring.put(household([member(1)], region_code=OTHER_COUNTY_REGION), "YJ-0001")
    nowhere = await search(monitoring.client, NUMBER)

    assert [problem(answer) for answer in (outside, nowhere)] == [(404, "person-unknown", [])] * 2
    assert [answer.json()["items"] for answer in (theirs, left)] == [
        [{"household_code": "YJ-0001", "member_no": 1}]
    ] * 2
    assert NUMBER not in outside.text + nowhere.text


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"id_number": NUMBER}, "/purpose"),
        ({"id_number": NUMBER, "purpose": "  "}, "/purpose"),
        ({"id_number": NUMBER, "purpose": "x" * 201}, "/purpose"),
        ({"id_number": "522226800501001", "purpose": "x"}, "/id_number"),
        ({"id_number": NUMBER[:-1] + "?", "purpose": "x"}, "/id_number"),
        ({"id_number": None, "purpose": "x"}, "/id_number"),
        ({"name": "安红", "id_number": NUMBER, "purpose": "x"}, "/name"),
    ],
)
async def test_a_search_that_cannot_be_one_is_refused_and_leaves_nothing(
    monitoring: Monitoring, body: dict[str, str], pointer: str
) -> None:
    answer = await monitoring.client.post(SEARCH, json=body)
    assert problem(answer) == (422, "invalid", [pointer])
    assert NUMBER not in answer.text
    assert await looks(monitoring) == []


async def test_it_needs_the_scope_to_see_persons_and_no_other_opens_it(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    matching = client_for(monitoring.house, scopes=("monitoring:read", "monitoring:match"), client_id="matching")
    assert problem(await search(matching, NUMBER)) == (403, "scope-missing", [])


async def test_a_number_in_the_purpose_is_hidden_in_the_audit(monitoring: Monitoring) -> None:
    await search(monitoring.client, NUMBER, f"looking for {NUMBER}")
    [(_, _, purpose)] = await looks(monitoring)
    assert purpose == f"looking for {NUMBER[:4]}{'*' * 14}"
