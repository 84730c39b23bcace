"""The real servers answer, and a broker which is killed keeps what it acknowledged."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.local import kafka, postgres
from deploy.local.kafka import KafkaCluster
from deploy.local.ports import free_ports
from deploy.local.postgres import PostgresServer
from tests.real_parts import REQUIRE_REAL, require_or_skip

ANSWER_SECONDS = 30


async def query(address: str, statement: str) -> list[object]:
    engine = create_async_engine(address)
    try:
        async with engine.begin() as connection:
            result = await connection.execute(text(statement))
            return list(result.scalars()) if result.returns_rows else []
    finally:
        await engine.dispose()


async def produce(cluster: KafkaCluster, topic: str, value: bytes) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=cluster.bootstrap, enable_idempotence=True)
    await producer.start()
    try:
        await producer.send_and_wait(topic, value, key=b"520626001001")
    finally:
        await producer.stop()


async def consume(cluster: KafkaCluster, topic: str, count: int) -> list[bytes | None]:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=cluster.bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return [(await consumer.getone()).value for _ in range(count)]
    finally:
        await consumer.stop()


def new_topic() -> str:
    return f"probe-{uuid.uuid4().hex}.events"


async def test_postgres_answers(postgres_server: PostgresServer) -> None:
    assert await query(postgres_server.url(), "select 1") == [1]


async def test_databases_are_created_once(postgres_server: PostgresServer) -> None:
    names = [f"probe_{uuid.uuid4().hex}", f"Probe-{uuid.uuid4().hex}"]
    await postgres_server.create_databases(names[:1])
    await query(postgres_server.url(names[0]), "create table kept (value int)")

    await postgres_server.create_databases(names)

    assert await query(postgres_server.url(names[0]), "select count(*) from kept") == [0]
    assert await query(postgres_server.url(names[1]), "select current_database()") == [names[1]]


async def test_postgres_in_a_given_directory_finds_its_data_again() -> None:
    require_or_skip(postgres.unavailable_reason())
    # The folder is PostgreSQL's own; a parent only its owner may enter would lock out the account it runs as.
    with PostgresServer.start() as parent:
        directory = parent.directory / "durable"
        with PostgresServer.start(directory, durable=True) as first:
            await query(first.url(), "create table kept as select 42 as value")
            assert await query(first.url(), "show fsync") == ["on"]
        with PostgresServer.start(directory, durable=True) as second:
            assert await query(second.url(), "select value from kept") == [42]
    assert not parent.directory.exists()


def test_postgres_command_runs_until_interrupted() -> None:
    require_or_skip(postgres.unavailable_reason())
    with subprocess.Popen(
        [sys.executable, "-m", "deploy.local.postgres"], stdout=subprocess.PIPE, text=True
    ) as command:
        assert command.stdout is not None
        address = command.stdout.readline().strip()
        assert asyncio.run(query(address, "select 1")) == [1]
        command.send_signal(signal.SIGINT)
        assert command.wait(ANSWER_SECONDS) == 0
    with pytest.raises(OSError, match=re.compile("refused|connect call failed", re.IGNORECASE)):
        asyncio.run(query(address, "select 1"))


async def test_broker_takes_and_gives_a_record(kafka_cluster: KafkaCluster) -> None:
    topic = new_topic()
    await kafka_cluster.create_topics([topic], partitions=2)
    await produce(kafka_cluster, topic, b"one")
    assert await consume(kafka_cluster, topic, 1) == [b"one"]


async def test_creating_a_topic_again_keeps_its_records(kafka_cluster: KafkaCluster) -> None:
    topic = new_topic()
    await kafka_cluster.create_topics([topic], partitions=1)
    await produce(kafka_cluster, topic, b"kept")
    await kafka_cluster.create_topics([topic], partitions=1)
    assert await consume(kafka_cluster, topic, 1) == [b"kept"]


async def test_killed_broker_keeps_what_it_acknowledged(kafka_cluster: KafkaCluster) -> None:
    topic = new_topic()
    await kafka_cluster.create_topics([topic], partitions=1)
    await produce(kafka_cluster, topic, b"before")

    await asyncio.to_thread(kafka_cluster.kill, 1)
    assert not kafka_cluster.running
    await asyncio.to_thread(kafka_cluster.restart, 1)

    await produce(kafka_cluster, topic, b"after")
    assert await consume(kafka_cluster, topic, 2) == [b"before", b"after"]


def test_free_ports_differ_and_stay_clear_of_outgoing_connections() -> None:
    ports = free_ports(20)
    assert len(set(ports)) == 20
    outgoing = Path("/proc/sys/net/ipv4/ip_local_port_range")
    if outgoing.exists():
        assert max(ports) < int(outgoing.read_text().split()[0])


def test_missing_part_skips_or_fails_as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(REQUIRE_REAL, raising=False)
    with pytest.raises(pytest.skip.Exception, match="no server here"):
        require_or_skip("no server here")
    monkeypatch.setitem(os.environ, REQUIRE_REAL, "1")
    with pytest.raises(pytest.fail.Exception, match="no server here"):
        require_or_skip("no server here")


def test_a_cluster_id_may_begin_with_a_dash(tmp_path: Path) -> None:
    require_or_skip(kafka.unavailable_reason())
    (tmp_path / "cluster-id").write_text("-AAAAAAAAAAAAAAAAAAAAA")
    with KafkaCluster.start(directory=tmp_path) as cluster:
        assert cluster.running
