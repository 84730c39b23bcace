"""The real parts of the suite: PostgreSQL, Apache Kafka and Prometheus.

There is one PostgreSQL and one Kafka per session, started when first asked for.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.local import kafka, postgres
from deploy.local.kafka import KafkaCluster, KafkaUnavailableError
from deploy.local.postgres import PostgresServer, PostgresUnavailableError

REQUIRE_REAL = "TESTS_REQUIRE_REAL"
"""Environment variable; set to 1 it turns a missing server into a failure."""


def require_or_skip(reason: str | None) -> None:
    """Skip the asking test when there is a reason to, or fail it where the real parts are required."""
    if reason is None:
        return
    if os.environ.get(REQUIRE_REAL) == "1":
        pytest.fail(f"{REQUIRE_REAL}=1, but: {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    require_or_skip(postgres.unavailable_reason())
    try:
        server = PostgresServer.start()
    except PostgresUnavailableError as error:
        require_or_skip(str(error))
        raise
    with server:
        yield server


@pytest.fixture(scope="session")
def kafka_cluster() -> Iterator[KafkaCluster]:
    """One broker; a test which kills it starts it again before it ends."""
    require_or_skip(kafka.unavailable_reason())
    try:
        cluster = KafkaCluster.start()
    except KafkaUnavailableError as error:
        require_or_skip(str(error))
        raise
    with cluster:
        yield cluster


@dataclass(frozen=True, slots=True)
class Prometheus:
    """The programs of Prometheus, as the distribution packages them."""

    server: Path
    promtool: Path


@pytest.fixture(scope="session")
def prometheus() -> Prometheus:
    server, promtool = shutil.which("prometheus"), shutil.which("promtool")
    if server is None or promtool is None:
        require_or_skip("no prometheus and promtool here (apt-get install --no-install-recommends prometheus)")
        raise AssertionError
    return Prometheus(Path(server), Path(promtool))
