"""Connections are handed on in the order in which they are asked for: nobody waits until all others are done."""

import asyncio

import pytest
import sqlalchemy as sa

from shared.connections import Limits
from shared.db.database import Database
from shared.house import House
from tests.conftest import OpenHouse
from tests.mechanism.probe import BOUND_SECONDS, ON_POSTGRESQL, PROBE, until

pytestmark = ON_POSTGRESQL
MOST = 500


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    return await open_house(PROBE)


async def test_who_comes_again_and_again_does_not_keep_another_from_its_turn(house: House) -> None:
    url = house.database.url.render_as_string(hide_password=False)
    database = Database(url, house.database.resources, Limits(connections=2))  # one of them for commands
    served: list[str] = []

    async def come(name: str) -> None:
        await database.write(lambda uow: uow.connection.exec_driver_sql("SELECT 1"))
        served.append(name)

    async def come_again_and_again() -> None:
        while "once" not in served and len(served) < MOST:
            await come("again")

    coming = asyncio.create_task(come_again_and_again())
    await until(lambda: served)
    others = len(served)
    await come("once")
    assert served.index("once") <= others + 2
    await coming
    await database.close()


async def test_who_is_called_off_at_whatever_moment_goes(house: House) -> None:
    """A relay went on for ever after it was stopped: the call had come just as it was given a connection."""
    for turns in range(5):
        coming = asyncio.create_task(house.database.write(lambda _: sa.util.await_only(asyncio.Event().wait())))
        for _ in range(turns):
            await asyncio.sleep(0)
        coming.cancel()
        await asyncio.wait([coming], timeout=BOUND_SECONDS)
        assert coming.cancelled()
