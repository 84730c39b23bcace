"""A receiver of the webhooks of all houses, as another process: it refuses, hangs, hangs up, and is killed at times.

It writes a line of what it takes before it answers: what it had taken is known after each of its deaths. With `calm` it
takes everything.
"""

import asyncio
import contextlib
import json
import os
import random
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import httpx

from deploy.local.ports import LOOPBACK, free_ports
from shared.hooks.signing import new_secret
from tests.journeys.set_ups import Caller, SetUp
from tests.receiver import Answer, Request, is_signed, serve_answers, started

CODE = "crash-test"
REFUSES, HANGS, HANGS_UP = 0.01, 0.01, 0.01
"""How often it answers 500, answers late, or takes a message and closes the connection without an answer."""
LATE_SECONDS = 0.5
TAKEN = 204


class Taken(NamedTuple):
    """A message that was taken."""

    house: str
    event_id: str
    subject: str
    signed: bool


@dataclass
class Listener:
    """The process, from outside."""

    port: int
    kept: Path
    secret: str
    seed: int
    process: asyncio.subprocess.Process | None = None

    async def start(self, *, calm: bool = False) -> None:
        """Start it, and wait until it listens."""
        assert self.process is None, "it runs already"
        words = [str(self.port), str(self.kept), self.secret, str(self.seed), *(["calm"] if calm else [])]
        self.process = await started("tests.journeys.listener", *words)
        self.seed += 1

    async def kill(self) -> None:
        """End it at once, as a crash would."""
        assert self.process is not None
        assert self.process.returncode is None, "it ended by itself"
        self.process.kill()
        await self.process.wait()
        self.process = None

    async def calm_down(self, caller: Caller, houses: Sequence[str]) -> None:
        """From now on it takes everything, and what waits is sent at once."""
        await self.kill()
        await self.start(calm=True)
        await self.subscribe(caller, houses)

    async def subscribe(self, caller: Caller, houses: Sequence[str]) -> None:
        """Have each house tell it everything; where it is subscribed, what waits is sent at once."""
        for house in houses:
            asked = {"url": f"http://{LOOPBACK}:{self.port}/{house}", "secret": self.secret}
            answer = await caller.insist("PUT", f"/{house}/v1/webhooks/{CODE}", asked)
            assert answer.status_code in {httpx.codes.OK, httpx.codes.CREATED}, answer.text

    def taken(self) -> list[Taken]:
        """All that it took, in the order in which it did, repeats too."""
        lines = self.kept.read_text().splitlines() if self.kept.exists() else []
        return [Taken(*json.loads(line)) for line in lines]

    def heard_of(self, house: str) -> dict[str, list[str]]:
        """The ids that a house told of each subject, in the order in which they were first taken."""
        found: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for one in self.taken():
            if one.house == house:
                found[one.subject].setdefault(one.event_id)
        return {subject: list(ids) for subject, ids in found.items()}


@contextlib.asynccontextmanager
async def listening(set_up: SetUp, seed: int = 0, *, calm: bool = False) -> AsyncIterator[Listener]:
    """A listener to which all houses tell everything from now on."""
    [port] = free_ports(1)
    listener = Listener(port, set_up.folder / "taken.jsonl", new_secret(), seed)
    await listener.start(calm=calm)
    try:
        async with set_up.caller() as caller:
            await listener.subscribe(caller, list(set_up.houses))
        yield listener
    finally:
        if listener.process is not None:
            await listener.kill()


async def _listen(port: int, kept: int, secret: str, rng: random.Random | None) -> None:
    async def answer(request: Request) -> Answer:
        mood = 1.0 if rng is None else rng.random()
        if mood < REFUSES:
            return {"status": 500}
        if mood < REFUSES + HANGS:
            await asyncio.sleep(LATE_SECONDS)
        item = json.loads(request.body)
        taken = Taken(request.name, item["id"], item["subject"], is_signed(secret, request.body, request.headers))
        os.write(kept, json.dumps(taken).encode() + b"\n")
        if mood > 1 - HANGS_UP and rng is not None:
            raise ConnectionResetError
        return {"status": TAKEN}

    await serve_answers(port, answer)


def main(port: str, kept: str, secret: str, seed: str, calm: str = "") -> None:
    """Listen until killed."""
    rng = None if calm else random.Random(seed)
    asyncio.run(_listen(int(port), os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_APPEND), secret, rng))


if __name__ == "__main__":
    main(*sys.argv[1:])
