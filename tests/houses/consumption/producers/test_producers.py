"""Producers with the households behind them."""

from typing import Any

import pytest

from services.consumption.app import CONSUMPTION
from shared.house import House
from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, REGION, audit_rows, deliver, household_ended
from tests.conftest import ClientFor, OpenHouse
from tests.houses.consumption.builders import (
    API,
    ELSEWHERE,
    NEIGHBOUR,
    READ,
    SUPPLY,
    known,
    link,
    producer,
    product,
    put,
    shown_links,
    supply,
)
from tests.logged import Logged
from tests.problems import assert_problem

COOP, TEA = f"{API}/producers/COOP", f"{API}/products/TEA"


async def test_a_producer_is_registered_once_and_kept_as_sent(house: House, client_for: ClientFor) -> None:
    client = client_for(house, scopes=SUPPLY, client_id="officer")
    sent = producer(link("0.5", NEIGHBOUR, "wage"), link("0.2500"), uscc="91110000600037341l")
    answers = [await client.put(COOP, json=sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == {
        "producer_code": "COOP",
        "name": "德江茶叶合作社",
        "kind": "cooperative",
        "uscc": "91110000600037341L",
        "region_code": REGION,
        "links": shown_links(link("0.2500"), link("0.5000", NEIGHBOUR, "wage")),
        "version": 1,
        "updated_at": answers[0].json()["updated_at"],
    }
    assert answers[1].json() == (await client.get(COOP)).json() == answers[0].json()
    (row,) = await audit_rows(house)
    assert (row["action"], row["actor"], row["before"]) == ("producer.put", "officer", None)
    assert "德江茶叶合作社" not in str(row["after"]), "the name of a household's business may be a person's"


async def test_a_producer_becomes_what_the_next_body_says(house: House, client_for: ClientFor) -> None:
    client = client_for(house, scopes=SUPPLY)
    first = await put(client, "producer", "COOP", producer(link("1"), kind="household", uscc=None))
    changed = producer(link("1.0000", NEIGHBOUR, "property"), name="德江茶业", kind="firm")
    shown = await put(client, "producer", "COOP", changed)
    assert shown.pop("updated_at") > first["updated_at"]
    assert shown == {"producer_code": "COOP", **changed, "links": shown_links(*changed["links"]), "version": 2}
    assert [row["after"]["links"] for row in await audit_rows(house)] == [
        [{"household_code": HOUSEHOLD, "kind": "operating", "share": "1.0000"}],
        [{"household_code": NEIGHBOUR, "kind": "property", "share": "1.0000"}],
    ]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"links": [link("0.5"), link("0.5001", NEIGHBOUR)]}, "/links"),
        ({"links": [link("0.1"), link("0.2")]}, "/links"),
        ({"links": [link("0.0000")]}, "/links/0/share"),
        ({"links": [link("1.0001")]}, "/links/0/share"),
        ({"links": [{"household_code": HOUSEHOLD, "share": 1, "kind": "operating"}]}, "/links/0/share"),
        ({"links": [link("0.5", kind="transfer")]}, "/links/0/kind"),
        ({"uscc": "91110000600037341X"}, "/uscc"),
        ({"uscc": "9111000060003734-L"}, "/uscc"),
        ({"uscc": ""}, "/uscc"),
        ({"kind": "shop"}, "/kind"),
        ({"region_code": "520626"}, "/region_code"),
        ({"region_code": "529999001001"}, "/region_code"),
        ({"name": ""}, "/name"),
        ({"phone": "1"}, "/phone"),
    ],
)
async def test_what_a_producer_cannot_be_is_pointed_at(
    house: House, client_for: ClientFor, changes: dict[str, Any], pointer: str
) -> None:
    client = client_for(house, scopes=SUPPLY)
    answer = await client.put(COOP, json=producer(**changes))
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert (await client.get(COOP)).status_code == 404


async def test_links_name_households_the_caller_may_know(house: House, client_for: ClientFor) -> None:
    officer = client_for(house, scopes=SUPPLY, region="520626")
    for unknown in ("DJ-9999", ELSEWHERE):
        answer = await officer.put(COOP, json=producer(link("0.1"), link("0.1", unknown)))
        assert assert_problem(answer, 404, "household-unknown")["household_codes"] == [unknown]
    assert_problem(await officer.get(COOP), 404, "producer-not-found")


async def test_a_producer_of_another_county_is_neither_made_nor_found(house: House, client_for: ClientFor) -> None:
    county, officer = client_for(house, region="520625"), client_for(house, region="520626")
    assert_problem(await officer.put(COOP, json=producer(region_code=OTHER_COUNTY_REGION)), 403, "region-not-allowed")
    await put(county, "producer", "COOP", producer(link("0.1", ELSEWHERE), region_code=OTHER_COUNTY_REGION))
    await put(county, "product", "TEA", product())
    assert_problem(await officer.put(COOP, json=producer()), 404, "producer-not-found")
    assert_problem(await officer.get(COOP), 404, "producer-not-found")
    assert_problem(await officer.put(f"{API}/products/RICE", json=product()), 404, "producer-not-found")
    await put(officer, "producer", "OWN", producer())
    answer = await officer.put(TEA, json=product(producer_code="OWN"))
    assert_problem(answer, 404, "product-not-found")


async def test_buyers_are_not_told_which_households_are_behind_a_product(house: House, client_for: ClientFor) -> None:
    await supply(client_for(house))
    buyer = client_for(house, scopes=(*READ, "consumption:order", "consumption:write"))
    assert assert_problem(await buyer.get(COOP), 403, "scope-missing")["scope"] == "consumption:approve"
    assert HOUSEHOLD not in (await buyer.get(f"{API}/products")).text


async def test_a_household_does_not_sell_under_its_own_code_which_buyers_would_see(
    house: House, client_for: ClientFor
) -> None:
    officer = client_for(house, scopes=SUPPLY)
    place = f"{API}/producers/{HOUSEHOLD.lower()}"
    body = producer(link("1.0000"), kind="household", uscc=None)
    refused = assert_problem(await officer.put(place, json=body), 422, "producer-invalid")
    assert [error["pointer"] for error in refused["errors"]] == ["/links/0/household_code"]
    assert_problem(await officer.get(place), 404, "producer-not-found")


async def test_names_stay_in_the_register_and_reach_no_audit_or_log(
    house: House, client_for: ClientFor, logged: Logged
) -> None:
    client = client_for(house, scopes=SUPPLY)
    await put(client, "producer", "COOP", producer(name="张三家庭农场"))
    for name in ("张三家的茶", "张三家的绿茶"):
        await put(client, "product", "TEA", product(name=name))
    assert len(logged.lines("product.put")) == 2
    assert not [text for text in (logged.text(), str(await audit_rows(house))) if "张三" in text]


async def test_a_household_that_moved_is_known_where_it_lives_now(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(CONSUMPTION)
    await deliver(house, known(HOUSEHOLD, OTHER_COUNTY_REGION))
    officer = client_for(house, scopes=SUPPLY, region="520626")
    assert_problem(await officer.put(COOP, json=producer()), 404, "household-unknown")
    await deliver(house, known(HOUSEHOLD, version=2))
    assert (await officer.put(COOP, json=producer())).status_code == 201


async def test_a_household_that_is_no_more_is_linked_no_more(house: House, client_for: ClientFor) -> None:
    client = client_for(house, scopes=SUPPLY)
    both = producer(link("0.2500", NEIGHBOUR), link("0.2500"))
    assert (await client.put(COOP, json=both)).status_code == 201
    await deliver(house, household_ended())
    for code, sent in (("COOP", both | {"name": "another"}), ("OTHER", both)):
        refused = assert_problem(await client.put(f"{API}/producers/{code}", json=sent), 409, "household-ended")
        assert refused["household_codes"] == [HOUSEHOLD]
    assert (await client.get(f"{API}/producers/OTHER")).status_code == 404
    same = await client.put(COOP, json=both)
    assert (same.status_code, same.json()["version"]) == (200, 1)
    without = await client.put(COOP, json=producer(link("0.2500", NEIGHBOUR)))
    assert (without.status_code, without.json()["version"]) == (200, 2)
