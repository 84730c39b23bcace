"""What others wait while the facts of a flood come: 5,000 households of one county struck at once 突发灾害."""

from concurrent.futures import ThreadPoolExecutor
from typing import Final

from tests.load import aims
from tests.load.client import Answered, Kind, percentile
from tests.load.figures import Figure, Rounds
from tests.load.over_http import FACTS
from tests.load.stage import Stage

STRUCK: Final = 5_000
_RATE: Final = 50.0
_OTHERS: Final = 8
_SECONDS: Final = {"idle": 5.0, "flood": 20.0, "flood-batch": 10.0}
"""How long the others go on; longer than a flood takes."""
_WARM_UP: Final = 10.0
"""The roll of the day goes through all households first."""
_WAYS: Final[tuple[tuple[Kind, int, str], ...]] = (
    ("flood", 8, "one by one, by eight clients"),
    ("flood-batch", 1, "in batches of 500"),
)


def beside_flood(section: str, stage: Stage, rounds: int) -> list[Figure]:
    """The p99 of facts of income at a steady rate, with nothing beside them and while a flood comes."""
    measured = Rounds()
    first = 0
    stage.load(FACTS, "income", _WARM_UP, _OTHERS, rate=_RATE, settle=False)
    for _ in range(rounds):
        idle = stage.load(FACTS, "income", _SECONDS["idle"], _OTHERS, rate=_RATE, settle=False)
        measured.add("idle", percentile(idle.milliseconds, 99))
        for kind, clients, _ in _WAYS:
            first = _one_flood(stage, kind, clients, first, measured)
    return [
        Figure(
            section,
            f"a fact of income at {_RATE:.0f}/s while {STRUCK:,} of a flood come {how}, p99",
            "ms",
            measured[kind],
            measured["idle"],
            "while none come",
            aims.FLOOD_P99,
        )
        for kind, _, how in _WAYS
    ]


def _one_flood(stage: Stage, kind: Kind, clients: int, first: int, measured: Rounds) -> int:
    """Tell of a flood; returns the first household that it did not strike."""
    last = first + STRUCK
    with ThreadPoolExecutor(1) as pool:
        others = pool.submit(stage.load, FACTS, "income", _SECONDS[kind], _OTHERS, rate=_RATE, settle=False)
        flood = stage.load(FACTS, kind, _SECONDS[kind], clients, settle=False, households=(first, last))
        waited = _meanwhile(others.result(), flood)
    assert flood.told == STRUCK, "the whole flood has come"
    measured.add(kind, percentile(waited, 99))
    return last


def _meanwhile(others: Answered, flood: Answered) -> list[float]:
    """How long the requests of others took that were due while the flood came."""
    began = min(sent for _, sent, _ in flood.samples)
    ended = max(done for _, _, done in flood.samples)
    return [(done - due) / 1e6 for _, due, done in others.samples if began <= due <= ended]
