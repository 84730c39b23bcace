"""The event path: consumer, relay and the embedded log, each beside what the bare client does."""

import datetime as dt
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, closing
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from pydantic_core import from_json

from deploy.distributed import PARTITIONS
from services.assistance.app import ASSISTANCE
from services.monitoring.app import MONITORING
from shared.bus.consumer import Consumer
from shared.bus.embedded import EmbeddedTransport
from shared.bus.inbox import store_positions
from shared.bus.interface import Record, Subscription, TopicPartition
from shared.bus.kafka import KafkaTransport
from shared.bus.relay import Relay
from shared.contracts.catalogue import topic_of
from shared.contracts.envelope import EncodedEvent
from shared.db.database import Database
from shared.db.unit_of_work import UnitOfWork
from tests.load import aims
from tests.load.bare import (
    WINDOW,
    Copied,
    Copying,
    append_log,
    chunks,
    consume_and_copy_rows,
    copy_rows,
    full_sqlite,
    read_log,
    send_window,
)
from tests.load.events import TOPIC, risk_events
from tests.load.figures import Figure, Rounds
from tests.load.stage import Servers, connect, database

_POLL_SECONDS = 1.0
_OWNED = topic_of("monitoring")
"""Where these events belong: on any other topic no house would have written them, and the consumer sets them aside."""


async def consumer(started: Servers, rounds: int, number: int) -> list[Figure]:
    """Assistance's consumer, to tasks on PostgreSQL, beside COPY of the same rows into the same tables once more.

    Both from Kafka, and both without it.
    """
    await started.kafka.create_topics([TOPIC], PARTITIONS)
    measured = Rounds()
    async with AsyncExitStack() as stack:
        transport = KafkaTransport(started.kafka.bootstrap, client_id="bench")
        stack.push_async_callback(transport.close)
        assistance = database(ASSISTANCE, started.postgres.url("consumer_assistance"))
        stack.push_async_callback(assistance.close)
        applier = Consumer("assistance", assistance, transport, ASSISTANCE.handlers)
        subscription = transport.subscribe("bench-consumer", [TOPIC])
        await subscription.start({})
        stack.push_async_callback(subscription.stop)
        reader = await _reader(stack, started, "bench-copy")
        connection = await connect(started.postgres.url("consumer_assistance"))
        stack.push_async_callback(connection.close)
        for place in range(rounds + 1):
            events = risk_events(2 * place * number, 2 * number)
            for part in chunks(events[:number], WINDOW):
                await transport.publish(part)
            rates = {"consume": await _consume(applier, subscription, number)}
            copying = Copying(connection, await _rows_once_more(connection, number))
            rates["copy"] = await consume_and_copy_rows(reader, copying, number)
            rates["apply"] = await _apply(applier, events[number:])
            copying = Copying(connection, await _rows_once_more(connection, number))
            rates["bare copy"] = await copy_rows(copying, number)
            measured.add_round(place, rates)
    path, limit = "consumer with inbox and tasks, {} → PostgreSQL", "COPY of the same rows"
    with_kafka, without = path.format("Kafka"), path.format("records")
    return [
        Figure(
            "c",
            with_kafka,
            "/s",
            measured["consume"],
            measured["copy"],
            f"getmany(500) + {limit}",
            aims.CONSUMER_WITH_KAFKA,
        ),
        Figure("c", without, "/s", measured["apply"], measured["bare copy"], limit, aims.CONSUMER),
    ]


async def _apply(applier: Consumer, events: Sequence[EncodedEvent]) -> float:
    """Events a second, without a bus: 500 a transaction."""
    now = dt.datetime.now(dt.UTC)
    records = [
        Record(_OWNED, 0, place, event.key, event.headers, event.value, now) for place, event in enumerate(events)
    ]
    started = time.perf_counter()
    for part in chunks(records, WINDOW):
        await applier.apply_batch(part)
    return len(events) / (time.perf_counter() - started)


async def _reader(stack: AsyncExitStack, started: Servers, group: str) -> AIOKafkaConsumer:
    reader = AIOKafkaConsumer(
        TOPIC,
        bootstrap_servers=started.kafka.bootstrap,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await reader.start()
    stack.push_async_callback(reader.stop)
    return reader


_WRITTEN = {"task": "opened_at", "procedure_step": "at", "inbox": "applied_at", "audit": "seq", "outbox": "seq"}
"""The tables of a task that is opened, and what orders their rows by age."""
_NEW: Mapping[str, Callable[[Any], Any]] = {
    "id": lambda _: uuid4(),
    "thing_id": lambda _: uuid4(),
    "event_id": lambda _: uuid4(),
    "household_code": lambda code: f"{code}-again",
}


async def _rows_once_more(connection: Any, number: int) -> list[Copied]:
    """The rows that were written last, under new keys."""
    found = []
    for table, age in _WRITTEN.items():
        rows = await connection.fetch(f"SELECT * FROM {table} ORDER BY {age} DESC LIMIT {number}")
        columns = tuple([name for name in dict(rows[0]) if name != "seq"])
        copied = [tuple([_NEW[name](row[name]) if name in _NEW else row[name] for name in columns]) for row in rows]
        found.append(Copied(table, columns, copied))
    return found


async def _consume(applier: Consumer, subscription: Subscription, number: int) -> float:
    left, started = number, time.perf_counter()
    while left > 0:
        records = await subscription.poll(WINDOW, _POLL_SECONDS)
        if records:
            await applier.apply_batch([record._replace(topic=_OWNED) for record in records])
            await subscription.commit({record.source: record.offset + 1 for record in records})
        left -= len(records)
    return number / (time.perf_counter() - started)


async def relay(started: Servers, rounds: int, number: int) -> list[Figure]:
    """Monitoring's relay from a filled outbox, beside the same events with 500 in flight."""
    await started.kafka.create_topics([TOPIC], PARTITIONS)
    measured = Rounds()
    async with AsyncExitStack() as stack:
        monitoring = database(MONITORING, started.postgres.url("relay_monitoring"))
        stack.push_async_callback(monitoring.close)
        transport = KafkaTransport(started.kafka.bootstrap, client_id="bench")
        stack.push_async_callback(transport.close)
        producer = AIOKafkaProducer(
            bootstrap_servers=started.kafka.bootstrap,
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            max_batch_size=65536,
            compression_type="lz4",
        )
        await producer.start()
        stack.push_async_callback(producer.stop)
        publisher = Relay("monitoring", monitoring, transport)
        for place in range(rounds + 1):
            events = risk_events(0, number)
            await monitoring.write(_fill_outbox, events)
            measured.add_round(
                place, {"send": await send_window(producer, events), "relay": await _drain(publisher, number)}
            )
    limit = "windowed send, 500 in flight"
    return [Figure("c", "relay, PostgreSQL → Kafka", "/s", measured["relay"], measured["send"], limit, aims.RELAY)]


def _fill_outbox(uow: UnitOfWork, events: Sequence[EncodedEvent]) -> None:
    uow.emitted.extend(events)


async def _drain(publisher: Relay, number: int) -> float:
    started = time.perf_counter()
    while await publisher.publish_pending():
        pass
    return number / (time.perf_counter() - started)


async def log(template: Path, folder: Path, rounds: int, number: int) -> list[Figure]:
    """The embedded log, beside `executemany` into such a table and SELECT with JSON parsing."""
    shutil.copytree(template, folder)
    assistance = database(ASSISTANCE, f"sqlite:///{folder}/assistance.sqlite")
    async with AsyncExitStack() as stack:
        stack.push_async_callback(assistance.close)
        ours = await _open_log(stack, folder / "log.sqlite")
        await _open_log(stack, folder / "bare.sqlite")
        subscription = ours.subscribe("bench", [TOPIC])
        await subscription.start({})
        stack.push_async_callback(subscription.stop)
        connection = stack.enter_context(closing(full_sqlite(folder / "bare.sqlite")))
        measured = Rounds()
        for place in range(rounds + 1):
            events = risk_events(0, number)
            rates = {
                "plain append": append_log(connection, events),
                "append": await _publish(ours, events),
                "plain read": read_log(connection, TOPIC, place * number, number),
                "read": await _read(subscription, assistance, number),
            }
            measured.add_round(place, rates)
    many, select = "executemany(1000), FULL", "SELECT 500 + JSON"
    return [
        Figure("c", "embedded log, append", "/s", measured["append"], measured["plain append"], many, aims.LOG_APPEND),
        Figure(
            "c",
            "embedded log, read and keep the position",
            "/s",
            measured["read"],
            measured["plain read"],
            select,
            aims.LOG_READ,
        ),
    ]


async def _open_log(stack: AsyncExitStack, path: Path) -> EmbeddedTransport:
    transport = EmbeddedTransport(path)
    await transport.start()
    stack.push_async_callback(transport.close)
    return transport


async def _publish(transport: EmbeddedTransport, events: Sequence[EncodedEvent]) -> float:
    started = time.perf_counter()
    for part in chunks(events, WINDOW):
        await transport.publish(part)
    return len(events) / (time.perf_counter() - started)


async def _read(subscription: Subscription, assistance: Database, number: int) -> float:
    left, started = number, time.perf_counter()
    while left > 0:
        records = await subscription.poll(WINDOW, _POLL_SECONDS)
        for record in records:
            from_json(record.value)
        await assistance.write(store_positions, {TopicPartition(TOPIC, 0): records[-1].offset + 1})
        left -= len(records)
    return number / (time.perf_counter() - started)
