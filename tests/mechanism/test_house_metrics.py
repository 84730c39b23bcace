"""What alerts stand on is counted: published events, the oldest in the outbox, jobs done and failed, who waits."""

import asyncio
import datetime as dt
import threading

import sqlalchemy as sa
from prometheus_client import REGISTRY

from shared.db.unit_of_work import UnitOfWork
from shared.house import House, HouseDefinition, Job
from tests.conftest import ClientFor, OpenHouse
from tests.mechanism.probe import (
    BOUND_SECONDS,
    ON_SQLITE,
    PROBE,
    Boom,
    count_many,
    count_up,
    emit_numbered,
    until,
)
from tests.mechanism.test_relay import outbox_is_empty

pytestmark = ON_SQLITE


def shown(name: str, house: str = "probe", **labels: str) -> float:
    return REGISTRY.get_sample_value(f"shouxian_{name}", {"house": house, **labels}) or 0.0


def probe_with(**jobs: Job) -> HouseDefinition:
    return HouseDefinition(
        PROBE.name,
        PROBE.title,
        PROBE.summary,
        PROBE.metadata,
        PROBE.system_tables,
        PROBE.migrations,
        PROBE.router,
        jobs=jobs,
        lanes=PROBE.lanes,
    )


async def test_events_taken_to_the_bus_are_counted(open_house: OpenHouse) -> None:
    house = await open_house(PROBE, background=True)
    before = shown("events_published_total")
    await house.database.write(emit_numbered, 3)
    await until(lambda: outbox_is_empty(house))
    assert shown("events_published_total") - before == 3


async def test_the_age_of_the_outbox_is_that_of_its_oldest_event(open_house: OpenHouse) -> None:
    house = await open_house(PROBE)
    await house.database.write(emit_numbered, 2)

    def make_one_older(uow: UnitOfWork) -> None:
        outbox = uow.system_tables.outbox
        first = sa.select(sa.func.min(outbox.c.seq)).scalar_subquery()
        an_hour_ago = uow.now() - dt.timedelta(hours=1)
        uow.connection.execute(sa.update(outbox).where(outbox.c.seq == first).values(created_at=an_hour_ago))

    await house.database.write(make_one_older)
    house.start(background=False)
    await until(lambda: shown("outbox_oldest_seconds") >= 3600)
    assert shown("outbox_pending") == 2


async def test_jobs_are_counted_by_how_they_ended(open_house: OpenHouse) -> None:
    def well(uow: UnitOfWork) -> bool:
        count_up(uow, "well")
        return False

    def badly(_: UnitOfWork) -> bool:
        raise Boom

    def counted() -> tuple[float, float]:
        done = shown("job_runs_total", job_name="well", outcome="done")
        return done, shown("job_runs_total", job_name="badly", outcome="failed")

    before = counted()
    await open_house(probe_with(well=Job(0.05, well), badly=Job(0.05, badly)), background=True)
    await until(lambda: all(after > earlier for after, earlier in zip(counted(), before, strict=True)))
    assert shown("job_runs_total", job_name="badly", outcome="done") == 0


async def test_a_request_and_a_fact_that_wait_are_shown_while_they_do(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house: House = await open_house(PROBE)
    house.start(background=False)
    client = client_for(house)
    writing, finish = threading.Event(), threading.Event()

    def hold(_: UnitOfWork) -> None:
        writing.set()
        assert finish.wait(BOUND_SECONDS)

    holding = asyncio.create_task(house.database.write(hold))
    await asyncio.to_thread(writing.wait, BOUND_SECONDS)
    asked = asyncio.create_task(client.post("/probe/v1/counters", json={"name": "x"}))
    laned = asyncio.create_task(house.lane(count_many).submit("y"))
    await until(lambda: shown("requests_under_way", "system") == 1)
    await until(lambda: shown("request_oldest_seconds", "system") > 0.2 and shown("lane_oldest_seconds") > 0.2)
    finish.set()
    await asyncio.gather(holding, asked, laned)
    assert [shown(name, "system") for name in ("requests_under_way", "request_oldest_seconds")] == [0, 0]
    assert shown("lane_oldest_seconds") == 0
