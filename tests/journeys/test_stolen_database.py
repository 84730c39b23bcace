"""Somebody steals databases, bus and logs of houses at work, and reads nobody's name or number there."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from services.demo.households import DEMO_HOUSEHOLDS, household_document
from tests.builders import illness_fact, resident_id
from tests.houses.consumption.builders import link, order, order_id, producer, product
from tests.journeys.conftest import StartSetUp
from tests.journeys.set_ups import Caller
from tests.sheets import csv_file
from tests.stolen import read_in

PATIENCE = 60.0
CONTACT, SELLER = "罗老师 13900139000", "罗小凤家"
IN_A_FILE = "冉启明家的人", resident_id(dt.date(1975, 3, 9), 7, "522230")
HOUSEHOLD = DEMO_HOUSEHOLDS[0]


async def test_whoever_steals_what_houses_keep_reads_no_name_and_no_number(start_set_up: StartSetUp) -> None:
    set_up = await start_set_up()
    document = household_document(HOUSEHOLD)
    async with set_up.caller() as caller:
        await people_are_registered_and_one_falls_ill(caller, document)
        await a_file_names_people_and_comes_back(caller)
        await a_household_sells_and_a_buyer_is_named(caller)
        await set_up.settled(PATIENCE)
        for name in set_up.roles:
            set_up.kill(name)
        found = await set_up.stolen()
        people = [text for one in document["members"] for text in (one["name"], one["id_number"]) if text]
        assert read_in(found, [HOUSEHOLD.code, "P-ROW"]) == {HOUSEHOLD.code, "P-ROW"}, "it is what the houses keep"
        assert (
            read_in(found, [*people, *IN_A_FILE, illness_fact()["payload"]["name"], CONTACT, *CONTACT.split(), SELLER])
            == set()
        )
        await set_up.start_all()
        kept = await caller.get(f"/monitoring/v1/households/{HOUSEHOLD.code}")
        assert _people(kept["members"]) == _people(document["members"]), "who may see them still does"


def _people(members: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["name"], one["id_number"]) for one in members]


async def people_are_registered_and_one_falls_ill(caller: Caller, document: dict[str, Any]) -> None:
    keyed = {"Idempotency-Key": "registered"}
    path = f"/monitoring/v1/households/{HOUSEHOLD.code}"
    assert (await caller.insist("PUT", path, document, headers=keyed)).is_success
    fact = illness_fact() | {"household_code": HOUSEHOLD.code}
    assert (await caller.insist("POST", "/monitoring/v1/facts", fact)).is_success


async def a_file_names_people_and_comes_back(caller: Caller) -> None:
    """One row that is wrong: a file that is kept to be put right."""
    headings = "household_code region_code category registered_on member_no name id_number relation sex birth_date"
    name, number = IN_A_FILE
    row = ("F-ROW", "520626001001", "ordinary", "2026-01-01", "1", name, number, "cousin", "M", "1975-03-09")
    content = csv_file((*headings.split(), "labour", "health"), (*row, "ordinary", "healthy"))
    job = await caller.job_at_end(await caller.send_file(content, "households", mode="commit"))
    assert job["result"]["rejected"] == 1
    [back] = (await caller.get(f"/monitoring/v1/imports/{job['job_id']}/rows"))["items"]
    assert (back["cells"]["members/*/name"], back["cells"]["members/*/id_number"]) == IN_A_FILE


async def a_household_sells_and_a_buyer_is_named(caller: Caller) -> None:
    seller = producer(link("1.0000", HOUSEHOLD.code), name=SELLER, kind="household", uscc=None)
    for path, body in (("producers/P-ROW", seller), ("products/TEA", product(producer_code="P-ROW"))):
        answer = await caller.insist("PUT", f"/consumption/v1/{path}", body)
        assert answer.is_success, answer.text
    assert (await caller.insist("POST", "/consumption/v1/orders", order(contact=CONTACT))).is_success
    assert (await caller.get(f"/consumption/v1/orders/{order_id()}"))["contact"] == CONTACT
