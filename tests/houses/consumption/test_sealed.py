"""Who is named in an order or sells is sealed: a stolen database tells neither, and keys are rotated beneath it."""

import httpx

from shared.house import House
from shared.jobs.resealing import KEY_ROTATION
from shared.jobs.running import run_to_the_end
from shared.operations import OPERATOR
from shared.security.keyring import add_key
from tests.houses.consumption.builders import API, ORDERS, order, order_id, place, producer
from tests.stolen import read_in, stolen

CONTACT, SELLER = "李老师 13800138000", "安小凤家"
ORDER = f"{ORDERS}/{order_id()}"
PRODUCER = f"{API}/producers/AN"


async def test_whoever_steals_the_database_reads_no_contact_and_no_seller(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    body = producer(name=SELLER, kind="household")
    assert (await officer.put(PRODUCER, json=body)).status_code == 201
    keyed = {"Idempotency-Key": "order-1"}
    placed = [await buyer.post(ORDERS, json=order(contact=CONTACT), headers=keyed) for _ in range(2)]
    assert [(answer.status_code, answer.json()["contact"]) for answer in placed] == [(201, CONTACT)] * 2
    assert (await officer.get(PRODUCER)).json()["name"] == SELLER
    found = await stolen(house)
    assert read_in(found, ["order-1", "AN"]) == {"order-1", "AN"}, "it is the right database"
    assert read_in(found, [CONTACT, "李老师", "13800138000", SELLER]) == set()


async def test_a_producer_put_again_as_it_is_stays_the_same_version(house: House, officer: httpx.AsyncClient) -> None:
    body = producer(name=SELLER, kind="household")
    versions = [(await officer.put(PRODUCER, json=body)).json()["version"] for _ in range(2)]
    assert versions == [1, 1], "a sealed name is another text each time, and the same name"
    renamed = (await officer.put(PRODUCER, json=body | {"name": "安小龙家"})).json()
    assert (renamed["name"], renamed["version"]) == ("安小龙家", 2)


async def test_an_order_reads_the_same_after_its_keys_were_rotated(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    await place(buyer, order(contact=CONTACT))
    vault = house.database.resources.vault
    assert vault is not None
    new = add_key(vault.path)
    job = await run_to_the_end(house.database, house.long_work, KEY_ROTATION, {}, OPERATOR)
    assert (job["status"], job["result"]["key"], job["result"]["resealed"] > 0) == ("done", new, True)
    assert (await buyer.get(ORDER)).json()["contact"] == CONTACT
    again = await buyer.post(ORDERS, json=order(contact=CONTACT))
    assert (again.status_code, again.json()["contact"]) == (200, CONTACT)
