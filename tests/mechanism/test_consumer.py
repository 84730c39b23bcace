"""Events of other houses have their effect once, in order, and a record that cannot be applied stands alone."""

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from shared.bus.consumer import Consumer
from shared.bus.dead_letters import count_dead_letters
from shared.bus.inbox import stored_positions
from shared.bus.interface import TopicPartition
from shared.bus.poison import DEAD_IN_A_ROW
from shared.codes.employment import PlacementEndReason
from shared.contracts.assistance import TaskClosed
from shared.contracts.employment import PlacementEnded
from shared.contracts.envelope import EncodedEvent, Event
from shared.db.unit_of_work import UnitOfWork
from shared.house import House
from tests.builders import REGION, TODAY, published_as, risk_cleared, risk_raised, risk_updated
from tests.conftest import ClientFor, OpenHouse
from tests.logged import Logged
from tests.mechanism.probe import PROBE, Handling, effects, reader_of, record_of, rows_of, until

TOPIC = "monitoring.events"


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    return await open_house(PROBE)


@pytest.fixture
def handling() -> Handling:
    return Handling()


@contextlib.asynccontextmanager
async def consuming(consumer: Consumer) -> AsyncIterator[Consumer]:
    """The reader at work, as `House.start` begins it; cancelled at the end, as a crash would."""
    task = asyncio.create_task(consumer.run())
    try:
        yield consumer
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def raised(*versions: int, household: str = "DJ-0001") -> list[EncodedEvent]:
    return [published_as(risk_raised(version=version, household_code=household)) for version in versions]


def garbage(key: str = "DJ-0001", **headers: str) -> EncodedEvent:
    good = published_as(risk_raised(household_code=key))
    return EncodedEvent(good.event_id, good.topic, key, {**good.headers, **headers}, b"{not json")


async def applied(house: House) -> list[int]:
    return [version for _, version in await house.database.read(effects)]


async def settled(house: House, records: int) -> bool:
    """Whether the reader went past so many records of the log, whatever became of each."""
    return (await house.database.read(stored_positions)).get(TopicPartition(TOPIC, 0), 1) > records


async def test_events_are_applied_in_order(house: House, handling: Handling) -> None:
    await house.transport.publish(raised(*range(1, 41)))
    async with consuming(reader_of(house, handling)):
        await until(lambda: settled(house, 40))
    assert await applied(house) == list(range(1, 41))


async def test_an_event_published_again_has_one_effect(house: House, handling: Handling) -> None:
    events = raised(1, 2, 3)
    await reader_of(house, handling).apply_batch([record_of(event) for event in (*events, *events)])
    await reader_of(house, handling).apply_batch([record_of(event) for event in reversed(events)])
    assert await applied(house) == [1, 2, 3]


async def test_reading_again_from_the_start_changes_nothing(house: House, handling: Handling) -> None:
    await house.transport.publish(raised(1, 2, 3))
    async with consuming(reader_of(house, handling)):
        await until(lambda: settled(house, 3))

    def forget_positions(uow: UnitOfWork) -> None:
        uow.connection.execute(sa.delete(uow.system_tables.bus_position))

    await house.database.write(forget_positions)
    async with consuming(reader_of(house, handling)):
        await until(lambda: settled(house, 3))
    assert await applied(house) == [1, 2, 3]
    assert len(await house.database.read(rows_of, "inbox")) == 3


async def test_two_readers_given_the_same_events_apply_them_once(house: House, handling: Handling) -> None:
    records = [record_of(event) for event in raised(*range(1, 21))]
    await asyncio.gather(*(reader_of(house, handling).apply_batch(records) for _ in range(4)))
    assert await applied(house) == list(range(1, 21))


async def test_effect_and_position_stand_together(house: House, handling: Handling) -> None:
    """A crash right after the commit goes on behind the effect; one right before it does everything again."""
    await house.transport.publish(raised(1, 2))
    async with consuming(reader_of(house, handling)):
        await until(lambda: settled(house, 2))
    calls = handling.calls
    await house.transport.publish(raised(3))
    async with consuming(reader_of(house, handling)):
        await until(lambda: settled(house, 3))
    assert handling.calls == calls + 1
    assert await applied(house) == [1, 2, 3]


async def test_what_an_effect_emits_is_rolled_back_with_it(house: House) -> None:
    def emit_then_fail(uow: UnitOfWork, events: Sequence[Event[Any]]) -> None:
        for event in events:
            uow.emit(risk_updated(version=event.data.version), region=REGION, context=event.caused())
            uow.audit("reacted", event.data.household_code)
        raise ValueError("after all of it")

    consumer = Consumer("assistance", house.database, house.transport, {"monitoring.risk-raised.v1": emit_then_fail})
    await house.transport.publish(raised(1))
    async with consuming(consumer):
        await until(lambda: settled(house, 1))
    assert await house.database.read(rows_of, "outbox") == []
    assert await house.database.read(rows_of, "audit") == []
    assert await house.database.read(rows_of, "inbox") == []


async def test_a_poison_record_is_set_aside_alone_with_its_bytes(
    house: House, handling: Handling, logged: Logged
) -> None:
    handling.poison = {3}
    events = [published_as(risk_raised(version=n, household_code=f"DJ-000{n}")) for n in range(1, 6)]
    await house.transport.publish(events)
    async with consuming(reader_of(house, handling)):
        await until(lambda: settled(house, 5))
    assert await applied(house) == [1, 2, 4, 5]
    [letter] = await house.database.read(rows_of, "dead_letter")
    assert (letter["state"], letter["event_type"], letter["attempts"]) == ("dead", "monitoring.risk-raised.v1", 1)
    assert (letter["value"], letter["headers"]) == (events[2].value, dict(events[2].headers))
    assert letter["event_id"] == str(events[2].event_id)
    told = logged.lines("event.dead")
    assert [line["correlation_id"] for line in told] == [events[2].headers["ce_correlationid"]]


async def test_an_unreadable_record_is_set_aside_and_the_others_go_on(house: House, handling: Handling) -> None:
    broken = [
        garbage("DJ-0001"),
        garbage("DJ-0002", ce_specversion="0.3"),
        garbage("DJ-0003", ce_id="no uuid"),
        garbage("DJ-0004", ce_time="yesterday"),
    ]
    await house.transport.publish([*broken, *raised(1, household="DJ-0009")])
    async with consuming(reader_of(house, handling)):
        await until(lambda: settled(house, 5))
    assert await applied(house) == [1]
    letters = await house.database.read(rows_of, "dead_letter")
    assert [letter["value"] for letter in letters] == [b"{not json"] * 4
    assert [letter["state"] for letter in letters] == ["dead", "foreign", "foreign", "foreign"]
    assert letters[0]["error"].startswith("UnreadableEvent: ")
    assert all(letter["error"].startswith("ForeignRecord: ") for letter in letters[1:])


async def test_later_events_of_a_poisoned_key_wait_and_are_applied_in_order_after_the_replay(
    house: House, handling: Handling, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    handling.poison = {2}
    await house.transport.publish(
        [*raised(1, 2, 3), *raised(7, household="DJ-0002"), *raised(4), published_as(risk_cleared(version=5))]
    )
    consumer = reader_of(house, handling)
    async with consuming(consumer):
        await until(lambda: settled(house, 6))
    assert await house.database.read(effects) == [("DJ-0001", 1), ("DJ-0002", 7)]
    assert await house.database.read(count_dead_letters) == {"dead": 1, "parked": 3}

    await house.transport.publish(raised(6))
    async with consuming(consumer):
        await until(lambda: settled(house, 7))
    assert await house.database.read(count_dead_letters) == {"dead": 1, "parked": 4}

    handling.poison = set()
    monkeypatch.setattr(house, "consumer", consumer)
    [dead] = [row for row in await house.database.read(rows_of, "dead_letter") if row["state"] == "dead"]
    answer = await client_for(house).post(
        "/probe/v1/dead-letters/replay", json={"ids": [str(dead["id"])], "dry_run": False}
    )
    assert [item["outcome"] for item in answer.json()["items"]] == ["applied"]
    assert await house.database.read(effects) == [
        ("DJ-0001", 1),
        ("DJ-0002", 7),
        *[("DJ-0001", version) for version in range(2, 7)],
    ]
    assert await house.database.read(rows_of, "dead_letter") == []


async def test_trouble_that_may_pass_makes_no_dead_letter(house: House) -> None:
    handling, troubles = Handling(), [3]

    def troubled(uow: UnitOfWork, events: Sequence[Event[Any]]) -> None:
        handling(uow, events)
        if troubles[0] > 0:
            troubles[0] -= 1
            raise sa.exc.OperationalError("INSERT", {}, Exception("database is locked"))

    consumer = Consumer("assistance", house.database, house.transport, dict.fromkeys(handling.handlers, troubled))
    await house.transport.publish(raised(1, 2, 3))
    async with consuming(consumer):
        await until(lambda: settled(house, 3))
    assert troubles == [0]
    assert await applied(house) == [1, 2, 3]
    assert await house.database.read(rows_of, "dead_letter") == []


async def test_trouble_after_some_single_records_goes_on_where_it_came(house: House) -> None:
    """A poison record makes the batch go one by one; a lock in the middle of that repeats no effect."""
    handling = Handling()
    handling.poison = {2}
    locked = [True]

    def troubled(uow: UnitOfWork, events: Sequence[Event[Any]]) -> None:
        handling(uow, events)
        if locked[0] and [event.data.version for event in events] == [3]:
            locked[0] = False
            raise sa.exc.OperationalError("INSERT", {}, Exception("database is locked"))

    consumer = Consumer("assistance", house.database, house.transport, dict.fromkeys(handling.handlers, troubled))
    await house.transport.publish(
        [published_as(risk_raised(version=n, household_code=f"DJ-000{n}")) for n in range(1, 5)]
    )
    async with consuming(consumer):
        await until(lambda: settled(house, 4))
    assert await applied(house) == [1, 3, 4]
    assert await house.database.read(count_dead_letters) == {"dead": 1, "parked": 0}


async def test_what_nobody_expected_of_the_log_is_told_with_its_trace_and_waited_out(
    house: House, handling: Handling, logged: Logged, tmp_path: Path
) -> None:
    [event] = raised(1)
    await house.transport.publish([event])

    def write_headers(text: str) -> None:
        with contextlib.closing(sqlite3.connect(tmp_path / "bus.sqlite", isolation_level=None)) as log:
            log.execute("UPDATE log SET headers = ?", (text,))

    write_headers("{torn")
    async with consuming(reader_of(house, handling)):
        await until(lambda: logged.lines("consumer.failed"))
        await until(lambda: logged.lines("consumer.waits"))
        write_headers(json.dumps(dict(event.headers)))
        await until(lambda: settled(house, 1))
    assert await applied(house) == [1]
    failed, waits = logged.lines("consumer.failed")[0], logged.lines("consumer.waits")[0]
    assert (failed["level"], failed["house"]) == ("error", "assistance")
    assert "Traceback" in failed["exception"]
    assert (waits["cause"], waits["error"]) == ("error", "ValueError")


async def test_types_nobody_here_reads_are_passed_by(house: House, handling: Handling) -> None:
    """Placements are read by monitoring alone."""
    ended = PlacementEnded(
        placement_id=uuid4(),
        household_code="DJ-0001",
        region_code=REGION,
        member_no=1,
        ended_on=TODAY,
        reason=PlacementEndReason.DISMISSED,
        last_earner=False,
    )
    await house.transport.publish([published_as(ended), *raised(1)])
    async with consuming(reader_of(house, handling)):
        await until(lambda: settled(house, 1))
    assert await applied(house) == [1]
    assert await house.database.read(rows_of, "dead_letter") == []


async def test_a_flood_of_poison_stops_the_reader_and_readiness_says_so(
    house: House, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch, logged: Logged
) -> None:
    await house.transport.publish([garbage(f"DJ-{number:04d}") for number in range(DEAD_IN_A_ROW)])
    consumer = reader_of(house, Handling())
    monkeypatch.setattr(house, "consumer", consumer)
    client = client_for(house)
    assert (await client.get("/readyz")).status_code == 200
    async with asyncio.timeout(30):
        await consumer.run()
    assert consumer.halted
    assert "consumer.halted" in [line["event"] for line in logged.lines()]
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()["not_ready"]) == (503, {"probe": ["consumer halted"]})
    assert (await client.get("/healthz")).status_code == 200
    letters = await house.database.read(rows_of, "dead_letter")
    assert len(letters) == DEAD_IN_A_ROW
    assert {letter["attempts"] for letter in letters} == {1}
    assert all(letter["error"].startswith("UnreadableEvent: ") for letter in letters)


async def test_a_good_record_between_them_keeps_the_reader_going(house: House, handling: Handling) -> None:
    handling.poison = {2}
    consumer = reader_of(house, handling)
    for number in range(DEAD_IN_A_ROW + 5):
        await house.transport.publish(raised(1 + number % 2, household=f"DJ-{number:04d}"))
    async with consuming(consumer):
        await until(lambda: settled(house, DEAD_IN_A_ROW + 5))
    assert not consumer.halted


async def test_what_follows_from_an_event_names_it_as_the_cause(house: House) -> None:
    def react(uow: UnitOfWork, events: Sequence[Event[Any]]) -> None:
        for event in events:
            uow.emit(
                TaskClosed(
                    task_id=uuid4(),
                    risk_id=event.data.risk_id,
                    household_code=event.data.household_code,
                    region_code=event.data.region_code,
                    kind=event.data.kind,
                    episode=event.data.episode,
                    verdict=None,
                    closed_by="cause_gone",
                    closed_on=TODAY,
                ),
                region=event.region,
                context=event.caused(),
            )

    [event] = raised(1)
    consumer = Consumer("assistance", house.database, house.transport, {"monitoring.risk-raised.v1": react})
    await consumer.apply_batch([record_of(event)])
    [row] = await house.database.read(rows_of, "outbox")
    assert row["headers"]["ce_causationid"] == str(event.event_id)
    assert row["headers"]["ce_correlationid"] == event.headers["ce_correlationid"]
    before, after = event.headers["ce_traceparent"].split("-"), row["headers"]["ce_traceparent"].split("-")
    assert before[1] == after[1], "one trace"
    assert before[2] != after[2], "another span"
