"""What becomes of the records of one batch, and what is counted and logged of it once that is committed."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import structlog

from shared import metrics
from shared.bus.interface import Record
from shared.codes.operations import DeadLetterState
from shared.context import chain_named
from shared.contracts.envelope import Event

log = structlog.get_logger()


@dataclass(slots=True)
class SortedBatch:
    """A batch sorted by what is to be done with each record."""

    events: list[tuple[Record, Event[Any]]] = field(default_factory=list)
    """What is applied."""
    aside: list[tuple[Record, DeadLetterState, str]] = field(default_factory=list)
    """What is set aside, in which state and why."""
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    """How many records, by type and by what became of them."""

    def count(self, record: Record, outcome: str) -> None:
        """Count what became of a record."""
        key = (record.type_label, outcome)
        self.counts[key] = self.counts.get(key, 0) + 1

    def set_aside(self, record: Record, state: DeadLetterState, error: str) -> None:
        """Keep a record as a dead letter."""
        self.aside.append((record, state, error))
        self.count(record, state)


def count_and_log(batch: SortedBatch, house: str, now: dt.datetime) -> None:
    """Count every record by what became of it, and log what was set aside."""
    for (event_type, outcome), number in batch.counts.items():
        metrics.EVENTS_CONSUMED.labels(house, event_type, outcome).inc(number)
    for event_type, group in groupby(batch.events, key=lambda pair: pair[1].type):
        seconds_to_effect = metrics.EVENT_TO_EFFECT_SECONDS.labels(house, event_type)
        for _, event in group:
            seconds_to_effect.observe((now - event.time).total_seconds())
    if batch.aside:
        _log_aside(batch.aside, house)


def _log_aside(aside: Sequence[tuple[Record, DeadLetterState, str]], house: str) -> None:
    """One line for each record somebody has to look at, one for all others of a kind."""
    for record, state, error in aside:
        if state is DeadLetterState.DEAD:
            chain = chain_named(record.headers.get("ce_correlationid"))
            told = {"event_id": record.event_id, "event_type": record.type_label, "error": error}
            log.warning("event.dead", correlation_id=chain, house=house, **told)
    for (state, topic), number in Counter((state, record.topic) for record, state, _ in aside).items():
        if state is not DeadLetterState.DEAD:
            log.warning("event.set_aside", house=house, state=str(state), topic=topic, records=number)
