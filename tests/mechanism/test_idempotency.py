"""A key and the same request get the first answer again; the effect is there once."""

import asyncio

import httpx
import pytest

from shared.house import House
from tests.conftest import ClientFor, OpenHouse
from tests.mechanism.probe import PROBE, counters, rows_of

COUNTERS = "/probe/v1/counters"


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


async def test_another_request_under_the_same_key_is_refused(house: House, client_for: ClientFor) -> None:
    client = client_for(house)
    await count(client, "a")
    other = await count(client, "b")
    assert (other.status_code, other.json()["type"]) == (409, "urn:problem:probe:idempotency-key-reused")
    assert await house.database.read(counters) == {"a": 1}


async def test_another_client_may_use_the_same_key(house: House, client_for: ClientFor) -> None:
    assert (await count(client_for(house, client_id="one"), "a")).json()["value"] == 1
    assert (await count(client_for(house, client_id="two"), "a")).json()["value"] == 2


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
