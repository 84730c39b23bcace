"""The right to relay is a lease: who hangs loses it within seconds, and who stands by keeps nobody from their work."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
import sqlalchemy as sa

from shared.bus.embedded import EmbeddedTransport
from shared.connections import Limits
from shared.contracts.envelope import EncodedEvent
from shared.db.database import Database
from shared.db.unit_of_work import Reading
from shared.house import House
from tests.conftest import OpenHouse
from tests.mechanism.probe import ON_POSTGRESQL, PROBE, count_up, emit_numbered, until
from tests.mechanism.test_relay import Outage, outbox_is_empty, published, relaying, versions

pytestmark = ON_POSTGRESQL


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    return await open_house(PROBE)


@pytest.fixture
async def other(house: House) -> AsyncIterator[Database]:
    """The same database as a process of little patience has it."""
    url = house.database.url.render_as_string(hide_password=False)
    database = Database(url, house.database.resources, Limits(lease_seconds=2.0))
    yield database
    await database.close()


class Hanging(Outage):
    """A bus at which a publisher hangs."""

    async def publish(self, events: Sequence[EncodedEvent]) -> None:
        self.refused += 1
        await asyncio.Event().wait()


async def test_a_relay_that_hangs_loses_its_right_within_seconds(
    house: House, other: Database, bus: EmbeddedTransport
) -> None:
    hanging = Hanging(bus)
    async with relaying(other, hanging) as first:
        await until(lambda: first.active)
        async with relaying(house.database, bus) as second:
            await house.database.write(emit_numbered, 3)
            await until(lambda: hanging.refused)
            async with asyncio.timeout(8):
                await until(lambda: second.active)
                await until(lambda: outbox_is_empty(house))
    assert versions(await published(bus, 3)) == [1, 2, 3]


async def test_a_relay_that_has_nothing_to_do_keeps_its_right(house: House, other: Database) -> None:
    async with relaying(other, house.transport) as first:
        await until(lambda: first.active)
        async with relaying(house.database, house.transport) as second:
            await asyncio.sleep(3.5)
            assert (first.active, second.active) == (True, False)


def oldest_snapshot(reading: Reading) -> int:
    found = reading.connection.execute(
        sa.text(
            "SELECT max(age(backend_xmin)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
    )
    return found.scalar() or 0


async def test_a_relay_that_stands_by_keeps_no_snapshot(house: House, other: Database) -> None:
    """A snapshot that is kept for days keeps VACUUM from every dead row of the database."""
    async with relaying(other, house.transport) as first:
        await until(lambda: first.active)
        async with relaying(house.database, house.transport) as second:
            await until(lambda: second.turned_at is not None)
            for _ in range(60):
                await house.database.write(count_up, "x")
            ages = [await house.database.read(oldest_snapshot) for _ in range(5)]
            assert not second.active
    assert min(ages) < 10
