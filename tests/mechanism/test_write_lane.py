"""One durable commit serves all who wait, and nobody suffers for another's bad item."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from shared.db.unit_of_work import UnitOfWork
from shared.db.write_lane import WriteLane
from shared.house import House
from tests.conftest import OpenHouse
from tests.mechanism.probe import BOUND_SECONDS, ON_SQLITE, PROBE, Boom, count_many, count_up, counters


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    return await open_house(PROBE)


def count_commits(house: House) -> list[UnitOfWork]:
    committed: list[UnitOfWork] = []
    house.database.on_commit(committed.append)
    return committed


async def test_many_who_wait_share_a_commit_and_get_each_their_own_answer(house: House) -> None:
    committed = count_commits(house)
    lane = house.lane(count_many)
    names = [f"n{number:03d}" for number in range(100)]
    answers = await asyncio.gather(*(lane.submit(name) for name in names))
    assert answers == [f"did {name}" for name in names]
    assert set(await house.database.read(counters)) == set(names)
    assert len(committed) < len(names) / 10


@ON_SQLITE
async def test_whoever_comes_while_a_commit_runs_goes_into_the_next(house: House) -> None:
    sets: list[list[str]] = []
    started, go_on = threading.Event(), threading.Event()

    def slow(uow: UnitOfWork, names: Sequence[str]) -> list[str]:
        sets.append(list(names))
        started.set()
        assert go_on.wait(BOUND_SECONDS)
        return list(names)

    lane = WriteLane[str, str](house.database, slow)
    first = asyncio.create_task(lane.submit("first"))
    await asyncio.to_thread(started.wait, BOUND_SECONDS)
    others = [asyncio.create_task(lane.submit(f"other {number}")) for number in range(5)]
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(first, *others)
    assert sets == [["first"], [f"other {number}" for number in range(5)]]


async def test_a_bad_item_fails_alone(house: House) -> None:
    lane = house.lane(count_many)
    answers = await asyncio.gather(
        *(lane.submit(name) for name in ("one", "bad", "two", "bad too", "three")), return_exceptions=True
    )
    assert [answer if isinstance(answer, str) else type(answer) for answer in answers] == [
        "did one",
        Boom,
        "did two",
        Boom,
        "did three",
    ]
    assert await house.database.read(counters) == {"one": 1, "two": 1, "three": 1}


async def test_a_set_is_no_larger_than_allowed(house: House) -> None:
    sizes: list[int] = []

    def measure(uow: UnitOfWork, items: Sequence[int]) -> Sequence[int]:
        sizes.append(len(items))
        return items

    lane = WriteLane[int, int](house.database, measure, max_items=8)
    assert await asyncio.gather(*(lane.submit(number) for number in range(30))) == list(range(30))
    assert sizes == [8, 8, 8, 6]


async def test_a_caller_who_left_does_not_stop_the_others(house: House) -> None:
    lane = house.lane(count_many)
    tasks = [asyncio.create_task(lane.submit(name)) for name in ("one", "two", "three")]
    await asyncio.sleep(0)
    tasks[1].cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert [answers[0], answers[2]] == ["did one", "did three"]
    assert isinstance(answers[1], asyncio.CancelledError)
    assert await lane.submit("four") == "did four"


async def test_a_command_that_answers_too_few_fails_and_leaves_the_lane_open(house: House) -> None:
    forgetful = True

    def command(uow: UnitOfWork, items: Sequence[str]) -> Sequence[str]:
        for item in items:
            count_up(uow, item)
        return items[: len(items) - forgetful]

    lane = WriteLane[str, str](house.database, command)
    async with asyncio.timeout(BOUND_SECONDS):
        answers = await asyncio.gather(*(lane.submit(name) for name in ("a", "b")), return_exceptions=True)
        assert [type(answer) for answer in answers] == [ValueError, ValueError]
        forgetful = False
        assert await lane.submit("c") == "c"
    assert await house.database.read(counters) == {"c": 1}, "what was not answered was not stored"
