"""How the houses are: version, readiness, lag, unsent events and dead letters of each, as a table or as JSON.

Reads `/readyz` and `/metrics` of running processes, as any monitoring does. In front of many processes the gateway of
`make run-distributed` is address enough, because it tells theirs. Ends with 1 when something is not ready.
"""

import argparse
import datetime as dt
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Any, Final

import httpx
from prometheus_client import Gauge
from prometheus_client.parser import text_string_to_metric_families

from shared import metrics
from shared.contracts.catalogue import HOUSES

DEFAULT_URL: Final = "http://127.0.0.1:8000"
_TIMEOUT_SECONDS: Final = 2.0
"""How long a process may take: one that hangs hides nothing of the others."""
_FIRST_SECONDS: Final = 4.0
"""How long an address that was given may take: a gateway asks its processes first."""
_AT_ONCE: Final = 16
_STANDING_SECONDS: Final = 60.0
"""Readers that stood so long, as seen from outside, do not tell the whole themselves."""
CALENDAR_NOTICE_DAYS: Final = 60
"""From so many days before its end on the calendar is spoken of."""
_PROCESS_UP: Final = "shouxian_process_up"
"""What a gateway shows in place of metrics of its own: each process with its address."""


class NoAnswer(Exception):
    """A process cannot be asked; the message says why."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of a metric."""

    name: str
    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What one process says of its houses."""

    url: str
    samples: Sequence[Sample] = ()
    not_ready: Mapping[str, Sequence[str]] = field(default_factory=dict)
    error: str | None = None
    """Why it could not be asked; then it says nothing else."""
    process: str | None = None
    """Its name, where a gateway told it: `assistance-worker`."""


@dataclass(frozen=True, slots=True)
class HouseStatus:
    """One house over all the processes that were asked; a number nobody shows is none."""

    house: str
    version: str | None
    ready: bool
    not_ready: Sequence[str]
    """What it lacks, each with the process that says so."""
    lag_records: int | None
    lag_seconds: float | None
    unsent_events: int | None
    oldest_unsent_seconds: float | None
    dead_letters: int | None
    parked: int | None
    waiting: Sequence[str] = ()
    """What waits for people: a policy value that is missing, a source that is silent."""
    unknown: int | None = None
    """Records of types or codes that only a later release knows."""
    foreign: int | None = None
    """Records that no house wrote."""
    begun_again: float | None = None
    """When it last began the bus at its first record, because the log is not the one it had read; seconds of Unix."""


@dataclass(frozen=True, slots=True)
class Status:
    """The whole system."""

    ready: bool
    houses: Sequence[HouseStatus]
    no_answer: Mapping[str, str]
    """The processes that could not be asked, by address, and why."""
    calendar_days_left: int | None = None
    """Days that the announced working-day calendar reaches from the business date; none where nobody shows it."""


def ask(client: httpx.Client, urls: Iterable[str]) -> list[Answer]:
    """Ask the processes at these addresses, and in place of a gateway those that stand behind it."""
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        first = list(pool.map(partial(_ask, client, seconds=_FIRST_SECONDS), dict.fromkeys(urls)))
        told = [sample.labels for answer in first for sample in _named(answer.samples, _PROCESS_UP)]
        direct = [answer for answer in first if not any(_named(answer.samples, _PROCESS_UP))]
        behind = {labels["address"]: labels.get("process") for labels in told}
        for answer in direct:
            behind.pop(answer.url, None)
        asked = pool.map(partial(_ask, client), sorted(behind))
        return direct + [replace(answer, process=behind[answer.url]) for answer in asked]


def summarise(answers: Sequence[Answer]) -> Status:
    """What these processes say, by house."""
    houses = [_house(house, answers) for house in HOUSES]
    no_answer = {answer.url: answer.error for answer in answers if answer.error is not None}
    shown = [sample.value for answer in answers for sample in _named(answer.samples, _name(metrics.CALENDAR_DAYS_LEFT))]
    ready = all(house.ready for house in houses) and not no_answer
    return Status(ready, houses, no_answer, _whole(min(shown, default=None)))


def table(status: Status) -> str:
    """The houses as a table, and below it what is not as it should be."""
    lines = [_TITLES, *[_cells(house) for house in status.houses]]
    widths = [max(len(line[place]) for line in lines) for place in range(len(_TITLES))]
    shown = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in lines]
    shown += [f"{house.house} is not ready: {reason}" for house in status.houses for reason in house.not_ready]
    shown += [f"{house.house}: {told}" for house in status.houses for told in house.waiting]
    shown += [line for house in status.houses for line in _told(house)]
    shown += _about_calendar(status.calendar_days_left)
    return "\n".join([*shown, *[f"{url} {error}" for url, error in status.no_answer.items()]])


def _told(house: HouseStatus) -> list[str]:
    """What somebody should look at though the house is ready."""
    told = []
    if house.begun_again is not None:
        moment = dt.datetime.fromtimestamp(house.begun_again, dt.UTC).isoformat(timespec="seconds")
        told.append(f"{house.house} began the bus at its first record at {moment}: the log is not the one it had read")
    if house.unknown:
        told.append(f"{house.house} keeps {house.unknown} records for a later release")
    if house.foreign:
        told.append(f"{house.house} set {house.foreign} records aside that no house wrote")
    return told


def _about_calendar(days_left: int | None) -> list[str]:
    if days_left is None or days_left >= CALENDAR_NOTICE_DAYS:
        return []
    return [f"the announced working-day calendar ends in {days_left} days: deadlines beyond are provisional"]


def _ask(client: httpx.Client, url: str, seconds: float = _TIMEOUT_SECONDS) -> Answer:
    try:
        samples = _samples(_fetch(client, f"{url}/metrics", seconds).text)
        return Answer(url, samples, _lacking(_fetch(client, f"{url}/readyz", seconds)))
    except NoAnswer as error:
        return Answer(url, error=str(error))


def _fetch(client: httpx.Client, url: str, seconds: float) -> httpx.Response:
    try:
        answer = client.get(url, timeout=seconds)
    except (httpx.TransportError, httpx.InvalidURL) as error:
        raise NoAnswer(f"does not answer ({type(error).__name__})") from None
    if answer.status_code not in {httpx.codes.OK, httpx.codes.SERVICE_UNAVAILABLE}:
        raise NoAnswer(f"answers {answer.status_code} at {answer.url.path}")
    return answer


def _samples(page: str) -> list[Sample]:
    try:
        return [
            Sample(sample.name, sample.labels, sample.value)
            for family in text_string_to_metric_families(page)
            for sample in family.samples
        ]
    except ValueError:
        raise NoAnswer("shows no metrics at /metrics") from None


def _lacking(answer: httpx.Response) -> Mapping[str, Sequence[str]]:
    try:
        not_ready: Mapping[str, Sequence[str]] = answer.json()["not_ready"]
    except (ValueError, KeyError, TypeError):
        raise NoAnswer("does not tell at /readyz whether it is ready") from None
    return not_ready


def _named(samples: Iterable[Sample], name: str) -> list[Sample]:
    return [sample for sample in samples if sample.name == name]


def _house(house: str, answers: Sequence[Answer]) -> HouseStatus:
    here = [sample for answer in answers for sample in answer.samples if sample.labels.get("house") == house]
    versions = sorted({sample.labels["version"] for sample in _named(here, _name(metrics.BUILD_INFO))})
    lacking = [f"{reason} ({answer.url})" for answer in answers for reason in answer.not_ready.get(house, ())]
    lacking += [f"{answer.process} {answer.error}" for answer in answers if answer.error and _is_of(house, answer)]
    if not versions:
        lacking.append("no process that was asked runs it")

    def over_all(gauge: Gauge, combine: Callable[[Iterable[float]], float], **labels: str) -> float | None:
        values = [sample.value for sample in _named(here, _name(gauge)) if labels.items() <= sample.labels.items()]
        return combine(values) if values else None

    records, seconds = over_all(metrics.CONSUMER_LAG_RECORDS, sum), over_all(metrics.CONSUMER_LAG_SECONDS, max)
    standing = over_all(metrics.GROUP_LAG_SECONDS, max)
    if records is None or (standing is not None and standing > _STANDING_SECONDS):
        records = _larger(records, over_all(metrics.GROUP_LAG_RECORDS, max))
        seconds = _larger(seconds, standing)

    return HouseStatus(
        house=house,
        version=", ".join(versions) or None,
        ready=not lacking,
        not_ready=lacking,
        lag_records=_whole(records),
        lag_seconds=seconds,
        unsent_events=_whole(over_all(metrics.OUTBOX_PENDING, max)),
        oldest_unsent_seconds=over_all(metrics.OUTBOX_OLDEST_SECONDS, max),
        dead_letters=_whole(over_all(metrics.DEAD_LETTERS, max, state="dead")),
        parked=_whole(over_all(metrics.DEAD_LETTERS, max, state="parked")),
        waiting=tuple(sorted({*_undecided(here), *_silent(here)})),
        unknown=_whole(over_all(metrics.DEAD_LETTERS, max, state="unknown")),
        foreign=_whole(over_all(metrics.DEAD_LETTERS, max, state="foreign")),
        begun_again=over_all(metrics.BUS_BEGUN_AGAIN, max) or None,
    )


def _undecided(samples: Sequence[Sample]) -> Iterable[str]:
    for sample in _named(samples, _name(metrics.UNDECIDED_HOUSEHOLDS)):
        if sample.value:
            key, region = sample.labels["parameter"], sample.labels["region"]
            yield f"no value of {key} for region {region}: {sample.value:.0f} households wait to be judged"


def _silent(samples: Sequence[Sample]) -> Iterable[str]:
    for sample in _named(samples, _name(metrics.SOURCE_SILENT_DAYS)):
        if sample.value:
            yield f"no fact of the source {sample.labels['source']} for {sample.value:.0f} days"


def _is_of(house: str, answer: Answer) -> bool:
    return answer.process is not None and answer.process.startswith(f"{house}-")


def _name(gauge: Gauge) -> str:
    [described] = gauge.describe()
    return described.name


def _larger(*values: float | None) -> float | None:
    return max([value for value in values if value is not None], default=None)


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


_TITLES: Final = (
    "house",
    "version",
    "ready",
    "lag records",
    "lag seconds",
    "unsent events",
    "oldest unsent seconds",
    "dead letters",
    "parked",
)


def _cells(house: HouseStatus) -> tuple[str, ...]:
    return (
        house.house,
        house.version or "-",
        "yes" if house.ready else "no",
        *map(
            _shown,
            (
                house.lag_records,
                house.lag_seconds,
                house.unsent_events,
                house.oldest_unsent_seconds,
                house.dead_letters,
                house.parked,
            ),
        ),
    )


def _shown(value: float | None) -> str:
    match value:
        case None:
            return "-"
        case int():
            return str(value)
    return f"{value:.1f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m services status", description=__doc__)
    parser.add_argument(
        "--url", action="append", help=f"of a process or a gateway; give it again for more (default {DEFAULT_URL})"
    )
    parser.add_argument("--json", action="store_true", help="as one JSON document")
    chosen = parser.parse_args(arguments)
    urls = [url.rstrip("/") for url in chosen.url or [DEFAULT_URL]]
    with httpx.Client(trust_env=False) as client:
        status = summarise(ask(client, urls))
    shown: Any = json.dumps(asdict(status), ensure_ascii=False, indent=2) if chosen.json else table(status)
    sys.stdout.write(f"{shown}\n")
    return 0 if status.ready else 1


if __name__ == "__main__":
    sys.exit(main())
