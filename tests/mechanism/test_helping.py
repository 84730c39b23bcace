"""What the helping houses share: the households they know, and the requests they answer once."""

import asyncio
import datetime as dt
import itertools
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter

from shared.codes.assistance import MeasureKind, RefusalReason
from shared.contracts.assistance import MeasureCancelled, MeasureRequested
from shared.contracts.employment import HouseholdMovedAway, MeasureAccepted, MeasureCompleted, MeasureRefused
from shared.contracts.envelope import decode
from shared.contracts.monitoring import HouseholdChanged, HouseholdEnded, HouseholdRegistered, HouseholdState
from shared.db.base import house_metadata
from shared.db.system_tables import add_system_tables
from shared.helping.api import requests_router
from shared.helping.households import HouseholdUnknown, KnownHousehold, KnownHouseholds
from shared.helping.requests import Answers, RequestAnswered, RequestNotFound, Requests
from shared.house import House, HouseDefinition
from shared.ids import derived_id
from shared.security.actor import Actor
from tests.at_once import while_uncommitted
from tests.builders import (
    HOUSEHOLD,
    OTHER_COUNTY_REGION,
    REGION,
    TODAY,
    audit_rows,
    deliver,
    household_ended,
    household_member,
    household_state,
    published_as,
    waiting_events,
)
from tests.conftest import ClientFor, OpenHouse
from tests.logged import Logged
from tests.mechanism.probe import ON_POSTGRESQL

METADATA = house_metadata("employment")
SYSTEM_TABLES = add_system_tables(METADATA)
KNOWN = KnownHouseholds(METADATA, HouseholdMovedAway)
REQUESTS = Requests(METADATA, KNOWN, MeasureKind.JOB, Answers(MeasureAccepted, MeasureRefused, MeasureCompleted))
TASK, MEASURE = derived_id("task", "t"), derived_id("measure", "m")
OFFICER = Actor(id="officer", scopes=frozenset(), regions=("520626",))
NEIGHBOUR = Actor(id="neighbour", scopes=frozenset(), regions=("520625",))

router = APIRouter()
router.include_router(requests_router(REQUESTS, read="employment:read", write="employment:write"))
HELPER = HouseDefinition(
    name="employment",
    title="helper",
    summary="A house that helps",
    metadata=METADATA,
    system_tables=SYSTEM_TABLES,
    migrations=Path(__file__).parent / "helping_migrations",
    router=router,
    handlers={
        HouseholdRegistered.event_type: KNOWN.remember,
        HouseholdChanged.event_type: KNOWN.remember,
        HouseholdEnded.event_type: REQUESTS.end_households,
        MeasureRequested.event_type: REQUESTS.take,
        MeasureCancelled.event_type: REQUESTS.cancel,
    },
)


@pytest.fixture
async def helper(open_house: OpenHouse) -> House:
    return await open_house(HELPER)


def state(model: type[HouseholdState], version: int, members: int = 1, region: str = REGION) -> HouseholdState:
    return household_state(model, version, map(household_member, range(1, members + 1)), region_code=region)


def _measure(**changes: Any) -> dict[str, Any]:
    fields = {
        "measure_id": MEASURE,
        "task_id": TASK,
        "household_code": HOUSEHOLD,
        "region_code": REGION,
        "kind": MeasureKind.JOB,
    }
    return fields | changes


def requested(*, answer_by: dt.date | None = None, **changes: Any) -> MeasureRequested:
    return MeasureRequested(**_measure(**changes), member_no=1, requested_on=TODAY, answer_by=answer_by)


def cancelled(**changes: Any) -> MeasureCancelled:
    return MeasureCancelled(**_measure(**changes), cancelled_on=TODAY)


async def answers(house: House) -> list[str]:
    return [event.type.split(".")[1] for event in await waiting_events(house)]


async def stands(house: House, request_id: UUID = MEASURE) -> str:
    return str((await house.database.read(REQUESTS.find, request_id, actor=OFFICER)).status)


async def test_the_newest_state_of_a_household_is_known(helper: House) -> None:
    await deliver(helper, state(HouseholdChanged, 3, members=4), state(HouseholdRegistered, 1))
    await deliver(helper, state(HouseholdChanged, 2, members=9, region=OTHER_COUNTY_REGION))
    known = await helper.database.read(KNOWN.one, HOUSEHOLD, actor=OFFICER)
    assert known == KnownHousehold(HOUSEHOLD, REGION, 4)


async def test_a_household_elsewhere_is_as_unknown_as_one_that_is_not(helper: House) -> None:
    await deliver(helper, state(HouseholdRegistered, 1))
    assert await helper.database.read(KNOWN.find, [HOUSEHOLD, "X"], actor=NEIGHBOUR) == {}
    with pytest.raises(HouseholdUnknown):
        await helper.database.read(KNOWN.one, HOUSEHOLD, actor=NEIGHBOUR)
    with pytest.raises(HouseholdUnknown):
        await helper.database.read(KNOWN.one, "X", actor=OFFICER)


async def test_a_request_is_taken_once_and_only_by_the_house_it_is_for(helper: House) -> None:
    other = derived_id("measure", "other")
    await deliver(helper, requested(), requested(measure_id=other, kind=MeasureKind.PURCHASE))
    await deliver(helper, requested())
    assert await stands(helper) == "requested"
    with pytest.raises(RequestNotFound):
        await helper.database.read(REQUESTS.find, other, actor=OFFICER)


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("days", list(itertools.permutations((3, 2, 4))))
async def test_a_request_told_again_is_due_on_the_earliest_day_it_was_told(
    helper: House, days: tuple[int, ...], together: bool
) -> None:
    """The calendar was announced, and the day counted again; an older telling may come late."""
    told = [requested(answer_by=TODAY + dt.timedelta(days=number)) for number in days]
    for batch in [told] if together else [[each] for each in told]:
        await deliver(helper, *batch)
    kept = await helper.database.read(REQUESTS.find, MEASURE, actor=OFFICER)
    assert (kept.answer_by, kept.status) == (TODAY + dt.timedelta(days=2), "requested")
    await deliver(helper, requested())
    assert await helper.database.read(REQUESTS.find, MEASURE, actor=OFFICER) == kept


async def test_accepting_is_said_once_and_completing_too(helper: House) -> None:
    await deliver(helper, requested())
    for _ in range(2):
        await helper.database.write(REQUESTS.accept, MEASURE, [HOUSEHOLD], actor=OFFICER)
    for _ in range(2):
        await helper.database.write(REQUESTS.complete, MEASURE, actor=OFFICER)
    assert await answers(helper) == ["measure-accepted", "measure-completed"]
    assert [row["action"] for row in await audit_rows(helper)] == ["request.accepted", "request.completed"]


async def test_answers_belong_to_the_chain_that_asked(helper: House) -> None:
    await deliver(helper, requested())
    found = await helper.database.read(REQUESTS.find, MEASURE, actor=OFFICER)
    await helper.database.write(REQUESTS.accept, MEASURE, [HOUSEHOLD], actor=OFFICER)
    (event,) = await waiting_events(helper)
    assert event.context.correlation_id == found.correlation_id


async def test_two_who_refuse_at_once_are_heard_once(helper: House) -> None:
    await deliver(helper, requested())
    refusals = [
        helper.database.write(REQUESTS.refuse, MEASURE, reason, actor=OFFICER)
        for reason in (RefusalReason.NO_OFFER, RefusalReason.DECLINED)
    ]
    outcomes = await asyncio.gather(*refusals, return_exceptions=True)
    assert sorted(isinstance(outcome, RequestAnswered) for outcome in outcomes) == [False, True]
    assert await answers(helper) == ["measure-refused"]


@ON_POSTGRESQL
async def test_what_is_asked_for_while_its_household_ends_is_refused(helper: House, database_url: str) -> None:
    await deliver(helper, state(HouseholdRegistered, 1))
    encoded = published_as(requested())
    asked = decode(encoded.headers, encoded.value)

    async def ends() -> None:
        await deliver(helper, household_ended())

    await while_uncommitted(helper, database_url, REQUESTS.take, [asked], then=ends)
    assert (await stands(helper), await answers(helper)) == ("refused", ["measure-refused"])


@ON_POSTGRESQL
async def test_a_household_that_ends_while_a_request_is_refused_is_refused_once(
    helper: House, database_url: str
) -> None:
    await deliver(helper, state(HouseholdRegistered, 1))
    await deliver(helper, requested())

    async def ends() -> None:
        await deliver(helper, household_ended())

    refuse = REQUESTS.refuse
    await while_uncommitted(helper, database_url, refuse, MEASURE, RefusalReason.NO_OFFER, actor=OFFICER, then=ends)
    assert (await stands(helper), await answers(helper)) == ("refused", ["measure-refused"])


@pytest.mark.parametrize("accepted", [False, True])
async def test_what_is_cancelled_waits_for_no_answer_but_help_that_arrives_counts(
    helper: House, accepted: bool
) -> None:
    await deliver(helper, requested())
    if accepted:
        await helper.database.write(REQUESTS.accept, MEASURE, [HOUSEHOLD], actor=OFFICER)
    await deliver(helper, cancelled())
    assert await stands(helper) == "cancelled"
    with pytest.raises(RequestAnswered):
        await helper.database.write(REQUESTS.accept, MEASURE, [HOUSEHOLD], actor=OFFICER)
    await helper.database.write(REQUESTS.complete, MEASURE, actor=OFFICER)
    assert await stands(helper) == "completed"


async def test_a_cancellation_that_comes_late_changes_nothing(helper: House) -> None:
    await deliver(helper, requested())
    await helper.database.write(REQUESTS.complete, MEASURE, actor=OFFICER)
    await deliver(helper, cancelled())
    assert await stands(helper) == "completed"


async def test_a_request_of_another_household_or_region_is_not_found(helper: House) -> None:
    await deliver(helper, requested())
    with pytest.raises(RequestNotFound):
        await helper.database.write(REQUESTS.accept, MEASURE, ["X"], actor=OFFICER)
    with pytest.raises(RequestNotFound):
        await helper.database.write(REQUESTS.accept, MEASURE, [HOUSEHOLD], actor=NEIGHBOUR)
    assert await answers(helper) == []


async def test_a_cancellation_is_audited_and_logged_once(helper: House, logged: Logged) -> None:
    await deliver(helper, requested())
    for _ in range(2):
        await deliver(helper, cancelled())
    audited = [(row["actor"], row["action"], row["subject"]) for row in await audit_rows(helper)]
    assert audited == [("assistance", "request.cancelled", str(MEASURE))]
    assert [line["request_id"] for line in logged.lines("request.cancelled")] == [str(MEASURE)]


class TestAHouseholdThatEnded:
    async def test_is_known_with_its_day_and_what_is_asked_for_it_is_refused(self, helper: House) -> None:
        other = requested(measure_id=derived_id("measure", "other"), household_code="X")
        await deliver(helper, state(HouseholdRegistered, 1, members=4), requested(), other)
        for _ in range(2):
            await deliver(helper, household_ended(2))
        known = await helper.database.read(KNOWN.one, HOUSEHOLD, actor=OFFICER)
        assert known == KnownHousehold(HOUSEHOLD, REGION, 4, TODAY)
        shown = await helper.database.read(REQUESTS.find, MEASURE, actor=OFFICER)
        assert (shown.status, shown.reason) == ("refused", "not_eligible")
        assert await stands(helper, other.measure_id) == "requested"
        assert await answers(helper) == ["measure-refused"]

    @pytest.mark.parametrize("accepted", [False, True])
    async def test_takes_back_what_was_accepted_and_leaves_what_was_answered(
        self, helper: House, accepted: bool
    ) -> None:
        await deliver(helper, state(HouseholdRegistered, 1), requested())
        await helper.database.write(REQUESTS.accept, MEASURE, [HOUSEHOLD], actor=OFFICER)
        if not accepted:
            await helper.database.write(REQUESTS.complete, MEASURE, actor=OFFICER)
        await deliver(helper, household_ended(2))
        assert await stands(helper) == ("refused" if accepted else "completed")

    async def test_is_refused_what_is_asked_for_later(self, helper: House) -> None:
        await deliver(helper, household_ended(2), requested())
        assert await stands(helper) == "refused"
        assert await answers(helper) == ["measure-refused"]

    @pytest.mark.parametrize("together", [False, True])
    async def test_ends_in_any_order_and_may_begin_anew(self, helper: House, together: bool) -> None:
        async def known_after(*told: HouseholdState | HouseholdEnded) -> KnownHousehold:
            for events in [told] if together else [[event] for event in told]:
                await deliver(helper, *events)
            return await helper.database.read(KNOWN.one, HOUSEHOLD, actor=OFFICER)

        assert (await known_after(household_ended(2), state(HouseholdChanged, 1))).ended_on == TODAY
        anew = await known_after(state(HouseholdChanged, 3, members=2), household_ended(2))
        assert anew == KnownHousehold(HOUSEHOLD, REGION, 2, None)


@pytest.mark.parametrize("moved_first", [False, True])
async def test_a_request_is_answered_where_its_household_lives_now(
    helper: House, client_for: ClientFor, moved_first: bool
) -> None:
    moved = state(HouseholdChanged, 2, region=OTHER_COUNTY_REGION)
    await deliver(helper, *([moved, requested()] if moved_first else [requested(), moved]))
    place = f"/employment/v1/requests/{MEASURE}"
    left, new = client_for(helper, region="520626"), client_for(helper, region="520625")
    assert ((await left.get(place)).status_code, (await new.get(place)).status_code) == (404, 200)
    listed = [(await client.get("/employment/v1/requests")).json()["items"] for client in (left, new)]
    assert [[item["region_code"] for item in items] for items in listed] == [[], [OTHER_COUNTY_REGION]]
    refusal = {"action": "refuse", "reason": "no_offer"}
    answered = [(await client.post(f"{place}/transitions", json=refusal)).status_code for client in (left, new)]
    assert answered == [404, 200]
    (event,) = await waiting_events(helper)
    assert event.data.region_code == OTHER_COUNTY_REGION


async def test_requests_are_listed_refused_and_shown_over_http(helper: House, client_for: ClientFor) -> None:
    many = [requested(measure_id=derived_id("measure", number)) for number in range(3)]
    await deliver(helper, *many)
    client = client_for(helper)
    first = (await client.get("/employment/v1/requests", params={"limit": 2, "status": "requested"})).json()
    rest = (await client.get("/employment/v1/requests", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    shown = [item["request_id"] for item in first["items"] + rest["items"]]
    assert sorted(shown) == sorted(str(event.measure_id) for event in many)
    place = f"/employment/v1/requests/{shown[0]}"
    refused = await client.post(f"{place}/transitions", json={"action": "refuse", "reason": "no_offer"})
    assert (refused.status_code, refused.json()["status"], refused.json()["reason"]) == (200, "refused", "no_offer")
    again = await client.post(f"{place}/transitions", json={"action": "refuse", "reason": "other"})
    assert (again.status_code, again.json()["type"]) == (409, "urn:problem:employment:request-answered")
    assert (again.json()["status"], again.json()["request_status"]) == (409, "refused")
    assert (await client.get(place)).json() == refused.json()
    listed: httpx.Response = await client.get(
        "/employment/v1/requests", params={"status": "refused", "household_code": HOUSEHOLD, "region_code": "520626"}
    )
    assert [item["request_id"] for item in listed.json()["items"]] == [shown[0]]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", f"/employment/v1/requests/{TASK}", None, 404),
        ("POST", f"/employment/v1/requests/{MEASURE}/transitions", {"action": "refuse"}, 422),
        ("POST", f"/employment/v1/requests/{MEASURE}/transitions", {"action": "accept", "reason": "other"}, 422),
        ("GET", "/employment/v1/requests?region_code=44", None, 403),
    ],
)
async def test_a_wrong_call_changes_nothing(
    helper: House, client_for: ClientFor, method: str, path: str, body: Any, status: int
) -> None:
    await deliver(helper, requested())
    assert (await client_for(helper).request(method, path, json=body)).status_code == status
    assert await stands(helper) == "requested"
