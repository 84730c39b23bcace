"""Who looks after which households, as whoever registers it and whoever asks notices it."""

from typing import Any

import pytest

from services.monitoring.contacts.commands import put_contact
from services.monitoring.contacts.schemas import ContactIn
from services.monitoring.contacts.store import is_contact_of
from shared.codes.monitoring import ContactRole
from tests.at_once import while_uncommitted
from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, REGION, household
from tests.conftest import ClientFor, OpenHouse
from tests.databases import Databases
from tests.houses.monitoring.builders import Monitoring, open_monitoring
from tests.mechanism.probe import ON_POSTGRESQL, ON_SQLITE
from tests.problems import assert_problem, problem

NEIGHBOUR, FAR = "DJ-0002", "YJ-0001"
NEXT_VILLAGE = "520626001002"
CONTACT: dict[str, Any] = {
    "role": "monitor_contact",
    "region_code": REGION,
    "area": "一组",
    "household_codes": [HOUSEHOLD],
}
PATH = "/monitoring/v1/contacts/DJ-JC-01"


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.put()
    await found.put(household(), NEIGHBOUR)
    await found.put(household(region_code=OTHER_COUNTY_REGION), FAR)
    return found


@ON_SQLITE
async def test_a_contact_is_registered_and_changed(monitoring: Monitoring) -> None:
    first = await monitoring.client.put(PATH, json=CONTACT)
    again = await monitoring.client.put(PATH, json=CONTACT)
    assert (first.status_code, again.status_code, again.headers["ETag"]) == (201, 200, '"1"')
    assert first.json() | {"updated_at": ""} == CONTACT | {"contact_code": "DJ-JC-01", "version": 1, "updated_at": ""}
    both = CONTACT | {"household_codes": [NEIGHBOUR, HOUSEHOLD, NEIGHBOUR], "area": None}
    outdated = await monitoring.client.put(PATH, json=both, headers={"If-Match": '"3"'})
    changed = await monitoring.client.put(PATH, json=both, headers={"If-Match": '"1"'})
    assert (outdated.status_code, changed.json()["household_codes"]) == (412, [HOUSEHOLD, NEIGHBOUR])
    left = await monitoring.client.put(PATH, json=CONTACT | {"household_codes": [NEIGHBOUR]})
    assert (left.json()["household_codes"], left.json()["version"]) == ([NEIGHBOUR], 3)
    assert await monitoring.get("contacts/DJ-JC-01") == left.json()
    assert (await monitoring.get("contacts", role="monitor_contact"))["items"] == [left.json()]
    assert (await monitoring.get("contacts", role="work_team"))["items"] == []


@ON_SQLITE
async def test_a_household_has_those_who_name_it_and_those_of_all_around(monitoring: Monitoring) -> None:
    registered = {
        "A-GRID": CONTACT | {"role": "grid_worker", "household_codes": []},
        "B-DUTY": CONTACT | {"role": "township_duty", "region_code": "520626001000", "household_codes": []},
        "C-NAMED": CONTACT,
        "D-OTHER": CONTACT | {"household_codes": [NEIGHBOUR]},
        "E-NEXT": CONTACT | {"region_code": NEXT_VILLAGE, "household_codes": []},
    }
    for code, body in registered.items():
        assert (await monitoring.client.put(f"/monitoring/v1/contacts/{code}", json=body)).status_code == 201
    found = await monitoring.get(f"households/{HOUSEHOLD}/contacts")
    assert found["items"] == [
        {"contact_code": "A-GRID", "role": "grid_worker", "area": "一组"},
        {"contact_code": "B-DUTY", "role": "township_duty", "area": "一组"},
        {"contact_code": "C-NAMED", "role": "monitor_contact", "area": "一组"},
    ]
    await monitoring.put(household(region_code=NEXT_VILLAGE))
    found = await monitoring.get(f"households/{HOUSEHOLD}/contacts")
    assert [contact["contact_code"] for contact in found["items"]] == ["B-DUTY", "E-NEXT"], "it moved"


@ON_SQLITE
async def test_only_a_monitoring_contact_of_the_household_is_its_contact(monitoring: Monitoring) -> None:
    await monitoring.client.put(PATH, json=CONTACT)
    await monitoring.client.put("/monitoring/v1/contacts/ALL", json=CONTACT | {"household_codes": []})
    await monitoring.client.put("/monitoring/v1/contacts/GRID", json=CONTACT | {"role": "grid_worker"})

    async def is_one(contact: str, code: str, region: str) -> bool:
        return await monitoring.house.database.read(is_contact_of, contact, code, region)

    asked = [
        ("DJ-JC-01", HOUSEHOLD),
        ("DJ-JC-01", NEIGHBOUR),
        ("ALL", NEIGHBOUR),
        ("GRID", HOUSEHOLD),
        ("X", HOUSEHOLD),
    ]
    assert [await is_one(*each, REGION) for each in asked] == [True, False, True, False, False]
    assert not await is_one("ALL", HOUSEHOLD, NEXT_VILLAGE)


@ON_SQLITE
@pytest.mark.parametrize(
    ("changed", "status", "code", "pointers"),
    [
        ({"role": "landlord"}, 422, "invalid", ["/role"]),
        ({"region_code": "520626"}, 422, "invalid", ["/region_code"]),
        ({"region_code": "520699001001"}, 422, "contact-invalid", ["/region_code"]),
        ({"region_code": "440100000000", "household_codes": []}, 403, "region-not-allowed", []),
        (
            {"household_codes": [HOUSEHOLD, FAR, "DJ-9999"]},
            422,
            "contact-invalid",
            ["/household_codes/1", "/household_codes/2"],
        ),
        ({"name": "张三"}, 422, "invalid", ["/name"]),
    ],
)
async def test_a_contact_that_cannot_be_is_refused(
    monitoring: Monitoring, changed: dict[str, Any], status: int, code: str, pointers: list[str]
) -> None:
    answer = await monitoring.client.put(PATH, json=CONTACT | changed)
    assert problem(answer) == (status, code, pointers)
    assert (await monitoring.get("contacts"))["items"] == []


@ON_SQLITE
async def test_another_county_neither_sees_nor_changes_it(monitoring: Monitoring, client_for: ClientFor) -> None:
    await monitoring.client.put(PATH, json=CONTACT)
    other = client_for(monitoring.house, region="520625", client_id="yinjiang")
    assert (await other.get("/monitoring/v1/contacts")).json()["items"] == []
    assert_problem(await other.get(PATH), 404, "contact-not-found")
    there = CONTACT | {"region_code": OTHER_COUNTY_REGION, "household_codes": []}
    assert_problem(await other.put(PATH, json=there), 404, "contact-not-found")
    assert_problem(await other.get(f"/monitoring/v1/households/{HOUSEHOLD}/contacts"), 404, "household-not-found")
    assert (await monitoring.get("contacts/DJ-JC-01"))["version"] == 1


@ON_POSTGRESQL
async def test_two_who_register_one_contact_at_once_make_one(monitoring: Monitoring, databases: Databases) -> None:
    body = ContactIn(role=ContactRole.MONITOR_CONTACT, region_code=REGION, household_codes=[HOUSEHOLD])
    other = CONTACT | {"household_codes": [NEIGHBOUR]}
    answer = await while_uncommitted(
        monitoring.house,
        databases.url,
        put_contact,
        "DJ-JC-01",
        body,
        then=lambda: monitoring.client.put(PATH, json=other),
    )
    assert answer.status_code in {200, 201}
    [kept] = (await monitoring.get("contacts"))["items"]
    assert (kept["household_codes"], kept["version"]) == ([NEIGHBOUR], 2)
