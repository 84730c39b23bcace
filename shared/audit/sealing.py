"""Rows of the audit are sealed in batches behind their commits: nobody who writes waits for it.

A batch is read and hashed outside any transaction. It is then written only where the head of the chain is still the
one that it was chained to, so that of several workers one goes on and the others begin anew: there is one chain.
"""

import asyncio
import datetime as dt
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from shared import metrics
from shared.audit.chain import HeadName, Link, hashed, links_after
from shared.audit.gaps import Gap, gaps_between, open_gaps, without
from shared.db.database import Database
from shared.db.rows import insert_rows
from shared.db.unit_of_work import Reading, UnitOfWork

BATCH: Final = 250
_FINGERPRINT_DIGITS: Final = 12
"""A metric is a double: it holds so many hex digits exactly."""


class Head(NamedTuple):
    """Where the chain ends."""

    place: int
    hash: str
    reached: int
    """The highest number of a sealed row: higher ones wait for their turn."""
    gaps: Sequence[Gap]
    """Lower numbers under which a row may still come."""
    verified_on: dt.date | None
    faults: int
    """What the latest verification found."""


class Waiting(NamedTuple):
    """The rows to be sealed next, in order, and the head they follow."""

    head: Head
    rows: Sequence[sa.Row[Any]]


class State(NamedTuple):
    """What the metrics show of a chain."""

    head: Head
    unsealed_seconds: float


def head_of(reading: Reading) -> Head:
    """Where the chain of this house ends."""
    row = reading.connection.execute(sa.select(reading.system_tables.audit_head)).one()
    return Head(row.place, row.hash, row.reached, open_gaps(row.gaps, reading.now()), row.verified_on, row.faults)


def name_of(reading: Reading, head: Head) -> HeadName:
    """The head as people and other systems keep it."""
    seal = reading.system_tables.audit_seal
    seq = reading.connection.scalar(sa.select(seal.c.seq).where(seal.c.place == head.place))
    return HeadName(seq or 0, head.hash)


def waiting_rows(reading: Reading) -> Waiting:
    """What is sealed next: rows of transactions that committed late first, then those after the highest number."""
    head = head_of(reading)
    audit = reading.system_tables.audit
    after = audit.c.seq > head.reached
    late = [audit.c.seq.between(gap.first, gap.last) for gap in head.gaps]
    conditions = [sa.and_(audit.c.seq >= head.gaps[0].first, sa.or_(*late)), after] if late else [after]
    rows = [
        row
        for condition in conditions
        for row in reading.connection.execute(hashed(audit).where(condition).order_by(audit.c.seq).limit(BATCH))
    ]
    return Waiting(head, rows)


def attach(uow: UnitOfWork, waiting: Waiting, links: Sequence[Link]) -> bool:
    """Write links behind the head they were chained to; tells whether it was still the head."""
    head, rows = waiting
    seqs = {row.seq for row in rows}
    passed_over = [*head.gaps, *gaps_between(head.reached, rows)]
    table = uow.system_tables.audit_head
    still_the_head = sa.and_(table.c.place == head.place, table.c.hash == head.hash)
    changes = {
        "place": links[-1].place,
        "hash": links[-1].hash,
        "reached": max(head.reached, *seqs),
        "gaps": open_gaps(without(passed_over, seqs), uow.now()),
    }
    moved = uow.connection.execute(sa.update(table).where(still_the_head).values(changes)).rowcount
    if moved:
        insert_rows(uow.connection, uow.system_tables.audit_seal, [link._asdict() for link in links])
    return bool(moved)


async def seal_next(database: Database) -> bool:
    """Seal the rows that wait, at most a batch; tells whether more may wait."""
    waiting = await database.read(waiting_rows)
    if not waiting.rows:
        return False
    links = await asyncio.to_thread(lambda: list(links_after(waiting.head.place, waiting.head.hash, waiting.rows)))
    await database.write(attach, waiting, links)
    return len(waiting.rows) >= BATCH


def state_of(reading: Reading) -> State:
    """Where the chain ends, and how old the oldest row is that waits for its seal."""
    head = head_of(reading)
    audit = reading.system_tables.audit
    first = sa.select(audit.c.at).where(audit.c.seq > head.reached).order_by(audit.c.seq).limit(1)
    oldest = reading.connection.scalar(first)
    return State(head, (reading.now() - oldest).total_seconds() if oldest else 0.0)


def show(house: str, state: State) -> None:
    """Show a chain in the metrics of the process."""
    head, unsealed_seconds = state
    metrics.AUDIT_SEALED_ROWS.labels(house).set(head.place)
    metrics.AUDIT_HEAD.labels(house).set(int(head.hash[:_FINGERPRINT_DIGITS], 16))
    metrics.AUDIT_UNSEALED_SECONDS.labels(house).set(unsealed_seconds)
    metrics.AUDIT_FAULTS.labels(house).set(head.faults)
