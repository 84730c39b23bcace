"""Firms bound to cooperatives, these to households 双绑: one level between, no ring, each link with its days."""

import asyncio
import datetime as dt
from typing import Any

import httpx
import pytest

from services.consumption.producers.rules import CooperativeShare, HouseholdShare, Shares
from services.consumption.producers.store import shares_on
from shared.codes.monitoring import IncomeBranch
from shared.house import House
from tests.builders import HOUSEHOLD, TODAY
from tests.conftest import ClientFor
from tests.houses.consumption.builders import API, ELSEWHERE, NEIGHBOUR, SUPPLY, link, producer, put, shown_links
from tests.mechanism.probe import ON_SQLITE
from tests.problems import assert_problem


def bound(share: str, code: str = "COOP", **more: Any) -> dict[str, Any]:
    """A cooperative's part in what a firm sells."""
    return {"producer_code": code, "share": share, **more}


def firm(*links: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A leading firm."""
    return producer(**{"name": "梵净山茶业", "kind": "firm", "links": list(links)} | changes)


def mine(code: str, share: int) -> HouseholdShare:
    return HouseholdShare(code, IncomeBranch.OPERATING, share)


@pytest.fixture
async def client(house: House, client_for: ClientFor) -> httpx.AsyncClient:
    """The county, with a cooperative of two households."""
    county = client_for(house, scopes=SUPPLY, region="520626", client_id="officer")
    await put(county, "producer", "COOP", producer(link("0.3333", HOUSEHOLD), link("0.3333", NEIGHBOUR)))
    return county


async def test_the_shares_of_a_firm_go_over_its_cooperatives_to_their_households(
    house: House, client: httpx.AsyncClient
) -> None:
    other_county = firm(bound("0.6000"), link("0.0500", ELSEWHERE))
    assert_problem(await client.put(f"{API}/producers/FIRM", json=other_county), 404, "household-unknown")
    shown = await put(client, "producer", "FIRM", firm(bound("0.6000", form="order"), link("0.0500", NEIGHBOUR)))
    assert shown["links"] == shown_links(link("0.0500", NEIGHBOUR), bound("0.6000", form="order"))
    found = await house.database.read(shares_on, ["FIRM", "COOP", "NOBODY"], TODAY)
    cooperative = (mine(HOUSEHOLD, 3333), mine(NEIGHBOUR, 3333))
    assert found == {
        "FIRM": Shares((mine(NEIGHBOUR, 500),), (CooperativeShare("COOP", 6000, cooperative),)),
        "COOP": Shares(cooperative),
        "NOBODY": Shares(),
    }
    assert found["FIRM"].household_codes == {HOUSEHOLD, NEIGHBOUR}


async def test_a_link_holds_on_its_own_days(house: House, client: httpx.AsyncClient) -> None:
    first, second = {"from": "2026-01-01", "to": "2026-06-30"}, {"from": "2026-07-01"}
    await put(client, "producer", "COOP", producer(link("0.9") | first, link("0.8", NEIGHBOUR) | second))
    await put(client, "producer", "FIRM", firm(bound("1", **second)))
    for on, own, bound_to in (
        (dt.date(2025, 12, 31), set(), set()),
        (dt.date(2026, 1, 1), {HOUSEHOLD}, set()),
        (dt.date(2026, 6, 30), {HOUSEHOLD}, set()),
        (dt.date(2026, 7, 1), {NEIGHBOUR}, {NEIGHBOUR}),
        (dt.date(2030, 1, 1), {NEIGHBOUR}, {NEIGHBOUR}),
    ):
        found = await house.database.read(shares_on, ["COOP", "FIRM"], on)
        assert found["COOP"].household_codes == frozenset(own), on
        assert found["FIRM"].household_codes == frozenset(bound_to), on


@ON_SQLITE
@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (producer(bound("0.5")), "/links/0/producer_code"),
        (producer(bound("0.5"), kind="household"), "/links/0/producer_code"),
        (firm(bound("0.5", "NOBODY")), "/links/0/producer_code"),
        (firm(link("0.1"), bound("0.5", "OTHER-FIRM")), "/links/1/producer_code"),
        (firm(bound("0.5", "FIRM")), "/links/0/producer_code"),
        (firm(bound("0.5"), bound("0.4")), "/links"),
        (firm(bound("0.6"), link("0.4001")), "/links"),
        (firm(bound("0.6") | {"kind": "operating"}), "/links/0"),
        (firm({"share": "0.5"}), "/links/0"),
        (firm(bound("0.6") | {"household_code": HOUSEHOLD}), "/links/0"),
        (firm(bound("0.6", **{"from": "2026-02-01", "to": "2026-01-31"})), "/links/0"),
        (firm(bound("0.6", form="love")), "/links/0/form"),
    ],
)
async def test_more_than_one_level_between_is_refused(
    client: httpx.AsyncClient, body: dict[str, Any], pointer: str
) -> None:
    await put(client, "producer", "OTHER-FIRM", firm())
    refused = await client.put(f"{API}/producers/FIRM", json=body)
    assert refused.status_code == 422, refused.text
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert (await client.get(f"{API}/producers/FIRM")).status_code == 404


@ON_SQLITE
async def test_a_cooperative_that_a_firm_is_bound_to_stays_one(client: httpx.AsyncClient) -> None:
    await put(client, "producer", "FIRM", firm(bound("0.6")))
    refused = assert_problem(await client.put(f"{API}/producers/COOP", json=firm()), 422, "producer-invalid")
    assert [error["pointer"] for error in refused["errors"]] == ["/kind"]
    await put(client, "producer", "FIRM", firm())
    assert (await put(client, "producer", "COOP", firm()))["kind"] == "firm"


async def test_no_ring_is_made_by_two_at_once(client: httpx.AsyncClient) -> None:
    """Each becomes a firm that is bound to the other: one of them finds the other a firm already, or bound to."""
    for _ in range(3):
        for code in ("COOP", "TWO"):
            await put(client, "producer", code, producer(link("0.1")))
        pairs = (("COOP", "TWO"), ("TWO", "COOP"))
        answers = await asyncio.gather(
            *(client.put(f"{API}/producers/{code}", json=firm(bound("0.5", other))) for code, other in pairs)
        )
        assert sorted(answer.status_code for answer in answers) == [200, 422]
        won = next(code for (code, _), answer in zip(pairs, answers, strict=True) if answer.status_code == 200)
        await put(client, "producer", won, firm())
