"""Clues by two at once, on both databases: one answer, one task, one clue, whoever comes first."""

import asyncio
import datetime as dt
from typing import Any

import pytest

from tests.at_once import with_the_first_uncommitted
from tests.builders import household, member, resident_id
from tests.conftest import ClientFor, OpenHouse
from tests.databases import Databases
from tests.houses.monitoring.builders import Monitoring, open_monitoring
from tests.houses.monitoring.clues.builders import CLUES, about, clue, confirmed, match_in_time, no_risk, send, step

NUMBER = resident_id(dt.date(1980, 5, 1))
ON_POSTGRES = pytest.mark.parametrize("databases", ["postgresql"], indirect=True)


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.put()
    return found


async def test_of_two_verdicts_at_once_one_stands(monitoring: Monitoring) -> None:
    clue_id = await send(monitoring)
    answers = await asyncio.gather(
        step(monitoring, clue_id, **confirmed()),
        step(monitoring, clue_id, **no_risk()),
        step(monitoring, clue_id, **confirmed()),
    )
    assert sorted(answer.status_code for answer in answers) in ([200, 200, 409], [200, 409, 409])
    assert len(await monitoring.events("clue-answered.v1")) == 1
    assert len(await monitoring.events("risk-raised.v1")) <= 1


async def test_one_batch_sent_twice_at_once_is_taken_once(monitoring: Monitoring) -> None:
    body = {"clues": [clue(number) for number in range(20)] + [about(NUMBER, number) for number in range(20, 30)]}
    answers = await asyncio.gather(*(monitoring.client.post(CLUES, json=body) for _ in range(3)))
    assert sorted(answer.json()["accepted"] for answer in answers) == [0, 0, 30]
    counts = await monitoring.counts()
    assert counts["clue"] == 30
    assert len([one for one in (await monitoring.get("clues", limit=50))["items"] if one["joined_to"] is None]) == 11


async def test_a_clue_finds_who_is_registered_while_it_comes_in(monitoring: Monitoring) -> None:
    people = household([member(1, id_number=NUMBER)])
    sent, _ = await asyncio.gather(
        monitoring.client.post(CLUES, json=about(NUMBER)), monitoring.put(people, code="DJ-0002")
    )
    assert sent.status_code == 201, sent.text
    await match_in_time(monitoring)
    [found] = (await monitoring.get("clues"))["items"]
    assert (found["status"], found["household_code"]) == ("open", "DJ-0002")


@ON_POSTGRES
async def test_whoever_is_registered_behind_a_clue_that_is_not_committed_has_it(
    monitoring: Monitoring, databases: Databases
) -> None:
    people = household([member(1, id_number=NUMBER)])

    async def clue_comes() -> Any:
        return await monitoring.client.post(CLUES, json={"clues": [about(NUMBER)]})

    async def is_registered() -> Any:
        return await monitoring.put(people, code="DJ-0002")

    await with_the_first_uncommitted(monitoring.house, databases.url, clue_comes, is_registered)
    [found] = (await monitoring.get("clues"))["items"]
    assert (found["status"], found["household_code"]) == ("open", "DJ-0002")
