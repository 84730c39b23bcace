"""Trying a webhook: a message that tells of nothing, sent now, and what came of it."""

import asyncio
import datetime as dt
import json
from collections.abc import Sequence
from typing import Final, NamedTuple

from standardwebhooks import Webhook

from shared.hooks.addresses import Reach
from shared.hooks.calling import Outcome, Receiver
from shared.hooks.signing import headers
from shared.ids import new_id

_AT_ONCE: Final = asyncio.Semaphore(8)
"""So many are tried at a time; others wait for their turn."""


class Tried(NamedTuple):
    """What came of a trial."""

    message_id: str
    outcome: Outcome
    seconds: float


def trial_type(house: str) -> str:
    """The type of a message that tells of nothing."""
    return f"{house}.webhook-test.v1"


async def try_webhook(house: str, code: str, url: str, secrets: Sequence[str], now: dt.datetime, reach: Reach) -> Tried:
    """Send a message of the type `trial_type`, formed and signed like every other."""
    message_id = str(new_id())
    item = {
        "id": message_id,
        "type": trial_type(house),
        "time": f"{now:%Y-%m-%dT%H:%M:%S.%fZ}",
        "subject": code,
        "region_code": "",
        "data": {},
    }
    body = json.dumps(item, separators=(",", ":"))
    receiver = Receiver(url, reach)
    async with _AT_ONCE:
        begun = asyncio.get_running_loop().time()
        try:
            signed = headers([Webhook(secret) for secret in secrets], message_id, now, body)
            outcome = await receiver.send(signed, body, now)
        finally:
            await receiver.aclose()
        return Tried(message_id, outcome, round(asyncio.get_running_loop().time() - begun, 3))
