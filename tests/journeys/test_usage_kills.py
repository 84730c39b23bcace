"""What clients used is counted behind the answers: a kill loses the last seconds of it, and doubles nothing."""

import asyncio
import time

from tests.journeys.conftest import StartSetUp
from tests.journeys.set_ups import HOUSES, Caller, SetUp

PATIENCE = 60.0
WRITTEN, UNWRITTEN, KILLS = 20, 7, 3


async def test_a_kill_loses_what_was_not_written_yet_and_doubles_nothing(start_set_up: StartSetUp) -> None:
    set_up = await start_set_up(houses={"monitoring": HOUSES["monitoring"]})
    name = set_up.api_of("monitoring")
    async with set_up.caller() as caller:
        kept = 0
        for _ in range(KILLS):
            await ask(caller, WRITTEN)
            await counted(set_up, kept + WRITTEN)
            await ask(caller, UNWRITTEN)
            set_up.kill(name)
            set_up.start(name)
            await set_up.ready()
            before, kept = kept + WRITTEN, await used(set_up)
            assert before <= kept <= before + UNWRITTEN


async def ask(caller: Caller, times: int) -> None:
    for _ in range(times):
        answer = await caller.call("GET", "/monitoring/v1/risks")
        assert answer.is_success, answer.text


async def used(set_up: SetUp) -> int:
    """Requests of the group, over all days."""
    rows = await set_up.rows("monitoring", "client_usage")
    return sum(row["requests"] for row in rows if (row["client_id"], row["route_group"]) == ("province", "risks"))


async def counted(set_up: SetUp, number: int) -> None:
    """Wait until so many are written down."""
    deadline = time.monotonic() + PATIENCE
    while (found := await used(set_up)) != number:
        assert time.monotonic() < deadline, f"{found} are written, not {number}"
        await asyncio.sleep(0.1)
