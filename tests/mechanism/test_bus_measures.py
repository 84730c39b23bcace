"""What alerts and dashboards stand on is counted, and orders that are promises hold wherever a row lies."""

import asyncio
import contextlib
import datetime as dt
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY

from shared.bus.consumer import Consumer
from shared.bus.dead_letters import replay, set_aside
from shared.bus.embedded import EmbeddedTransport
from shared.bus.interface import TopicPartition
from shared.bus.poison import DEAD_IN_A_ROW
from shared.bus.relay import pending_events
from shared.codes.operations import DeadLetterState
from shared.contracts.envelope import EncodedEvent
from shared.db.unit_of_work import UnitOfWork
from shared.house import House, HouseDefinition, Job
from tests.builders import published_as, risk_raised
from tests.conftest import OpenHouse
from tests.mechanism.probe import (
    ON_POSTGRESQL,
    ON_SQLITE,
    PROBE,
    Boom,
    Handling,
    effects,
    emit_numbered,
    reader_of,
    record_of,
    rows_of,
    until,
)

RAISED, OVERDUE = "monitoring.risk-raised.v1", "assistance.measure-overdue.v1"


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    return await open_house(PROBE)


def shown(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"shouxian_{name}", labels) or 0


def consumed(outcome: str, event_type: str = RAISED) -> float:
    return shown("events_consumed_total", house="assistance", type=event_type, outcome=outcome)


@contextlib.contextmanager
def grows(read: Any, by: float) -> Any:
    before = read()
    yield
    assert read() - before == by


def raised(*versions: int, household: str = "DJ-0001") -> list[EncodedEvent]:
    return [published_as(risk_raised(version=version, household_code=household)) for version in versions]


@contextlib.asynccontextmanager
async def consuming(consumer: Consumer) -> AsyncIterator[None]:
    task = asyncio.create_task(consumer.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@ON_SQLITE
async def test_records_are_counted_by_what_became_of_them(house: House) -> None:
    consumer, events = reader_of(house, Handling()), raised(1, 2, 3)
    with grows(lambda: consumed("applied"), 3), grows(lambda: consumed("duplicate"), 2):
        await consumer.apply_batch([record_of(event) for event in (*events, *events[:2])])
    nobody = raised(9)[0]
    nobody = nobody._replace(headers={**nobody.headers, "ce_type": OVERDUE, "ce_source": "/services/assistance"})
    nobody = nobody._replace(headers={**nobody.headers, "ce_readers": ""}, topic="assistance.events")
    with grows(lambda: consumed("skipped", OVERDUE), 2):
        await consumer.apply_batch([record_of(nobody)])
        await consumer.apply_batch([record_of(nobody), record_of(raised(4)[0])])


@ON_SQLITE
async def test_what_was_given_up_and_what_waits_behind_it_is_counted_once(house: House) -> None:
    handling = Handling()
    handling.poison = {1}
    await house.transport.publish([*raised(1, 2), *raised(3, household="DJ-0002")])

    outcomes = ("dead", "parked", "applied")
    before = {outcome: consumed(outcome) for outcome in outcomes}

    def counted() -> dict[str, float]:
        return {outcome: consumed(outcome) - before[outcome] for outcome in outcomes}

    async with consuming(reader_of(house, handling)):
        await until(lambda: sum(counted().values()) >= len(outcomes))
    assert counted() == dict.fromkeys(outcomes, 1)
    assert len(await house.database.read(rows_of, "dead_letter")) == 2


@ON_SQLITE
async def test_a_halt_is_shown(house: House) -> None:
    consumer = reader_of(house, Handling())
    await house.transport.publish(
        [event._replace(value=b"{") for n in range(DEAD_IN_A_ROW) for event in raised(1, household=f"DJ-{n}")]
    )
    async with asyncio.timeout(30):
        await consumer.run()
    assert shown("consumer_halted", house="assistance") == 1


@ON_SQLITE
async def test_runs_of_jobs_are_counted_by_how_they_ended(open_house: OpenHouse) -> None:
    def fails(_: UnitOfWork) -> bool:
        raise Boom

    jobs = {"good": Job(0.01, lambda _: False), "bad": Job(0.01, fails)}
    definition = HouseDefinition(**{**{n: getattr(PROBE, n) for n in PROBE.__dataclass_fields__}, "jobs": jobs})

    def runs(job: str, outcome: str) -> float:
        return shown("job_runs_total", house="probe", job_name=job, outcome=outcome)

    before = runs("good", "done"), runs("bad", "failed")
    failed, done = runs("good", "failed"), runs("bad", "done")
    house = await open_house(definition)
    house.start(background=True)
    await until(lambda: runs("good", "done") > before[0] + 1 and runs("bad", "failed") > before[1] + 1)
    assert (runs("good", "failed"), runs("bad", "done")) == (failed, done)


@ON_SQLITE
async def test_the_age_of_the_outbox_is_that_of_its_oldest_event(house: House) -> None:
    await house.database.write(emit_numbered, 3)

    def age(uow: UnitOfWork, seconds: Sequence[int]) -> None:
        outbox, now = uow.system_tables.outbox, uow.now()
        for seq, old in zip(uow.connection.scalars(sa.select(outbox.c.seq)).all(), seconds, strict=True):
            moment = now - dt.timedelta(seconds=old)
            uow.connection.execute(sa.update(outbox).where(outbox.c.seq == seq).values(created_at=moment))

    await house.database.write(age, [100, 500, 200])
    await house._measure_once()
    assert 500 <= shown("outbox_oldest_seconds", house="probe") < 600
    assert shown("outbox_pending", house="probe") == 3


@ON_SQLITE
async def test_events_on_the_bus_are_counted(house: House) -> None:
    await house.database.write(emit_numbered, 4)
    with grows(lambda: shown("events_published_total", house="probe"), 4):
        assert await house.relay.publish_pending() == 4


def moved_to_the_end(uow: UnitOfWork, table: str, column: str) -> None:
    """Write the first row again: PostgreSQL puts it behind the others, and a read without an order finds it last."""
    found = uow.system_tables.outbox.metadata.tables[table]
    first = sa.select(sa.func.min(found.c[column].cast(sa.Text))).scalar_subquery()
    [key] = found.primary_key.columns
    uow.connection.execute(
        sa.update(found).where(found.c[column].cast(sa.Text) == first).values({key.name: key, column: found.c[column]})
    )


@ON_POSTGRESQL
async def test_events_are_published_in_the_order_they_were_written_wherever_their_rows_lie(house: House) -> None:
    await house.database.write(emit_numbered, 5)
    await house.database.write(moved_to_the_end, "outbox", "seq")
    found = await house.database.read(pending_events)
    assert [b'"version":%d' % version in event.value for version, event in enumerate(found, 1)] == [True] * 5


@ON_POSTGRESQL
async def test_letters_are_replayed_in_the_order_they_arrived_wherever_their_rows_lie(house: House) -> None:
    handling = Handling()
    for version in (1, 2, 3):
        record = record_of(raised(version, household=f"DJ-{version}")[0])
        await house.database.write(set_aside, record, DeadLetterState.DEAD, "a bad release")
    ids = [row["id"] for row in await house.database.read(rows_of, "dead_letter")]
    await house.database.write(moved_to_the_end, "dead_letter", "id")
    await house.database.write(replay, ids[::-1], False, reader_of(house, handling).apply_record)
    assert await house.database.read(effects) == [("DJ-1", 1), ("DJ-2", 2), ("DJ-3", 3)]


@ON_POSTGRESQL
async def test_parked_letters_follow_in_the_order_they_arrived_wherever_their_rows_lie(house: House) -> None:
    states = [DeadLetterState.DEAD, DeadLetterState.PARKED, DeadLetterState.PARKED]
    for version, state in enumerate(states, 1):
        await house.database.write(set_aside, record_of(raised(version)[0]), state, "a bad release")
    ids = sorted(row["id"] for row in await house.database.read(rows_of, "dead_letter"))

    def second_row_last(uow: UnitOfWork) -> None:
        letters = uow.system_tables.dead_letter
        uow.connection.execute(sa.update(letters).where(letters.c.id == ids[1]).values(attempts=7))

    await house.database.write(second_row_last)
    await house.database.write(replay, ids[:1], False, reader_of(house, Handling()).apply_record)
    assert await house.database.read(effects) == [("DJ-0001", 1), ("DJ-0001", 2), ("DJ-0001", 3)]


@ON_SQLITE
async def test_lag_is_the_age_of_the_oldest_record_of_whichever_topic(house: House) -> None:
    transport = house.transport
    assert isinstance(transport, EmbeddedTransport)
    topics = ["one.events", "two.events", "three.events"]
    for topic in topics:
        await transport.publish([raised(1)[0]._replace(topic=topic)])
    assert transport._writer is not None
    for topic, age in zip(topics, (100, 900, 300), strict=True):
        transport._writer.execute("UPDATE log SET appended_at = ? WHERE topic = ?", (time.time() - age, topic))
    subscription = transport.subscribe("probe", topics)
    await subscription.start({})
    lag = await subscription.lag()
    await subscription.stop()
    assert (lag.records, 900 <= lag.seconds < 1000) == (3, True)
    outside = await transport.group_lag("probe", topics, {TopicPartition("two.events", 0): 99})
    assert (outside.records, 300 <= outside.seconds < 400) == (2, True)
