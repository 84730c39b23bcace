"""From the outbox to the bus: in order per key, nothing lost, one relay at a time."""

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator, Sequence

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from shared.bus.embedded import EmbeddedTransport
from shared.bus.interface import Kept, Lag, Positions, Record, Subscription, Transport, TransportUnavailable
from shared.bus.relay import Relay
from shared.contracts.envelope import EncodedEvent
from shared.db.database import Database
from shared.db.unit_of_work import OUTBOX_CHANNEL, UnitOfWork
from shared.house import House
from tests.builders import waiting_events
from tests.conftest import OpenHouse
from tests.mechanism.probe import (
    BOUND_SECONDS,
    ON_POSTGRESQL,
    ON_SQLITE,
    PROBE,
    count_up,
    emit_everything,
    emit_numbered,
    explode,
    until,
)

TOPIC = "monitoring.events"


class Outage:
    """A real transport behind a switch: off, it takes nothing; `deaf`, it takes and forgets to say so."""

    keeps_positions = False

    def __init__(self, transport: EmbeddedTransport) -> None:
        self._transport = transport
        self.off = False
        self.deaf = False
        self.refused = 0

    async def start(self) -> None:
        await self._transport.start()

    async def publish(self, events: Sequence[EncodedEvent]) -> None:
        if self.off:
            self.refused += 1
            raise TransportUnavailable("off")
        await self._transport.publish(events)
        if self.deaf:
            self.refused += 1
            raise TransportUnavailable("the acknowledgement was lost")

    def subscribe(self, group: str, topics: Sequence[str]) -> Subscription:
        return self._transport.subscribe(group, topics)

    async def ready(self) -> bool:
        return not self.off

    async def close(self) -> None:
        await self._transport.close()

    @property
    def log_id(self) -> str:
        return self._transport.log_id

    async def group_lag(self, group: str, topics: Sequence[str], positions: Positions) -> Lag:
        return await self._transport.group_lag(group, topics, positions)

    async def trim(self, topic: str, readers: Sequence[str], before: dt.datetime) -> int:
        return await self._transport.trim(topic, readers, before)

    async def kept(self, topics: Sequence[str]) -> Kept:
        return await self._transport.kept(topics)


@contextlib.asynccontextmanager
async def relaying(database: Database, transport: Transport) -> AsyncIterator[Relay]:
    """A relay at work, as `House.start` begins it; cancelled at the end, as a crash would."""
    relay = Relay("monitoring", database, transport)
    database.on_commit(relay.wake)
    task = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    return await open_house(PROBE)


@pytest.fixture
async def other(house: House) -> AsyncIterator[Database]:
    """The same database as another process has it."""
    database = Database(house.settings.database_url_of(PROBE.name), house.database.resources)
    yield database
    await database.close()


async def outbox_is_empty(house: House) -> bool:
    return await waiting_events(house) == []


async def published(transport: Transport, at_least: int) -> list[Record]:
    """Everything on the bus, once so much is there."""
    subscription = transport.subscribe("reader", [TOPIC])
    await subscription.start({})
    records: list[Record] = []
    async with asyncio.timeout(BOUND_SECONDS):
        while len(records) < at_least:
            records += await subscription.poll(500, 1.0)
        while more := await subscription.poll(500, 0.1):
            records += more
    await subscription.stop()
    return records


def versions(records: Sequence[Record], household: str = "DJ-0001") -> list[int]:
    return [
        int(record.value.partition(b'"version":')[2].partition(b",")[0])
        for record in records
        if record.key == household
    ]


async def test_what_is_emitted_is_published_in_order_and_forgotten(house: House) -> None:
    async with relaying(house.database, house.transport):
        for start in range(1, 60, 3):
            await house.database.write(emit_numbered, 3, start)
        await until(lambda: outbox_is_empty(house))
    assert versions(await published(house.transport, 60)) == list(range(1, 61))


async def test_concurrent_commits_reach_the_bus_in_the_order_of_their_key(house: House) -> None:
    async with relaying(house.database, house.transport):

        async def one_household(name: str) -> None:
            for version in range(1, 16):
                await house.database.write(emit_numbered, 1, version, name)

        names = [f"DJ-{number:04d}" for number in range(8)]
        await asyncio.gather(*(one_household(name) for name in names))
        await until(lambda: outbox_is_empty(house))
    records = await published(house.transport, 8 * 15)
    for name in names:
        assert versions(records, name) == list(range(1, 16))


async def test_what_was_left_by_the_last_run_goes_first(house: House) -> None:
    await house.database.write(emit_numbered, 3)
    async with relaying(house.database, house.transport):
        await house.database.write(emit_numbered, 2, 4)
        await until(lambda: outbox_is_empty(house))
    assert versions(await published(house.transport, 5)) == [1, 2, 3, 4, 5]


async def test_a_rolled_back_event_is_never_published(house: House) -> None:
    async with relaying(house.database, house.transport):
        with pytest.raises(RuntimeError):
            await house.database.write(explode)
        await house.database.write(emit_everything, "kept")
        await until(lambda: outbox_is_empty(house))
    assert [record.key for record in await published(house.transport, 1)] == ["kept"]


async def test_an_outage_of_the_bus_is_waited_out(house: House, bus: EmbeddedTransport) -> None:
    transport = Outage(bus)
    async with relaying(house.database, transport):
        await house.database.write(emit_numbered, 2)
        await until(lambda: outbox_is_empty(house))
        transport.off = True
        for version in range(3, 8):
            await house.database.write(emit_numbered, 1, version)
        await until(lambda: transport.refused >= 2)
        assert [event.data.version for event in await waiting_events(house)] == [3, 4, 5, 6, 7]
        transport.off = False
        await until(lambda: outbox_is_empty(house))
    assert versions(await published(bus, 7)) == [1, 2, 3, 4, 5, 6, 7]


async def test_a_crash_between_publishing_and_forgetting_repeats_and_loses_nothing(
    house: House, bus: EmbeddedTransport
) -> None:
    await house.database.write(emit_numbered, 4)
    transport = Outage(bus)
    transport.deaf = True
    async with relaying(house.database, transport):
        await until(lambda: transport.refused >= 1)
    assert len(await waiting_events(house)) == 4, "nobody heard that they are on the bus"
    taken: list[EncodedEvent] = []
    repeats = Counting(bus, taken)
    async with relaying(house.database, repeats):
        await until(lambda: outbox_is_empty(house))
    records = await published(bus, 4)
    assert [str(event.event_id) for event in taken] == [record.event_id for record in records], "the same ids again"
    assert versions(records) == [1, 2, 3, 4], "this bus knows a repeat by its id"


class Counting(Outage):
    """Keeps what it was given."""

    def __init__(self, transport: EmbeddedTransport, taken: list[EncodedEvent]) -> None:
        super().__init__(transport)
        self._taken = taken

    async def publish(self, events: Sequence[EncodedEvent]) -> None:
        self._taken += events
        await super().publish(events)


async def test_trouble_nobody_foresaw_does_not_end_the_relay(house: House, bus: EmbeddedTransport) -> None:
    class Surprise(Outage):
        async def publish(self, events: Sequence[EncodedEvent]) -> None:
            if self.refused == 0:
                self.refused += 1
                raise RuntimeError("nobody foresaw this")
            await super().publish(events)

    await house.database.write(emit_numbered, 3)
    async with relaying(house.database, Surprise(bus)):
        await until(lambda: outbox_is_empty(house))
    assert versions(await published(bus, 3)) == [1, 2, 3]


async def test_of_two_relays_one_works_and_the_other_takes_over(house: House, other: Database) -> None:
    async with contextlib.AsyncExitStack() as later:
        async with relaying(other, house.transport) as working:
            await until(lambda: working.active)
            waiting = await later.enter_async_context(relaying(house.database, house.transport))
            await house.database.write(emit_numbered, 3)
            await until(lambda: outbox_is_empty(house))
            assert (working.active, waiting.active) == (True, False)
        await until(lambda: waiting.active)
        assert not working.active
        await house.database.write(emit_numbered, 3, 4)
        await until(lambda: outbox_is_empty(house))
    assert versions(await published(house.transport, 6)) == [1, 2, 3, 4, 5, 6]


@ON_SQLITE
async def test_commits_of_another_process_on_the_same_file_are_published(house: House, other: Database) -> None:
    async with relaying(house.database, house.transport) as relay:
        await until(lambda: relay.active)
        await other.write(emit_numbered, 2)
        await until(lambda: outbox_is_empty(house))
    assert versions(await published(house.transport, 2)) == [1, 2]


@ON_POSTGRESQL
async def test_a_commit_calls_the_relay_of_another_process(house: House, other: Database) -> None:
    calls: list[object] = []
    engine = create_async_engine(house.database.url, poolclass=sa.NullPool)
    async with engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        await driver.add_listener(OUTBOX_CHANNEL, lambda *call: calls.append(call))
        await other.write(count_up, "silent")
        await other.write(emit_numbered, 1)
        await until(lambda: calls)
    assert len(calls) == 1, "only a commit with events calls"


@ON_POSTGRESQL
async def test_the_relay_of_another_process_publishes(house: House, other: Database) -> None:
    async with relaying(house.database, house.transport) as relay:
        await until(lambda: relay.active)
        for version in range(1, 6):
            await other.write(emit_numbered, 1, version)
        await until(lambda: outbox_is_empty(house))
    assert versions(await published(house.transport, 5)) == [1, 2, 3, 4, 5]


def cut_the_holder(uow: UnitOfWork) -> None:
    """End the connection that holds the right to relay."""
    uow.connection.exec_driver_sql(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )


@ON_POSTGRESQL
async def test_a_relay_that_lost_its_connection_asks_for_the_right_again(house: House, other: Database) -> None:
    async with relaying(house.database, house.transport) as relay:
        await until(lambda: relay.active)
        await other.write(cut_the_holder)
        await until(lambda: not relay.active)
        await house.database.write(emit_numbered, 3)
        await until(lambda: outbox_is_empty(house))
        assert relay.active
    assert versions(await published(house.transport, 3)) == [1, 2, 3]


@ON_POSTGRESQL
async def test_a_relay_without_its_connection_has_no_right_beside_the_next_one(house: House, other: Database) -> None:
    async with relaying(house.database, house.transport) as first, relaying(other, house.transport) as second:
        await until(lambda: first.active != second.active)
        await other.write(cut_the_holder)
        await house.database.write(emit_numbered, 3)
        await until(lambda: outbox_is_empty(house))
        await until(lambda: first.active != second.active)
    assert versions(await published(house.transport, 3)) == [1, 2, 3]
