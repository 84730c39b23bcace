"""What the limits of a client's record add to its requests: one who has them beside one who has none, in turns."""

import time

from services.monitoring.app import MONITORING
from shared.runtime import migrate_all, open_process, running
from shared.settings import Settings
from tests.load import aims
from tests.load.client import percentile
from tests.load.feed import Reader
from tests.load.figures import Figure, Rounds

_REQUESTS = 1500
_PER_MINUTE = 60_000
"""Granted to whoever has limits, so that a lease is renewed as often as by a client of a thousand requests a second."""


async def limits(section: str, settings: Settings, rounds: int) -> list[Figure]:
    """Measure the same small request of both on a house of its own."""
    await migrate_all([MONITORING], settings)
    async with running(open_process([MONITORING], settings), background=False) as process:
        free = Reader(process, "free")
        limited = Reader(process, "limited", per_minute=_PER_MINUTE, per_day=_PER_MINUTE * 1000)
        measured = Rounds()
        for place in range(rounds + 1):
            taken: dict[str, list[float]] = {"free": [], "limited": []}
            for _ in range(_REQUESTS):
                taken["free"].append(await _milliseconds(free))
                taken["limited"].append(await _milliseconds(limited))
            medians = {name: percentile(found, 50) for name, found in taken.items()}
            slow = {f"{name} p99": percentile(found, 99) for name, found in taken.items()}
            measured.add_round(place, medians | slow | {"added": medians["limited"] - medians["free"]})
    path, without = "a request of a client with limits, {}", "without limits"
    return [
        Figure(section, path.format("p50, added"), "ms", measured["added"], aim=aims.LIMITS),
        Figure(section, path.format("p50"), "ms", measured["limited"], measured["free"], without),
        Figure(section, path.format("p99"), "ms", measured["limited p99"], measured["free p99"], without),
    ]


async def _milliseconds(reader: Reader) -> float:
    begun = time.perf_counter()
    await reader.read_bytes()
    return (time.perf_counter() - begun) * 1000
