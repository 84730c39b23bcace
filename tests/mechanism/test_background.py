"""The background tasks of a house end when the house ends them, and begin again whatever else ended one."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import pytest
from prometheus_client import REGISTRY

from shared import background
from shared.background import Background
from shared.bus.interface import TransportUnavailable
from shared.house import HouseDefinition, Job
from tests.builders import risk_raised
from tests.conftest import ClientFor, OpenHouse
from tests.logged import Logged
from tests.mechanism.probe import ON_SQLITE, PROBE, Boom, Handling, effects, emit, emit_numbered, until

Ending = Callable[[], Awaitable[None]]


async def returns() -> None:
    """Ends as if all were done."""


async def fails() -> None:
    raise Boom


async def lets_a_cancellation_stray() -> None:
    """What a library does that cancels a task of its own and awaits it."""
    inner = asyncio.create_task(asyncio.sleep(60))
    await asyncio.sleep(0)
    inner.cancel()
    await inner


async def fails_with_a_group() -> None:
    raise BaseExceptionGroup("several", [asyncio.CancelledError(), Boom()])


ENDINGS = pytest.mark.parametrize("ending", [returns, fails, lets_a_cancellation_stray, fails_with_a_group])


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "_FIRST_PAUSE_SECONDS", 0.01)


def sample(name: str, task: str, house: str = "probe") -> float | None:
    return REGISTRY.get_sample_value(f"shouxian_background_{name}", {"house": house, "task": task})


@ENDINGS
async def test_a_task_that_something_ended_begins_again_and_tells(ending: Ending, logged: Logged) -> None:
    kept, begun = Background("probe"), 0

    async def work() -> None:
        nonlocal begun
        begun += 1
        if begun < 3:
            await ending()
        else:
            await asyncio.Event().wait()

    before = sample("restarts_total", "work") or 0
    kept.keep("work", work)
    await until(lambda: begun == 3)
    assert sample("running", "work") == 1
    assert kept.not_running() == []
    assert (sample("restarts_total", "work") or 0) - before == 2
    told = logged.lines("background.ended")
    assert [(line["house"], line["task"], line["level"]) for line in told] == [("probe", "work", "error")] * 2
    await kept.stop()
    assert sample("running", "work") is None, "a house that was stopped has no task that ought to run"


async def test_a_task_between_two_tries_is_shown_as_not_running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "_FIRST_PAUSE_SECONDS", 60.0)
    kept = Background("probe")
    kept.keep("work", fails)
    await until(lambda: sample("running", "work") == 0)
    assert kept.not_running() == ["probe-work"]
    await kept.stop()


async def test_the_pauses_grow(monkeypatch: pytest.MonkeyPatch, logged: Logged) -> None:
    monkeypatch.setattr(background, "_LONGEST_PAUSE_SECONDS", 0.03)
    kept = Background("probe")
    kept.keep("work", returns)
    await until(lambda: len(logged.lines("background.ended")) >= 4)
    await kept.stop()
    assert [line["seconds"] for line in logged.lines("background.ended")][:4] == [0.01, 0.02, 0.03, 0.03]


async def test_a_task_that_swallows_its_cancellation_ends_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "_INSIST_SECONDS", 0.05)
    begun = 0

    async def deaf() -> None:
        nonlocal begun
        begun += 1
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await asyncio.Event().wait()

    kept = Background("probe")
    kept.keep("work", deaf)
    await until(lambda: begun == 1)
    async with asyncio.timeout(10):
        await kept.stop()
    assert begun == 1


async def test_a_task_that_returns_instead_of_being_cancelled_is_not_begun_again() -> None:
    begun = 0

    async def polite() -> None:
        nonlocal begun
        begun += 1
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    kept = Background("probe")
    kept.keep("work", polite)
    await until(lambda: begun == 1)
    await kept.stop()
    assert begun == 1


def reading(handling: Handling) -> HouseDefinition:
    """A house that stands for assistance: it reads what monitoring publishes, and has every kind of task."""
    jobs = {"nothing": Job(0.05, lambda _: False)}
    return HouseDefinition(
        **{
            **{name: getattr(PROBE, name) for name in PROBE.__dataclass_fields__},
            "handlers": handling.handlers,
            "jobs": jobs,
            "counts": lambda _: {},
        }
    )


TASKS = ["measure", "relay", "count", "consumer", "nothing", "trim"]


@ON_SQLITE
@ENDINGS
@pytest.mark.parametrize("task", TASKS)
async def test_each_task_of_a_house_goes_on_whatever_ended_it(
    open_house: OpenHouse, monkeypatch: pytest.MonkeyPatch, client_for: ClientFor, task: str, ending: Ending
) -> None:
    """The first wait inside the task ends it in each of the ways; after that the house is ready and does its work."""
    handling, left = Handling(), [2]
    house = await open_house(reading(handling))
    works = {
        "measure": (house, "_measure_once"),
        "count": (house, "_count_once"),
        "consumer": (house.transport, "subscribe"),
        "relay": (house.relay, "_publish_forever"),
        "nothing": (house, "_run_job"),
        "trim": (house, "_run_job"),
    }
    owner, name = works[task]
    original = getattr(owner, name)

    async def broken(*args: object) -> object:
        if left[0] and (name != "_run_job" or args[0] == task):
            left[0] -= 1
            await ending()
            raise asyncio.CancelledError
        return await original(*args)

    def broken_subscribe(*args: object) -> object:
        if left[0]:
            left[0] -= 1
            raise asyncio.CancelledError
        return original(*args)

    monkeypatch.setattr(owner, name, broken_subscribe if name == "subscribe" else broken)
    house.start(background=True)
    await until(lambda: left[0] == 0)
    client = client_for(house)

    async def ready() -> bool:
        return bool((await client.get("/readyz")).is_success)

    await until(ready)
    await house.database.write(emit_numbered, 2)
    await until(lambda: sample("running", task) == 1)


@ON_SQLITE
async def test_a_house_at_work_shows_each_of_its_tasks(open_house: OpenHouse) -> None:
    house = await open_house(reading(Handling()))
    house.start(background=True)
    assert {task: sample("running", task) for task in TASKS} == dict.fromkeys(TASKS, 1)


@ON_SQLITE
async def test_lag_is_not_shown_while_nothing_is_subscribed(
    open_house: OpenHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await open_house(reading(Handling()))
    house.start(background=True)

    def lag() -> float | None:
        return REGISTRY.get_sample_value("shouxian_consumer_lag_records", {"house": "probe"})

    await until(lambda: house.consumer._subscription is not None)
    await house._measure_once()
    assert lag() == 0
    moment = REGISTRY.get_sample_value("shouxian_measured_timestamp_seconds", {"house": "probe"})

    def away(*_: object) -> None:
        raise TransportUnavailable("away")

    monkeypatch.setattr(house.transport, "subscribe", away)
    assert house.consumer._subscription is not None
    monkeypatch.setattr(house.consumer._subscription, "poll", away)
    await until(lambda: house.consumer._subscription is None)
    with pytest.raises(TransportUnavailable):
        await house._measure_once()
    assert lag() is None
    assert REGISTRY.get_sample_value("shouxian_measured_timestamp_seconds", {"house": "probe"}) == moment


@ON_SQLITE
async def test_the_api_shows_how_far_the_readers_are_though_none_of_them_lives(
    open_house: OpenHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the embedded bus the positions stand in the database of the house: no reader has to be asked."""
    house = await open_house(reading(Handling()))
    monkeypatch.setattr(house.consumer, "_house", "assistance")
    event = risk_raised()
    await house.database.write(emit, event, event, event)
    await house.relay.publish_pending()
    await house.consumer.measure_from_outside()

    def shown(name: str) -> float | None:
        return REGISTRY.get_sample_value(f"shouxian_group_lag_{name}", {"house": "assistance"})

    assert shown("records") == 3
    assert (shown("seconds") or 0) > 0
    assert await house.database.read(effects) == []


@ON_SQLITE
async def test_an_api_looks_after_the_readers_of_its_house_where_there_are_any(open_house: OpenHouse) -> None:
    house = await open_house(reading(Handling()))
    house.start(background=False)
    assert sample("running", "measure-readers") == 1
    await house.background.stop()
    alone = await open_house(PROBE)
    alone.start(background=False)
    assert sample("running", "measure-readers") is None
