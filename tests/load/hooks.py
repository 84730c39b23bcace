"""Webhooks: how many changes a second reach a fast receiver while ten dead ones are subscribed, and how soon one does.

The limit is the same messages, signed and sent over as many connections by the same client, with nothing read and
nothing written down.
"""

import asyncio
import time
from collections.abc import Sequence

from standardwebhooks import Webhook

from services.monitoring.app import MONITORING
from shared.clock import SystemClock
from shared.context import new_context
from shared.contracts.changes import change_of
from shared.contracts.envelope import EncodedEvent, encode
from shared.db.changes import enter_changes
from shared.db.database import Database
from shared.db.unit_of_work import UnitOfWork
from shared.hooks.addresses import Reach
from shared.hooks.calling import AT_ONCE, Receiver
from shared.hooks.commands import Asked, put_webhook
from shared.hooks.signing import headers, new_secret
from shared.house import House
from shared.runtime import migrate_all, open_process, running
from shared.security.actor import Actor
from shared.settings import Settings
from tests.load import aims
from tests.load.county import REGION
from tests.load.events import risk_raised
from tests.load.figures import Figure, Rounds
from tests.receiver import HANG, Receivers, receiving

MESSAGES = 2_000
_DEAD = 10
_ONE_BY_ONE = 60
_HOUSEHOLDS = 500
_LOOK_SECONDS = 0.02


async def hooks(section: str, settings: Settings, rounds: int) -> list[Figure]:
    """Measure both on a house of its own."""
    await migrate_all([MONITORING], settings)
    async with receiving() as receivers, running(open_process([MONITORING], settings), background=True) as process:
        [house] = process.houses
        for number in range(_DEAD):
            await receivers.answers(f"dead-{number}", HANG)
            await _subscribe(house, f"dead-{number}", receivers.url_of(f"dead-{number}"))
        await _subscribe(house, "fast", receivers.url_of("fast"))
        measured = Rounds()
        for place in range(rounds + 1):
            rates = {"bare": await _bare(receivers, place), "webhooks": await _sent(house.database, receivers)}
            measured.add_round(place, rates)
        soon = [await _one(house, receivers) for _ in range(_ONE_BY_ONE)]
    path = f"webhooks, to a fast receiver beside {_DEAD} dead ones"
    limit = f"the same over {AT_ONCE} connections, nothing kept"
    return [
        Figure(section, path, "/s", measured["webhooks"], aim=aims.WEBHOOKS),
        Figure(section, "the same", "/s", measured["webhooks"], measured["bare"], limit, aims.WEBHOOKS_OF_BARE),
        Figure(section, "commit → webhook delivered", "ms", soon, aim=aims.WEBHOOK_P50),
    ]


async def _subscribe(house: House, code: str, url: str) -> None:
    owner = Actor(code, frozenset({"monitoring:read"}), ("52",))
    await house.database.write(put_webhook, "bench", Asked(url, [], True, None, code), actor=owner)


def _events(first: int, number: int) -> list[EncodedEvent]:
    now, households = SystemClock().now(), range(first, first + number)
    return [
        encode(risk_raised(place % _HOUSEHOLDS), region=REGION, time=now, context=new_context()) for place in households
    ]


def _enter(uow: UnitOfWork, events: Sequence[EncodedEvent]) -> None:
    uow.entered += enter_changes(uow.connection, uow.system_tables.change, events)


async def _sent(database: Database, receivers: Receivers) -> float:
    """Messages a second from the commit of all to the arrival of the last."""
    before = len(await receivers.arrived("fast"))
    events = _events(0, MESSAGES)
    await database.write(_enter, events)
    begun = time.monotonic()
    return MESSAGES / (await _arrival(receivers, before + MESSAGES) - begun)


async def _arrival(receivers: Receivers, number: int) -> float:
    """When the message of this number came; it is waited for."""
    while not (arrived := await receivers.arrived("fast", number - 1)):
        await asyncio.sleep(_LOOK_SECONDS)
    return arrived[0]


async def _bare(receivers: Receivers, place: int) -> float:
    """The same messages by the same client."""
    name = f"bare-{place}"
    receiver, signing = Receiver(receivers.url_of(name), Reach(development=True)), [Webhook(new_secret())]
    bodies = iter([(str(event.event_id), change_of(event).item) for event in _events(0, MESSAGES)])
    clock = SystemClock()

    async def send() -> None:
        for message_id, body in bodies:
            now = clock.now()
            outcome = await receiver.send(headers(signing, message_id, now, body), body, now)
            assert outcome.delivered

    begun = time.monotonic()
    await asyncio.gather(*(send() for _ in range(AT_ONCE)))
    rate = MESSAGES / (time.monotonic() - begun)
    await receiver.aclose()
    return rate


async def _one(house: House, receivers: Receivers) -> float:
    """Milliseconds from a commit to the arrival of its change."""
    before = len(await receivers.arrived("fast"))
    await house.database.write(lambda uow: uow.emit(risk_raised(1), region=REGION))
    committed = time.monotonic()
    return (await _arrival(receivers, before + 1) - committed) * 1000
