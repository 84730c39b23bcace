"""Nothing grows for ever: what is over is removed, what is not stays, and how much there is can be seen."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY

from shared.bus.dead_letters import set_aside
from shared.bus.embedded import EmbeddedTransport
from shared.bus.interface import Record, TopicPartition
from shared.bus.retention import Retention
from shared.codes.operations import DeadLetterState
from shared.contracts.catalogue import topic_of
from shared.db.base import Sealed
from shared.db.unit_of_work import UnitOfWork
from shared.house import House
from tests.builders import published_as, risk_raised
from tests.conftest import OpenHouse
from tests.mechanism.probe import ON_SQLITE, PROBE, emit_everything, record_of, rows_of, until

DAYS = 30
TOPIC = topic_of("monitoring")
PLACE = TopicPartition(TOPIC, 0)


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    return await open_house(PROBE)


@pytest.fixture
def retention(house: House) -> Retention:
    """What monitoring keeps, on the tables of the probe house."""
    return Retention("monitoring", house.database, house.transport, DAYS)


def ago(house: House, **time: float) -> dt.datetime:
    return house.database.resources.clock.now() - dt.timedelta(**time)


def made_at(moment: dt.datetime) -> uuid.UUID:
    """The id of an event that was made then."""
    return uuid.UUID(int=(int(moment.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62) | uuid.uuid4().int >> 68)


def applied(uow: UnitOfWork, moments: Sequence[dt.datetime]) -> None:
    rows = [{"event_id": made_at(moment), "event_type": "t", "applied_at": moment} for moment in moments]
    uow.connection.execute(sa.insert(uow.system_tables.inbox), rows)


def answered(uow: UnitOfWork, moments: Sequence[dt.datetime]) -> None:
    rows = [
        {
            "client_id": "c",
            "key": str(number),
            "request_hash": "h",
            "status": 200,
            "answer": Sealed("k.e30="),
            "created_at": moment,
        }
        for number, moment in enumerate(moments)
    ]
    uow.connection.execute(sa.insert(uow.system_tables.idempotency), rows)


def aged(uow: UnitOfWork, moment: dt.datetime) -> None:
    uow.connection.execute(sa.update(uow.system_tables.dead_letter).values(first_seen_at=moment, last_tried_at=moment))


async def left(house: House, table: str, column: str) -> list[Any]:
    return sorted(row[column] for row in await house.database.read(rows_of, table))


def shown(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(f"shouxian_{name}", {"house": "monitoring", **labels})


async def test_the_inbox_forgets_what_the_bus_has_long_forgotten(house: House, retention: Retention) -> None:
    kept = [ago(house, days=2 * DAYS - 1), ago(house, days=1)]
    await house.database.write(applied, [ago(house, days=2 * DAYS + 1), ago(house, days=400), *kept])
    before = shown("trimmed_rows_total", table="inbox") or 0
    await retention.trim()
    assert await left(house, "inbox", "applied_at") == sorted(kept)
    assert (shown("trimmed_rows_total", table="inbox") or 0) - before == 2
    assert shown("stored_rows", table="inbox") == 2


async def test_the_inbox_keeps_whatever_the_log_could_bring_once_more(house: House, retention: Retention) -> None:
    """A reader of another house is far behind, so that the log still has records of long ago."""
    old = ago(house, days=300)
    event = published_as(risk_raised())
    await house.transport.publish([event._replace(topic=topic_of("assistance"))])
    transport = house.transport
    assert isinstance(transport, EmbeddedTransport)
    assert transport._writer is not None
    transport._writer.execute("UPDATE log SET appended_at = ?", (old.timestamp(),))
    await house.database.write(applied, [ago(house, days=299)])
    await retention.trim()
    assert len(await left(house, "inbox", "applied_at")) == 1


async def test_more_than_one_part_is_removed_in_one_go(house: House, retention: Retention) -> None:
    await house.database.write(applied, [ago(house, days=100, seconds=number) for number in range(4500)])
    await retention.trim()
    assert await left(house, "inbox", "applied_at") == []


async def test_an_answer_is_given_again_for_two_days(house: House, retention: Retention) -> None:
    kept = ago(house, hours=47)
    await house.database.write(answered, [ago(house, hours=49), kept, ago(house, days=30)])
    await retention.trim()
    assert await left(house, "idempotency", "created_at") == [kept]


async def test_strangers_records_are_let_go_and_what_waits_for_somebody_never(
    house: House, retention: Retention
) -> None:
    for number, state in enumerate(DeadLetterState):
        record: Record = record_of(published_as(risk_raised(version=number + 1)))
        await house.database.write(set_aside, record, state, "for some reason")
    await house.database.write(aged, ago(house, days=89))
    await retention.trim()
    assert len(await left(house, "dead_letter", "state")) == len(DeadLetterState)
    await house.database.write(aged, ago(house, days=91))
    await retention.trim()
    assert "foreign" not in await left(house, "dead_letter", "state")
    assert len(await left(house, "dead_letter", "state")) == len(DeadLetterState) - 1


async def test_the_audit_is_never_trimmed(house: House, retention: Retention) -> None:
    await house.database.write(emit_everything, "DJ-0001")

    def long_ago(uow: UnitOfWork, moment: dt.datetime) -> None:
        uow.connection.execute(sa.update(uow.system_tables.audit).values(at=moment))

    await house.database.write(long_ago, ago(house, days=5000))
    await retention.trim()
    assert len(await house.database.read(rows_of, "audit")) == 1
    assert shown("stored_rows", table="audit") == 1


async def in_the_log(transport: EmbeddedTransport) -> int:
    return (await transport.kept([TOPIC])).records


@ON_SQLITE
async def test_the_log_lets_go_what_is_old_and_what_every_reader_has_passed(house: House, retention: Retention) -> None:
    transport = house.transport
    assert isinstance(transport, EmbeddedTransport)
    await transport.publish([published_as(risk_raised(version=version)) for version in range(1, 6)])
    assert transport._writer is not None
    transport._writer.execute('UPDATE log SET appended_at = ? WHERE "offset" <= 4', (ago(house, days=31).timestamp(),))
    readers = ("assistance", "employment", "consumption", "assets")
    for reader, passed in zip(readers, (5, 6, 5, 4), strict=True):
        if reader != "assets":
            await transport.note_passed(reader, {PLACE: passed})
    await retention.trim()
    assert await in_the_log(transport) == 5, "one reader is not known to have passed anything"
    await transport.note_passed("assets", {PLACE: 4})
    await retention.trim()
    assert await in_the_log(transport) == 2
    await transport.note_passed("assets", {PLACE: 6})
    await retention.trim()
    assert await in_the_log(transport) == 1, "the last one is young"
    assert shown("bus_log_records") == 1


@ON_SQLITE
async def test_a_house_at_work_trims_by_itself(open_house: OpenHouse) -> None:
    house = await open_house(PROBE)
    await house.database.write(answered, [house.database.resources.clock.now() - dt.timedelta(days=9)])
    house.start(background=True)

    async def gone() -> bool:
        return not await house.database.read(rows_of, "idempotency")

    await until(gone)
