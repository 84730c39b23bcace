"""A key and the same request get the first answer again; the effect is there once, on every route that takes a key."""

import asyncio
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from services.assistance.app import ASSISTANCE
from shared.house import House
from shared.http.idempotency import request_hash
from shared.ids import derived_id
from shared.security.actor import Actor
from shared.security.clients import ALL_SCOPES
from tests.builders import HOUSEHOLD, audit_rows, deliver, income_fact, risk_raised
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import Monitoring, open_monitoring, statuses
from tests.mechanism.probe import ON_SQLITE, PROBE, counters, rows_of

COUNTERS = "/probe/v1/counters"
TRANSITIONS = f"/assistance/v1/tasks/{derived_id('task', HOUSEHOLD, 'below_line', 1)}/transitions"
WAGE, STALL = income_fact("2026-09", "1200.00"), income_fact("2026-09", "900.00", "operating")
UNKNOWN = income_fact("2026-08", "100.00") | {"household_code": "DJ-9999"}


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    return await open_house(PROBE)


async def count(client: httpx.AsyncClient, name: str, key: str | None = "key-1") -> httpx.Response:
    return await client.post(COUNTERS, json={"name": name}, headers={"Idempotency-Key": key} if key is not None else {})


async def test_the_first_answer_is_given_again(house: House, client_for: ClientFor) -> None:
    client = client_for(house)
    first = await count(client, "a")
    await count(client, "a", key=None)
    again = await count(client, "a")
    assert (first.status_code, first.json()) == (201, {"name": "a", "value": 1})
    assert (again.status_code, again.content) == (201, first.content)
    assert await house.database.read(counters) == {"a": 2}


async def test_what_was_asked_cannot_be_guessed_from_what_is_kept(house: House, client_for: ClientFor) -> None:
    client = client_for(house)
    await count(client, "a")
    actor = Actor("tester", frozenset(ALL_SCOPES), ("52",), sources=frozenset({"*"}))
    plain = request_hash("POST", COUNTERS, b'{"name":"a"}', actor)
    table = house.definition.system_tables.idempotency
    [kept] = await house.database.read(
        lambda reading: list(reading.connection.scalars(sa.select(table.c.request_hash)))
    )
    assert plain not in kept

    as_before = sa.update(table).values(request_hash=plain)
    await house.database.write(lambda uow: uow.connection.execute(as_before))
    assert (await count(client, "a")).status_code == 201, "what an earlier release kept is known again"
    assert (await count(client, "b")).status_code == 409
    assert await house.database.read(counters) == {"a": 1}


async def test_another_request_under_the_same_key_is_refused(house: House, client_for: ClientFor) -> None:
    client = client_for(house)
    await count(client, "a")
    other = await count(client, "b")
    assert (other.status_code, other.json()["type"]) == (409, "urn:problem:probe:idempotency-key-reused")
    assert await house.database.read(counters) == {"a": 1}


async def test_another_client_may_use_the_same_key(house: House, client_for: ClientFor) -> None:
    assert (await count(client_for(house, client_id="one"), "a")).json()["value"] == 1
    assert (await count(client_for(house, client_id="two"), "a")).json()["value"] == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"region": "520626"},
        {"region": "44"},
        {"scopes": ("monitoring:write",)},
        {"sources": ("payroll",)},
        {"buyers": ("DG-1",)},
    ],
    ids=repr,
)
async def test_an_answer_is_not_shown_to_a_client_whose_rights_have_changed(
    house: House, client_for: ClientFor, changed: Any
) -> None:
    """`audit.md` 22: the kept answer was replayed to a token of another county."""
    assert (await count(client_for(house, client_id="one"), "a")).status_code == 201
    later = await count(client_for(house, client_id="one", **changed), "a")
    assert (later.status_code, later.json()["type"]) == (409, "urn:problem:probe:idempotency-key-reused")
    assert await house.database.read(counters) == {"a": 1}
    assert (await count(client_for(house, client_id="one"), "a")).status_code == 201


async def test_a_refusal_is_not_kept(house: House, client_for: ClientFor) -> None:
    client = client_for(house)
    document = {"name": "small", "by": 10}
    refused = await client.post(COUNTERS, json=document, headers={"Idempotency-Key": "key-1"})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:problem:probe:counter-full")
    done = await client.post(COUNTERS, json={"name": "small", "by": 1}, headers={"Idempotency-Key": "key-1"})
    assert done.status_code == 201
    assert await house.database.read(counters) == {"small": 1}


async def test_the_same_request_several_times_at_once_has_one_effect(house: House, client_for: ClientFor) -> None:
    client = client_for(house)
    answers = await asyncio.gather(*(count(client, "a") for _ in range(8)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}
    assert await house.database.read(counters) == {"a": 1}
    assert len(await house.database.read(rows_of, "idempotency")) == 1


async def test_different_requests_at_once_under_one_key_leave_one(house: House, client_for: ClientFor) -> None:
    client = client_for(house)
    answers = await asyncio.gather(*(count(client, name) for name in "abcd"))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert list((await house.database.read(counters)).values()) == [1]


@pytest.mark.parametrize("key", ["", "k" * 129])
async def test_a_key_of_the_wrong_length_is_refused(house: House, client_for: ClientFor, key: str) -> None:
    answer = await count(client_for(house), "a", key)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:problem:probe:invalid")
    assert await house.database.read(counters) == {}


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.put()
    return found


@pytest.mark.parametrize(
    ("body", "facts"), [(WAGE, 1), ({"facts": [WAGE, STALL]}, 2)], ids=["one fact", "a batch of facts"]
)
async def test_facts_sent_several_times_at_once_under_one_key_get_one_answer(
    monitoring: Monitoring, body: Any, facts: int
) -> None:
    answers = await asyncio.gather(*(monitoring.post(body, key="k-1") for _ in range(4)))
    assert answers[0].is_success
    assert len({(answer.status_code, answer.content) for answer in answers}) == 1
    counts = await monitoring.counts()
    assert (counts["fact"], counts["idempotency"]) == (facts, 1)


async def test_different_facts_at_once_under_one_key_leave_one(monitoring: Monitoring) -> None:
    answers = await asyncio.gather(monitoring.post(WAGE, key="k-1"), monitoring.post(STALL, key="k-1"))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert (await monitoring.counts())["fact"] == 1


async def test_a_batch_is_an_answer_whatever_became_of_its_items(monitoring: Monitoring) -> None:
    body = {"facts": [WAGE, UNKNOWN]}
    first = await monitoring.post(body, key="k-1")
    assert statuses(first) == [201, 404]
    await monitoring.put(code=UNKNOWN["household_code"])
    assert (await monitoring.post(body, key="k-1")).text == first.text
    assert statuses(await monitoring.post(body)) == [200, 201]


@pytest.fixture
async def assistance(open_house: OpenHouse) -> House:
    """Assistance with an open task."""
    house = await open_house(ASSISTANCE)
    await deliver(house, risk_raised())
    return house


async def act(client: httpx.AsyncClient, action: str, key: str) -> httpx.Response:
    return await client.post(TRANSITIONS, json={"action": action}, headers={"Idempotency-Key": key})


async def test_a_transition_keeps_its_answer_after_the_task_moved_on(assistance: House, client_for: ClientFor) -> None:
    client = client_for(assistance)
    first = await act(client, "accept", "k-1")
    assert (first.status_code, first.json()["status"]) == (200, "accepted")
    assert (await act(client, "start", "k-2")).json()["status"] == "in_progress"
    assert (await act(client, "accept", "k-1")).text == first.text


async def test_a_transition_sent_several_times_at_once_happens_once(assistance: House, client_for: ClientFor) -> None:
    client = client_for(assistance)
    answers = await asyncio.gather(*(act(client, "accept", "k-1") for _ in range(4)))
    assert {(answer.status_code, answer.text) for answer in answers} == {(200, answers[0].text)}
    assert [row["action"] for row in await audit_rows(assistance) if row["actor"] == "tester"] == ["task.accept"]


async def test_a_transition_that_was_not_allowed_may_be_tried_again_under_its_key(
    assistance: House, client_for: ClientFor
) -> None:
    client = client_for(assistance)
    early = await act(client, "start", "k-1")
    assert (early.status_code, early.json()["allowed_actions"]) == (409, ["accept"])
    await act(client, "accept", "k-2")
    assert (await act(client, "start", "k-1")).json()["status"] == "in_progress"


@ON_SQLITE
async def test_a_key_has_its_limits_on_every_route(
    monitoring: Monitoring, assistance: House, client_for: ClientFor
) -> None:
    client = client_for(monitoring.house, assistance)
    routes = (
        ("/monitoring/v1/facts", WAGE),
        (TRANSITIONS, {"action": "accept"}),
        ("/monitoring/v1/dead-letters/replay", {"ids": [str(derived_id("letter"))]}),
    )
    for number, (path, body) in enumerate(routes):
        for key in ("", "x" * 129):
            refused = await client.post(path, json=body, headers={"Idempotency-Key": key})
            assert refused.status_code == 422, path
            assert [error["pointer"] for error in refused.json()["errors"]] == ["/Idempotency-Key"], path
        longest = f"{number:0128d}"
        assert (await client.post(path, json=body, headers={"Idempotency-Key": longest})).is_success, path
