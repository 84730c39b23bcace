"""Orders as contracting processes: what is published is valid, and what is merged of it is the record."""

import datetime as dt
import json
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import httpx
import pytest
from jsonschema import Draft4Validator
from libcoveocds.api import ocds_json_output
from libcoveocds.config import LibCoveOCDSConfig
from ocdsmerge import Merger
from referencing import Registry
from referencing.jsonschema import DRAFT4

from services.consumption.ocds.rules import Item, Milestone, Party, Payment, Process, compiled, releases_of
from shared.house import House
from tests.builders import OTHER_COUNTY_REGION
from tests.conftest import ClientFor
from tests.houses.consumption.builders import API, act, dongguan, order, place, product, received, supply, walk
from tests.mechanism.probe import ON_SQLITE
from tests.problems import assert_problem

STANDARD = Path(__file__).parents[3] / "data" / "ocds-1.1.5.zip"
OCDS, PREFIX = f"{API}/ocds", "ocds-213czf"


SCHEMAS = "https://standard.open-contracting.org/schema/1__1__5/"


def schema(name: str) -> dict[str, Any]:
    """A schema of the published standard."""
    with ZipFile(STANDARD) as files:
        found: dict[str, Any] = json.loads(files.read(f"standard-1__1__5/schema/{name}"))
    return found


def merge(releases: list[dict[str, Any]]) -> dict[str, Any]:
    """What the reference implementation of the standard makes of releases."""
    merged: dict[str, Any] = Merger(schema("dereferenced-release-schema.json")).create_compiled_release(releases)
    return merged


def faults_of_record(package: dict[str, Any]) -> list[str]:
    """What the schema of record packages finds."""
    names = ("release-schema.json", "versioned-release-validation-schema.json")
    known = [(f"{SCHEMAS}{name}", DRAFT4.create_resource(schema(name))) for name in names]
    validator = Draft4Validator(schema("record-package-schema.json"), registry=Registry().with_resources(known))
    return [error.message for error in validator.iter_errors(package)]


def faults(package: dict[str, Any]) -> dict[str, Any]:
    """What the validator of the standard finds in a package: its schema, its code lists, and its further checks."""
    config = LibCoveOCDSConfig({"standard_zip": STANDARD.as_uri(), "context": "api"})
    found = ocds_json_output(json_data=package, lib_cove_ocds_config=config)
    told = ("validation_errors", "additional_fields", "additional_closed_codelist_values", "additional_checks")
    further = ("additional_open_codelist_values", "deprecated_fields", "conformance_errors")
    return {name: found[name] for name in (*told, *further) if found.get(name)}


async def package(client: httpx.AsyncClient, path: str, **asked: Any) -> dict[str, Any]:
    answer = await client.get(f"{OCDS}/{path}", params=asked)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def delivered(officer: httpx.AsyncClient, buyer: httpx.AsyncClient) -> str:
    """An order that was settled, and of which something came back."""
    await supply(officer, TEA=product(unit_code="KGM"))
    order_id = (await place(buyer, order(deliver_by="2027-01-31")))["order_id"]
    await walk(officer, order_id, "accept", "ship")
    await act(buyer, order_id, "receive", lines=received("19.000"))
    await walk(officer, order_id, "settle")
    back = [{"line_no": 1, "quantity": "1.000", "reason": "rotten"}]
    assert (await act(buyer, order_id, "return", return_no="R-1", lines=back)).status_code == 200
    assert (await act(officer, order_id, "accept_return", return_no="R-1")).status_code == 200
    return str(order_id)


async def test_what_is_published_is_valid_and_merges_into_the_record(house: House, client_for: ClientFor) -> None:
    officer, buyer = client_for(house, region="520626"), dongguan(client_for, house)
    order_id = await delivered(officer, buyer)
    published = await package(buyer, "releases")
    assert published == await package(officer, "releases") | {"publishedDate": published["publishedDate"]}
    assert faults(published) == {}
    releases = published["releases"]
    assert [release["tag"] for release in releases] == [
        ["award", "contract"],
        ["implementation"],
        ["implementationUpdate"],
        ["implementation"],
    ]
    record = await package(buyer, f"records/{PREFIX}-{order_id}")
    assert faults_of_record(record) == []
    [found] = record["records"]
    assert found["releases"] == releases
    [contract] = found["compiledRelease"]["contracts"]
    assert contract["value"] == {"amount": 250, "currency": "CNY"}
    assert contract["items"][0]["unit"] == {
        "name": "kg",
        "value": {"amount": 12.5, "currency": "CNY"},
        "scheme": "UNCEFACT",
        "id": "KGM",
    }
    [milestone] = contract["implementation"]["milestones"]
    assert (milestone["type"], milestone["status"]) == ("delivery", "partiallyMet")
    [transaction] = contract["implementation"]["transactions"]
    assert (transaction["id"], transaction["value"]["amount"]) == ("1", 225), "eighteen kilograms stayed"
    merged = merge(releases)
    mine = dict(found["compiledRelease"])
    assert {**merged, "id": ""} == {**mine, "id": ""}


@ON_SQLITE
async def test_who_sees_a_process_and_from_when_on(house: House, client_for: ClientFor) -> None:
    officer, buyer = client_for(house, region="520626"), dongguan(client_for, house)
    suzhou = dongguan(client_for, house, client_id="suzhou", buyers=("SZ-1",))
    elsewhere = client_for(house, region=OTHER_COUNTY_REGION[:6])
    await supply(officer)
    order_id = (await place(buyer))["order_id"]
    record = f"{OCDS}/records/{PREFIX}-{order_id}"
    assert_problem(await buyer.get(record), 404, "process-not-found")
    assert (await package(buyer, "releases"))["releases"] == [], "nobody accepted it"
    await walk(officer, order_id, "accept")
    assert len((await package(buyer, "releases"))["releases"]) == 1
    for client in (suzhou, elsewhere):
        assert_problem(await client.get(record), 404, "process-not-found")
        assert (await package(client, "releases"))["releases"] == []
    assert_problem(await buyer.get(f"{OCDS}/records/{PREFIX}-nothing"), 404, "process-not-found")
    assert (await act(officer, order_id, "cancel")).status_code == 200
    ended = await package(buyer, "releases")
    assert ended["releases"][-1]["tag"] == ["contractTermination"]
    assert faults(ended) == {}


@ON_SQLITE
async def test_packages_lead_from_one_to_the_next(house: House, client_for: ClientFor) -> None:
    officer, buyer = client_for(house, region="520626"), dongguan(client_for, house)
    await supply(officer)
    for number in ("1", "2", "3"):
        await walk(officer, (await place(buyer, order(buyer_order_no=number)))["order_id"], "accept")
    seen, url = [], f"{OCDS}/releases?limit=2"
    while url:
        answer = await buyer.get(url)
        seen += [release["ocid"] for release in answer.json()["releases"]]
        url = answer.links["next"]["url"].partition("//")[2].partition("/")[2] if "next" in answer.links else ""
        url = f"/{url}" if url else ""
    assert len(set(seen)) == len(seen) == 3


@pytest.mark.parametrize("cancelled_on", [None, dt.date(2026, 11, 20)])
def test_what_was_paid_twice_and_restated_is_told_in_order(cancelled_on: dt.date | None) -> None:
    day = dt.date(2026, 11, 16)
    process = Process(
        order_id=UUID(int=1),
        buyer=Party("DG-1", "东莞", None),
        suppliers=(Party("COOP", "合作社", "91110000600037341L"), Party("FARM", "农场", None)),
        items=(Item(1, "绿茶", "kg", None, 9500, 3333, 31664),),
        accepted_on=day,
        deliver_by=None,
        cancelled_on=cancelled_on,
        milestones=(
            Milestone("1", day, day, is_whole=True),
            Milestone("2", day + dt.timedelta(days=1), None, is_whole=False),
        ),
        payments=(Payment("1", day, 31664, False), Payment("1", day + dt.timedelta(days=2), 26664, True)),
    )
    releases = releases_of(process, PREFIX)
    assert len({release["id"] for release in releases}) == len(releases)
    assert [release["date"] for release in releases] == sorted(release["date"] for release in releases)
    merged = merge(releases)
    assert {**merged, "id": ""} == {**compiled(process, PREFIX), "id": ""}
    [transaction] = merged["contracts"][0]["implementation"]["transactions"]
    assert transaction["value"]["amount"] == 266.64
    assert "payee" not in transaction, "two producers share it"


@ON_SQLITE
async def test_releases_of_what_changed_since_a_moment_are_found(house: House, client_for: ClientFor) -> None:
    officer, buyer = client_for(house, region="520626"), dongguan(client_for, house)
    order_id = await delivered(officer, buyer)
    changed = (await officer.get(f"{API}/orders/{order_id}")).json()["updated_at"]
    later = (dt.datetime.fromisoformat(changed) + dt.timedelta(hours=1)).isoformat()
    for moment, found in (("2000-01-01T00:00:00Z", 4), (later, 0)):
        assert len((await package(buyer, "releases", updated_after=moment))["releases"]) == found
