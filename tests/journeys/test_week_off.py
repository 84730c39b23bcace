"""A province that follows the feeds, is away for a week in which processes die, comes back, and missed nothing."""

import asyncio
import datetime as dt
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from shared.contracts.catalogue import topic_of
from tests.builders import household, illness_fact
from tests.journeys.conftest import StartSetUp
from tests.journeys.listener import CODE, Listener, listening
from tests.journeys.set_ups import HOUSES, Caller, SetUp
from tests.journeys.story import Story

PATIENCE = 60.0
BEFORE, MEANWHILE, ILL, NEXT = "AT-HOME", "WEEK-OFF", "ILL", "NEXT"
KEPT_DAYS = 30


@dataclass
class Province:
    """A client that keeps what the feeds tell and where it stands in each."""

    caller: Caller
    heard: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    places: dict[str, str | None] = field(default_factory=dict)

    async def catch_up(self) -> None:
        """Read every feed to its end."""
        for house in HOUSES:
            while (page := await self._ask(house))["items"]:
                self.heard[house] += page["items"]
                self.places[house] = page["next"]

    async def waits(self, house: str) -> list[dict[str, Any]]:
        """What one long poll brings."""
        page = await self._ask(house, wait=30)
        self.places[house] = page["next"]
        self.heard[house] += page["items"]
        items: list[dict[str, Any]] = page["items"]
        return items

    async def _ask(self, house: str, wait: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = await self.caller.get(self.path(house, wait))
        return found

    def path(self, house: str, wait: int = 0) -> str:
        """What it asks of a feed."""
        after = self.places.get(house)
        return f"/{house}/v1/changes?wait={wait}" + (f"&after={after}" if after else "")


async def days_pass(set_up: SetUp, days: int) -> None:
    """Every process dies, and is back when so many days have gone by since the beginning."""
    for name, role in set_up.roles.items():
        set_up.kill(name)
        set_up.roles[name] = replace(role, ahead=dt.timedelta(days=days))
    await set_up.start_all()


async def published(set_up: SetUp) -> dict[str, dict[str, list[str]]]:
    """What each house published about each subject, in order."""
    return {
        house: _by_subject((event.key, str(event.event_id)) for event in await set_up.bus.events(topic_of(house)))
        for house in HOUSES
    }


def _by_subject(told: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Ids by subject, in order, each once."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for subject, event_id in told:
        found[subject].setdefault(event_id)
    return {subject: list(ids) for subject, ids in found.items()}


def heard_by(province: Province) -> dict[str, dict[str, list[str]]]:
    return {house: _by_subject((item["subject"], item["id"]) for item in province.heard[house]) for house in HOUSES}


async def test_a_province_that_was_off_for_a_week_missed_nothing(start_set_up: StartSetUp) -> None:
    set_up = await start_set_up()
    async with set_up.caller() as caller:
        province = Province(caller)
        await Story(caller, BEFORE).tell()
        await set_up.settled(PATIENCE)
        await province.catch_up()
        assert heard_by(province) == await published(set_up)
        left_at = dict(province.places)
        await Story(caller, MEANWHILE).tell()
        await days_pass(set_up, 3)
        await somebody_falls_ill(caller)
        await days_pass(set_up, 7)
        await set_up.settled(PATIENCE)
        await province.catch_up()
        assert {MEANWHILE, ILL} <= set(heard_by(province)["assistance"])
        assert heard_by(province) == await published(set_up)
        await it_waits_and_is_told_of_the_next_change_at_once(province)
        await days_pass(set_up, 7 + KEPT_DAYS + 1)
        await who_stands_where_nothing_is_kept_is_told_to_begin_again(caller, Province(caller, places=left_at))


async def test_a_province_whose_receiver_was_off_for_a_week_is_told_of_everything(start_set_up: StartSetUp) -> None:
    """After three days its webhooks are paused; it takes them up, and what was given up comes as well, in order."""
    set_up = await start_set_up()
    async with set_up.caller() as caller, listening(set_up, calm=True) as listener:
        await Story(caller, BEFORE).tell()
        await set_up.settled(PATIENCE)
        await told(listener, await published(set_up))
        await listener.kill()
        await Story(caller, MEANWHILE).tell()
        await set_up.settled(PATIENCE)
        await all_webhooks(caller, "failing")
        await days_pass(set_up, 4)
        await all_webhooks(caller, "paused")
        await somebody_falls_ill(caller)
        await days_pass(set_up, 7)
        await set_up.settled(PATIENCE)
        before = listener.taken()
        await listener.start(calm=True)
        await all_webhooks(caller, "paused")
        assert listener.taken() == before
        await listener.subscribe(caller, list(HOUSES))
        await told(listener, await published(set_up))


async def told(listener: Listener, expected: dict[str, dict[str, list[str]]]) -> None:
    """Wait until the receiver has all of this, each subject in order."""
    deadline = time.monotonic() + PATIENCE
    while (heard := {house: listener.heard_of(house) for house in HOUSES}) != expected:
        assert time.monotonic() < deadline, (heard, expected)
        await asyncio.sleep(0.1)


async def all_webhooks(caller: Caller, state: str) -> None:
    """Wait until the webhooks of all houses are in this state."""
    deadline = time.monotonic() + PATIENCE
    for house in HOUSES:
        while (shown := await caller.get(f"/{house}/v1/webhooks/{CODE}"))["state"] != state:
            assert time.monotonic() < deadline, shown
            await asyncio.sleep(0.1)


async def somebody_falls_ill(caller: Caller) -> None:
    for path, method, body in (
        (f"/monitoring/v1/households/{ILL}", "PUT", household()),
        ("/monitoring/v1/facts", "POST", illness_fact() | {"household_code": ILL}),
    ):
        answer = await caller.insist(method, path, body)
        assert answer.status_code == httpx.codes.CREATED, answer.text


async def it_waits_and_is_told_of_the_next_change_at_once(province: Province) -> None:
    waiting = asyncio.create_task(province.waits("monitoring"))
    await province.caller.insist("PUT", f"/monitoring/v1/households/{NEXT}", household())
    [item] = await waiting
    assert (item["type"], item["subject"]) == ("monitoring.household-registered.v1", NEXT)


async def who_stands_where_nothing_is_kept_is_told_to_begin_again(caller: Caller, late: Province) -> None:
    deadline = time.monotonic() + PATIENCE
    while (answer := await caller.insist("GET", late.path("monitoring"))).is_success:
        assert time.monotonic() < deadline, "what is older than the days kept is still there"
        await asyncio.sleep(0.1)
    assert (answer.status_code, answer.json()["type"]) == (httpx.codes.GONE, "urn:problem:monitoring:cursor-expired")
    again = Province(caller)
    await again.catch_up()
    assert [item["subject"] for item in again.heard["monitoring"]] == [NEXT], "the newest is always kept"
