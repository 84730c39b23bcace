"""The sender as another process that is killed again and again: each change comes at least once, and in order."""

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.bus.embedded import EmbeddedTransport
from shared.clock import SystemClock
from shared.db.database import Database
from shared.house import House
from shared.policy.loader import PolicyBook
from shared.security.tokens import TokenVerifier
from shared.settings import Environment, Settings
from tests.builders import TODAY
from tests.conftest import ClientFor, OpenHouse
from tests.mechanism.probe import PROBE, emit_numbered, rows_of, until
from tests.receiver import Receivers, receiving

HOUSEHOLDS, VERSIONS = 8, 30
KILLED_AFTER = (1, 25, 60, 110, 170)
"""How many messages the receiver has when the sender is killed."""
forks = multiprocessing.get_context("forkserver")
forks.set_forkserver_preload(["tests.mechanism.test_webhook_kills"])


def send_for_ever(data: Path, database_url: str) -> None:
    asyncio.run(_send(data, database_url))


async def _send(data: Path, database_url: str) -> None:
    settings = Settings(env=Environment.DEVELOPMENT, data=data, database_url=database_url, database_lock_seconds=8)
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
def a_sender(house: House) -> Iterator[None]:
    """A sender that is killed when the block ends."""
    process = forks.Process(target=send_for_ever, args=(house.settings.data, house.settings.database_url), daemon=True)
    process.start()
    try:
        yield
    finally:
        process.kill()
        process.join()


async def write_all(database: Database) -> None:
    """Version by version, as houses work: on PostgreSQL the sender's process enters them in the feed."""
    for version in range(1, VERSIONS + 1):
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
        answer = await client.put("/probe/v1/webhooks/mine", json={"url": receivers.url_of("a")})
        assert answer.status_code == 201, answer.text
        await receivers.knows("a", answer.json()["secret"])
        await receivers.answers("a", *[{"status": 204}, {"status": 204}, {"status": 503}] * 6, {"status": 204})
        writing = asyncio.create_task(write_all(house.database))
        for number in KILLED_AFTER:
            with a_sender(house):
                await got_at_least(receivers, number)
        await writing

        async def all_are_delivered() -> bool:
            rows = await house.database.read(rows_of, "webhook_delivery")
            return [row["status"] for row in rows] == ["delivered"] * (HOUSEHOLDS * VERSIONS)

        with a_sender(house):
            await until(all_are_delivered)
        messages = await receivers.got("a")
    assert all(message["known_by"] == [0] for message in messages)
    arrived = first_arrivals(messages)
    for number in range(HOUSEHOLDS):
        mine = [item["data"]["version"] for item in arrived if item["subject"] == f"DJ-{number:04d}"]
        assert mine == list(range(1, VERSIONS + 1))
