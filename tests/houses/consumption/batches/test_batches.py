"""The register of batches, their labels, and what may leave of them."""

import datetime as dt
import io
from typing import Any

import httpx
import pytest
import zxingcpp
from PIL import Image

from services.consumption.batches.commands import Shipped, ship_batches
from services.consumption.batches.errors import BatchExpired, BatchHeld, BatchNotFound, BatchShort
from shared.errors import DomainError
from shared.house import House
from tests.builders import HOUSEHOLD, TODAY, audit_rows
from tests.conftest import ClientFor
from tests.houses.consumption.builders import API, BUY, NEIGHBOUR, OFFICER, product, supply
from tests.mechanism.probe import ON_SQLITE
from tests.problems import assert_problem

BATCH = f"{API}/batches/TEA-1"
PICKED = TODAY - dt.timedelta(days=5)
PASSED = {"kind": "农药残留", "on": str(PICKED), "result": "pass"}
FAILED = {"kind": "重金属", "on": str(PICKED + dt.timedelta(days=1)), "result": "fail"}


def batch(**changes: Any) -> dict[str, Any]:
    """Forty kilograms of tea of two households, inspected and found good."""
    brought = [{"household_code": code, "quantity": "15.000"} for code in (HOUSEHOLD, NEIGHBOUR)]
    return {
        "product_code": "TEA",
        "harvested_on": str(PICKED),
        "quantity": "40.000",
        "inspections": [PASSED],
        "contributions": brought,
    } | changes


async def kept(client: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    answer = await client.put(BATCH, json=batch(**changes))
    assert answer.status_code in {200, 201}, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def ship(house: House, quantity: int, **changes: Any) -> None:
    one = Shipped(1, "TEA-1", "TEA", quantity)._replace(**changes)
    await house.database.write(ship_batches, [one], actor=OFFICER)


async def test_a_batch_is_registered_once_and_keeps_its_trace_code(house: House, client_for: ClientFor) -> None:
    officer = client_for(house, region="520626")
    await supply(officer)
    answers = [await officer.put(BATCH, json=batch(**changes)) for changes in ({}, {}, {"quantity": "50.000"})]
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    first, again, changed = (answer.json() for answer in answers)
    assert first == again
    assert len(first["trace_code"]) >= 22, "128 bits"
    assert first["trace_url"].endswith(f"{API}/trace/{first['trace_code']}")
    assert changed == first | {"quantity": "50.000", "version": 2, "updated_at": changed["updated_at"]}
    assert (await officer.get(BATCH)).json() == changed
    assert (await officer.get(f"{API}/batches", params={"product_code": "TEA"})).json()["items"] == [changed]
    assert [row["action"] for row in await audit_rows(house)][-2:] == ["batch.put", "batch.put"]


@ON_SQLITE
async def test_whoever_is_not_responsible_does_not_see_it(house: House, client_for: ClientFor) -> None:
    officer, elsewhere = client_for(house, region="520626"), client_for(house, region="520622")
    await supply(officer)
    await kept(officer)
    for method, sent in (("GET", None), ("PUT", batch())):
        code = "batch-not-found" if sent is None else "product-not-found"
        assert_problem(await elsewhere.request(method, BATCH, json=sent), 404, code)
    assert (await elsewhere.get(f"{API}/batches")).json()["items"] == []
    buyer = client_for(house, scopes=BUY, region="4419", client_id="dongguan", buyers=("DG-1",))
    assert_problem(await buyer.get(BATCH), 403, "scope-missing")


@ON_SQLITE
@pytest.mark.parametrize(
    ("changes", "status", "code", "pointer"),
    [
        ({"harvested_on": str(TODAY + dt.timedelta(days=1))}, 422, "batch-invalid", "/harvested_on"),
        ({"inspections": [PASSED | {"on": "2020-01-01"}]}, 422, "batch-invalid", "/inspections/0/on"),
        ({"quantity": "29.999"}, 422, "invalid", "/"),
        ({"quantity": "0.000"}, 422, "invalid", "/quantity"),
        ({"contributions": [{"household_code": HOUSEHOLD, "quantity": "1.000"}] * 2}, 422, "invalid", "/contributions"),
        ({"contributions": [{"household_code": "XX", "quantity": "1.000"}]}, 404, "household-unknown", None),
        ({"product_code": "RICE"}, 404, "product-not-found", None),
    ],
)
async def test_what_a_batch_cannot_be_leaves_nothing(
    house: House, client_for: ClientFor, changes: dict[str, Any], status: int, code: str, pointer: str | None
) -> None:
    officer = client_for(house, region="520626")
    await supply(officer)
    document = assert_problem(await officer.put(BATCH, json=batch(**changes)), status, code)
    if pointer is not None:
        assert [error["pointer"] for error in document["errors"]] == [pointer]
    assert_problem(await officer.get(BATCH), 404, "batch-not-found")


@ON_SQLITE
@pytest.mark.parametrize("form", ["png", "svg"])
async def test_the_label_is_the_trace_address_and_nothing_else(house: House, client_for: ClientFor, form: str) -> None:
    officer = client_for(house, region="520626")
    await supply(officer)
    found = await kept(officer)
    label = await officer.get(f"{BATCH}/label", params={"format": form})
    assert label.status_code == 200
    if form == "png":
        [read] = zxingcpp.read_barcodes(Image.open(io.BytesIO(label.content)))
        assert read.text == found["trace_url"]
    else:
        assert label.headers["content-type"] == "image/svg+xml"
        assert b"<text" not in label.content


async def test_no_more_leaves_a_batch_than_is_in_it(house: House, client_for: ClientFor) -> None:
    officer = client_for(house, region="520626")
    await supply(officer)
    await kept(officer)
    await ship(house, 30_000)
    with pytest.raises(BatchShort) as short:
        await ship(house, 10_001)
    assert short.value.extra == {"batch_code": "TEA-1", "line_no": 1, "left": "10.000"}
    await ship(house, 10_000)
    assert (await officer.get(BATCH)).json()["shipped"] == "40.000"
    for changes in ({"quantity": "39.000", "contributions": []}, {"product_code": "GREEN"}):
        await officer.put(f"{API}/products/GREEN", json=product())
        document = assert_problem(await officer.put(BATCH, json=batch(**changes)), 409, "batch-in-use")
        assert document["shipped"] == "40.000"


@ON_SQLITE
@pytest.mark.parametrize(
    ("registered", "offered", "asked", "refusal"),
    [
        ({"inspections": [PASSED, FAILED]}, {}, {}, BatchHeld),
        ({}, {"shelf_life_days": 4}, {}, BatchExpired),
        ({}, {}, {"product_code": "GREEN"}, BatchNotFound),
        ({}, {}, {"batch_code": "TEA-2"}, BatchNotFound),
    ],
)
async def test_what_may_not_be_sold_does_not_leave(
    house: House,
    client_for: ClientFor,
    registered: dict[str, Any],
    offered: dict[str, Any],
    asked: dict[str, Any],
    refusal: type[DomainError],
) -> None:
    officer = client_for(house, region="520626")
    await supply(officer, TEA=product(**offered))
    await kept(officer, **registered)
    with pytest.raises(refusal):
        await ship(house, 1_000, **asked)
    assert (await officer.get(BATCH)).json()["shipped"] == "0.000"


@ON_SQLITE
async def test_an_inspection_that_was_passed_later_lets_it_go(house: House, client_for: ClientFor) -> None:
    officer = client_for(house, region="520626")
    await supply(officer, TEA=product(shelf_life_days=5))
    await kept(officer, inspections=[FAILED, FAILED | {"on": str(TODAY), "result": "pass"}])
    await ship(house, 1_000)
    assert (await officer.get(BATCH)).json()["shipped"] == "1.000"
