"""What assets makes of the other houses' events, and what becomes of a request it cannot meet."""

import datetime as dt
import itertools
from typing import Any

import pytest

from services.assets.handlers import HANDLERS
from shared.codes.assistance import MeasureKind, RefusalReason
from shared.contracts.assets import MeasureRefused
from shared.contracts.catalogue import CATALOGUE
from shared.ids import derived_id
from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, REGION, TODAY, deliver, household_registered, published_as
from tests.conftest import ClientFor, OpenHouse
from tests.houses.assets.builders import (
    MEASURE,
    OTHER_HOUSEHOLD,
    STEPS,
    Assets,
    cancelled,
    line,
    open_assets,
    plan,
    requested,
    settled,
)
from tests.problems import problem

REFUSE = {"action": "refuse", "reason": "no_offer"}
TRANSITIONS = f"/assets/v1/requests/{MEASURE}/transitions"


@pytest.fixture
async def assets(open_house: OpenHouse, client_for: ClientFor) -> Assets:
    return await settled(open_house, client_for)


def test_assets_reacts_to_what_the_catalogue_says_it_reads() -> None:
    assert set(HANDLERS) == {entry.type for entry in CATALOGUE.values() if "assets" in entry.readers}


async def test_a_request_for_another_house_is_not_taken(assets: Assets) -> None:
    others = [kind for kind in MeasureKind if kind is not MeasureKind.ASSET_SHARE]
    await deliver(assets.house, *(requested(derived_id(kind), kind) for kind in others))
    taken = (await assets.get("requests"))["items"]
    assert [(request["request_id"], request["status"]) for request in taken] == [(str(MEASURE), "requested")]


async def test_a_request_that_cannot_be_met_is_refused_with_its_reason(assets: Assets) -> None:
    refused = await assets.client.post(TRANSITIONS, json=REFUSE)
    assert (refused.status_code, refused.json()["status"]) == (200, "refused")
    [event] = await assets.events()
    assert event.data == MeasureRefused(
        measure_id=MEASURE,
        task_id=derived_id("task", HOUSEHOLD),
        household_code=HOUSEHOLD,
        region_code=REGION,
        kind=MeasureKind.ASSET_SHARE,
        reason=RefusalReason.NO_OFFER,
        answered_on=TODAY,
    )
    for answer in (
        await assets.client.post(TRANSITIONS, json=REFUSE),
        await assets.propose(plan(request_id=str(MEASURE))),
    ):
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:problem:assets:request-answered")
    assert len(await assets.events()) == 1


async def test_a_request_of_another_region_is_as_good_as_unknown(assets: Assets, client_for: ClientFor) -> None:
    neighbour = client_for(assets.house, region="520625")
    assert problem(await neighbour.post(TRANSITIONS, json=REFUSE)) == (404, "request-not-found", [])
    assert (await neighbour.get("/assets/v1/requests")).json()["items"] == []


async def test_events_that_come_again_change_nothing(assets: Assets) -> None:
    """Neither as the same record nor published anew, before the answer or after it."""
    told = [
        published_as(household_registered(version=2)),
        requested(),
        requested(),
        published_as(household_registered(version=1)),
    ]
    await deliver(assets.house, *told)
    distribution_id = await assets.proposed(plan(request_id=str(MEASURE)))
    await assets.walk(distribution_id, *STEPS)
    await deliver(assets.house, published_as(cancelled()))
    rows = await assets.rows()

    await deliver(assets.house, *told, requested(), published_as(cancelled()))

    assert await assets.rows() == rows
    assert await assets.request_status() == "completed"


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_a_household_is_known_where_it_lives_now_whatever_comes_first(
    open_house: OpenHouse, client_for: ClientFor, order: tuple[int, ...]
) -> None:
    assets = await open_assets(open_house, client_for)
    await assets.put()
    moves = [
        household_registered(household_code=OTHER_HOUSEHOLD, region_code=region, version=number)
        for number, region in enumerate((REGION, OTHER_COUNTY_REGION, REGION), 1)
    ]
    for place in order:
        await deliver(assets.house, moves[place])
    county = Assets(assets.house, client_for(assets.house, region="520626"))
    answer = await county.propose(plan([line(OTHER_HOUSEHOLD, "20000.00")]))
    assert answer.status_code == 201, answer.text


async def test_requests_can_be_asked_for_what_changed(assets: Assets) -> None:
    """Taken, asked anew with an earlier day, answered, cancelled; what comes again is no change."""
    seen = max(item["updated_at"] for item in await listed(assets))
    other = derived_id("measure", HOUSEHOLD, 2)

    async def changed() -> list[tuple[str, str]]:
        nonlocal seen
        items = await listed(assets, updated_after=seen)
        seen = max((item["updated_at"] for item in items), default=seen)
        return [(item["status"], item["answer_by"]) for item in items]

    first, sooner = (requested(other, answer_by=dt.date(2026, 11, day)) for day in (30, 27))
    await deliver(assets.house, first)
    assert await changed() == [("requested", "2026-11-30")]
    await deliver(assets.house, sooner, sooner)
    assert await changed() == [("requested", "2026-11-27")]
    await deliver(assets.house, requested(other, answer_by=dt.date(2026, 11, 30)))
    assert await changed() == []
    await deliver(assets.house, published_as(cancelled(other)), published_as(cancelled(other)))
    assert await changed() == [("cancelled", "2026-11-27")]
    await deliver(assets.house, published_as(cancelled(other)))
    assert await changed() == []


async def listed(assets: Assets, **wanted: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await assets.client.get("/assets/v1/requests", params=wanted)).json()["items"]
    return items
