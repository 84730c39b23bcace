"""Houses as processes, started both ways: every journey that asks for them is made twice."""

import datetime as dt
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Protocol

import pytest

from deploy.local import kafka
from deploy.local.kafka import KafkaCluster
from deploy.local.postgres import PostgresServer
from shared.house import HouseDefinition
from tests.journeys.set_ups import HOUSES, Launch, SetUp, by_fork, distributed, embedded
from tests.real_parts import require_or_skip


class StartSetUp(Protocol):
    """Starts these houses and waits until they are ready; they are ended with the test.

    With ``at`` their clocks run from this moment; else the business date is that of the tests and stands.
    """

    async def __call__(
        self,
        launch: Launch = by_fork,
        houses: Mapping[str, HouseDefinition] = HOUSES,
        at: dt.datetime | None = None,
    ) -> SetUp: ...


@pytest.fixture(params=["embedded", "distributed"])
async def start_set_up(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[StartSetUp]:
    """One process on the embedded bus; then an api and a worker of each house on Kafka and PostgreSQL."""
    postgres: PostgresServer | None = None
    if request.param == "distributed":
        require_or_skip(kafka.unavailable_reason())
        postgres = request.getfixturevalue("postgres_server")
    async with AsyncExitStack() as stack:

        async def start(
            launch: Launch = by_fork,
            houses: Mapping[str, HouseDefinition] = HOUSES,
            at: dt.datetime | None = None,
        ) -> SetUp:
            if postgres is None:
                way = embedded(tmp_path, launch, houses)
            else:
                cluster = stack.enter_context(KafkaCluster.start())
                way = distributed(tmp_path, postgres, cluster, launch, houses)
            found = await stack.enter_async_context(way)
            if at is not None:
                found.set_clocks(at)
            await found.start_all()
            return found

        yield start
