"""Facts and wages by HTTP, and the task or the entry in the ledger that each one leads to."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.load import aims
from tests.load.client import BATCH_FACTS, Answered, percentile
from tests.load.figures import Aim, Figure, Rounds
from tests.load.stage import Stage

FACTS, EMPTY, NAIVE = "/monitoring/v1/facts", "/monitoring/v1/empty", "/monitoring/v1/naive"
WAGES = "/employment/v1/wages"
_CONNECTIONS = 32
_BATCH_CONNECTIONS = 2


@dataclass(frozen=True, slots=True)
class Pace:
    """How long and how often everything is measured."""

    rounds: int
    seconds: float
    events: int
    """How many events each round of the event path moves."""
    ill: int
    """How many households of a county wait to be told of an illness."""
    rows: int
    """Rows of a file that is imported."""


FULL_PACE = Pace(rounds=3, seconds=3.0, events=10_000, ill=60_000, rows=500_000)
QUICK_PACE = Pace(rounds=1, seconds=1.5, events=3_000, ill=15_000, rows=20_000)


def singles(section: str, stage: Stage, naive: Stage, pace: Pace, aim: Aim) -> list[Figure]:
    """Single facts beside an empty route of the same app and beside a transaction of the ORM for each."""
    rounds = Rounds()
    _warm_up(stage, naive)
    for _ in range(pace.rounds):
        empty = stage.load(EMPTY, "illness", pace.seconds, _CONNECTIONS, settle=False)
        rounds.add("empty", empty.per_second)
        rounds.add("every", stage.load(FACTS, "illness", pace.seconds, _CONNECTIONS).per_second)
        rounds.add("tenth", stage.load(FACTS, "mixed", pace.seconds, _CONNECTIONS).per_second)
        rounds.add("orm", _naive_rate(naive, pace.seconds))
    every, empty_rounds = rounds["every"], rounds["empty"]
    limit = "empty route"
    return [
        Figure(section, "single facts, each raises an event", "/s", every, empty_rounds, limit, aim),
        Figure(
            section,
            "single facts, each raises an event",
            "/s",
            every,
            rounds["orm"],
            "one ORM transaction a request",
            aims.BESIDE_ORM,
        ),
        Figure(section, "single facts, one in ten raises an event", "/s", rounds["tenth"], empty_rounds, limit),
    ]


def batches(section: str, stage: Stage, pace: Pace, command: Callable[[], float]) -> list[Figure]:
    """Batches of 500 facts by REST, beside the same by command."""
    rounds = Rounds()
    stage.load(FACTS, "batch", 0.5, _BATCH_CONNECTIONS)
    for _ in range(pace.rounds):
        answered = stage.load(FACTS, "batch", pace.seconds, _BATCH_CONNECTIONS)
        rounds.add("rest", answered.per_second * BATCH_FACTS)
        rounds.add("command", command())
    path = "facts in batches of 500, one in ten raises an event, by REST"
    return [Figure(section, path, "/s", rounds["rest"], rounds["command"], "by command", aims.FACTS_BY_REST)]


def latency_alone(section: str, stage: Stage, pace: Pace) -> list[Figure]:
    """One client, one fact after the other: the answer, and the task."""
    rounds = Rounds()
    for _ in range(pace.rounds):
        _add_latency(rounds, stage, stage.load(FACTS, "illness", pace.seconds, 1))
    path, limit = "fact → task, one client, {}", "the POST alone"
    return [
        Figure(section, path.format("p50"), "ms", rounds["effect p50"], rounds["post p50"], limit, aims.TASK_P50),
        Figure(section, path.format("p99"), "ms", rounds["effect p99"], rounds["post p99"], limit, aims.TASK_P99),
    ]


def latency_at(section: str, stage: Stage, pace: Pace, rate: float, aim: Aim | None = None) -> list[Figure]:
    """Facts at a steady rate: how long until the task is there, counted from when each was due to be sent."""
    rounds = Rounds()
    for _ in range(pace.rounds):
        _add_latency(rounds, stage, stage.load(FACTS, "illness", pace.seconds, _CONNECTIONS, rate=rate))
    path = f"fact → task at {rate:.0f} facts/s, "
    limit = "the POST alone"
    figures = [
        Figure(section, f"{path}p{percent}", "ms", rounds[f"effect p{percent}"], rounds[f"post p{percent}"], limit)
        for percent in (50, 95)
    ]
    worst, alone = rounds["effect p99"], rounds["post p99"]
    if aim is None:
        return [*figures, Figure(section, f"{path}p99", "ms", worst, alone, limit)]
    return [*figures, Figure(section, f"{path}p99", "ms", worst, aim=aim)]


def wages(section: str, stage: Stage, pace: Pace, rate: float) -> list[Figure]:
    """Wages of one client one after the other, and at a steady rate: the answer, and the ledger."""
    alone, steady = Rounds(), Rounds()
    stage.load(WAGES, "wage", 0.5, 1)
    for _ in range(pace.rounds):
        _add_latency(alone, stage, stage.load(WAGES, "wage", pace.seconds, 1))
        _add_latency(steady, stage, stage.load(WAGES, "wage", pace.seconds, _CONNECTIONS, rate=rate))
    path, limit = "wage credit → ledger{}, p{}", "the POST alone"
    return [
        Figure(
            section,
            path.format(way, percent),
            "ms",
            rounds[f"effect p{percent}"],
            rounds[f"post p{percent}"],
            limit,
            aims.WAGE,
        )
        for way, rounds in ((", one client", alone), (f" at {rate:.0f} wages/s", steady))
        for percent in (50, 99)
    ]


def _add_latency(rounds: Rounds, stage: Stage, answered: Answered) -> None:
    effects = stage.effects_at()
    to_effect = [(effects[effect] - due) / 1e6 for effect, due, _ in answered.samples]
    for percent in (50, 95, 99):
        rounds.add(f"post p{percent}", percentile(answered.milliseconds, percent))
        rounds.add(f"effect p{percent}", percentile(to_effect, percent))


def _warm_up(stage: Stage, naive: Stage) -> None:
    stage.load(EMPTY, "illness", 0.5, _CONNECTIONS, settle=False)
    stage.load(FACTS, "illness", 0.5, _CONNECTIONS)
    _naive_rate(naive, 0.5)


def _naive_rate(naive: Stage, seconds: float) -> float:
    answered = naive.load(NAIVE, "illness", seconds, _CONNECTIONS, settle=False)
    naive.told += answered.told
    return answered.per_second
