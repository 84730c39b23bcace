"""Connections are handed on in the order in which they are asked for: nobody waits until all others are done."""

import asyncio

import pytest

from shared.connections import Limits
from shared.db.database import Database
from shared.house import House
from tests.conftest import OpenHouse
from tests.mechanism.probe import ON_POSTGRESQL, PROBE, until

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
