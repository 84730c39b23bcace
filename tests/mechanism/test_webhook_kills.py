"""The sender as another process that is killed or hangs, or two at once: each change comes at least once, in order."""

import asyncio
import contextlib
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.bus.embedded import EmbeddedTransport
from shared.clock import SystemClock
from shared.codes.operations import DeliveryStatus
from shared.db.database import Database
from shared.db.unit_of_work import Reading
from shared.hooks.sending import Sender
from shared.house import House
from shared.policy.loader import PolicyBook
from shared.security.tokens import TokenVerifier
from shared.settings import Environment, Settings
from tests.builders import TODAY
from tests.conftest import ClientFor, OpenHouse
from tests.mechanism.probe import BOUND_SECONDS, ON_POSTGRESQL, PROBE, emit_numbered, rows_of, until
from tests.receiver import Receivers, receiving

HOUSEHOLDS, VERSIONS = 8, 30
STEP = 9
"""So many versions of each household are written around the time that one sender hangs."""
KILLED_AFTER = (1, 25, 60, 110, 170)
"""How many messages the receiver has when the sender is killed."""
forks = multiprocessing.get_context("forkserver")
forks.set_forkserver_preload(["tests.mechanism.test_webhook_kills"])


def send_for_ever(data: Path, database_url: str) -> None:
    asyncio.run(_send(data, database_url))


async def _send(data: Path, database_url: str) -> None:
    settings = Settings(
        env=Environment.DEVELOPMENT,
        data=data,
        database_url=database_url,
        database_lock_seconds=8,
        relay_lease_seconds=2,
    )
    transport = EmbeddedTransport(data / "bus.sqlite")
    await transport.start()
    key = Ed25519PrivateKey.generate().public_key()
    house = House(
        PROBE,
        settings,
        transport=transport,
        clock=SystemClock(TODAY),
        policy=PolicyBook.load(development=True),
        verifier=TokenVerifier(lambda _: key, issuer=settings.issuer, audience=settings.audience),
    )
    house.start(background=True)
    await asyncio.Event().wait()


@contextmanager
def a_sender(house: House) -> Iterator[BaseProcess]:
    """A sender that is killed when the block ends."""
    process = forks.Process(target=send_for_ever, args=(house.settings.data, house.settings.database_url), daemon=True)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


async def write_all(database: Database, first: int = 1, last: int = VERSIONS) -> None:
    """Version by version, as houses work: on PostgreSQL the sender's process enters them in the feed."""
    for version in range(first, last + 1):
        for number in range(HOUSEHOLDS):
            await database.write(emit_numbered, 1, version, f"DJ-{number:04d}")


def first_arrivals(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What came, without what came again."""
    items = {message["item"]["id"]: message["item"] for message in reversed(messages)}
    return [items[key] for key in dict.fromkeys(message["item"]["id"] for message in messages)]


async def got_at_least(receivers: Receivers, number: int) -> None:
    async def has() -> bool:
        return len(await receivers.got("a")) >= number

    await until(has)


async def test_each_change_comes_at_least_once_and_in_order_however_often_the_sender_is_killed(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_house(PROBE)
    client = client_for(house, scopes=["probe:read"])
    async with receiving() as receivers:
        await subscribe(client, receivers)
        writing = asyncio.create_task(write_all(house.database))
        for number in KILLED_AFTER:
            with a_sender(house):
                await got_at_least(receivers, number)
        await writing

        with a_sender(house):
            await until(lambda: all_are_delivered(house))
        each_came_in_order(await receivers.got("a"))


async def subscribe(client: httpx.AsyncClient, receivers: Receivers) -> None:
    """A receiver that now and then refuses is told of everything."""
    answer = await client.put("/probe/v1/webhooks/mine", json={"url": receivers.url_of("a")})
    assert answer.status_code == 201, answer.text
    await receivers.knows("a", answer.json()["secret"])
    await receivers.answers("a", *[{"status": 204}, {"status": 204}, {"status": 503}] * 6, {"status": 204})


async def all_are_delivered(house: House) -> bool:
    rows = await house.database.read(rows_of, "webhook_delivery")
    return [row["status"] for row in rows] == ["delivered"] * (HOUSEHOLDS * VERSIONS)


def each_came_in_order(messages: list[dict[str, Any]]) -> None:
    assert all(message["known_by"] == [0] for message in messages)
    arrived = first_arrivals([message for message in messages if message["answered"] == httpx.codes.NO_CONTENT])
    for number in range(HOUSEHOLDS):
        mine = [item["data"]["version"] for item in arrived if item["subject"] == f"DJ-{number:04d}"]
        assert mine == list(range(1, VERSIONS + 1))


def passed_over(reading: Reading) -> tuple[int, set[str]]:
    """The place of the webhook, and the changes up to it that are not to be delivered any more."""
    tables = reading.system_tables
    [row] = rows_of(reading, "webhook")
    settled = (DeliveryStatus.DELIVERED, DeliveryStatus.EXHAUSTED)
    unfinished = {one["seq"] for one in rows_of(reading, "webhook_delivery") if one["status"] not in settled}
    rows = reading.connection.execute(sa.select(tables.change.c.seq, tables.change.c.event_id))
    return row["passed"], {str(one.event_id) for one in rows if one.seq <= row["passed"] and one.seq not in unfinished}


async def place_of(house: House, receivers: Receivers) -> int:
    """The place of the webhook, which has passed over nothing that the receiver has not taken."""
    place, over = await house.database.read(passed_over)
    taken = {one["item"]["id"] for one in await receivers.got("a") if one["answered"] == httpx.codes.NO_CONTENT}
    assert over <= taken
    return place


async def test_two_senders_at_once_double_and_neither_lose_nor_pass_over_anything(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    """However long they overlap: neither knows of the other, and both write down what they know."""
    house = await open_house(PROBE)
    client = client_for(house, scopes=["probe:read"])
    async with receiving() as receivers:
        await subscribe(client, receivers)
        house.start(background=True)
        beside = await open_house(PROBE)
        other = Sender("probe", beside.database, beside.owners, beside.reach, lambda: True)
        sending = asyncio.create_task(other.run())
        writing = asyncio.create_task(write_all(house.database))
        places = [0]
        while not (writing.done() and await all_are_delivered(house)):
            places.append(await place_of(house, receivers))
            assert places[-1] >= places[-2]
            assert not sending.done()
        sending.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sending
        messages = await receivers.got("a")
    each_came_in_order(messages)
    assert len(messages) > HOUSEHOLDS * VERSIONS, "both have sent"


@ON_POSTGRESQL
async def test_a_sender_that_hangs_past_its_lease_and_goes_on_beside_the_next_loses_nothing(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_house(PROBE)
    client = client_for(house, scopes=["probe:read"])
    place = 0
    async with receiving() as receivers:
        await subscribe(client, receivers)
        with a_sender(house) as one:
            await write_all(house.database, 1, 1)
            await got_at_least(receivers, 1)
            with a_sender(house) as another:
                for turn, hanging in enumerate((one, another, one)):
                    first = 2 + turn * STEP
                    await write_all(house.database, first, first)
                    await got_at_least(receivers, len(await receivers.got("a")) + 1)
                    async with stopped(hanging, house):
                        await write_all(house.database, first + 1, first + STEP - 1)
                        await got_at_least(receivers, len(await receivers.got("a")) + 1)
                    place_before, place = place, await place_of(house, receivers)
                    assert place >= place_before
                await write_all(house.database, 2 + 3 * STEP)
                await until(lambda: all_are_delivered(house))
                await place_of(house, receivers)
        each_came_in_order(await receivers.got("a"))


@asynccontextmanager
async def stopped(process: BaseProcess, house: House) -> AsyncIterator[None]:
    """The process hangs while the block runs, between two statements: PostgreSQL bounds no wait for the rest of one."""
    assert process.pid is not None
    async with asyncio.timeout(BOUND_SECONDS):
        os.kill(process.pid, signal.SIGSTOP)
        while await house.database.read(statements_under_way):
            os.kill(process.pid, signal.SIGCONT)
            await asyncio.sleep(0.01)
            os.kill(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process.pid, signal.SIGCONT)


def statements_under_way(reading: Reading) -> int:
    """How many sessions are in the midst of a statement, after those that a server is quick with."""
    looks = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'"
        " AND pid <> pg_backend_pid()"
    )
    reading.connection.exec_driver_sql("SELECT pg_sleep(0.05)")
    found: int = reading.connection.exec_driver_sql(looks).scalar_one()
    return found
