"""Records that could not be applied: set aside with their bytes, explained, replayed or dropped.

Events of one key stay in order: while a record of a key is dead, later records of that key are parked behind it and
are applied, in order, once it is replayed or dropped.
"""

import contextlib
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from shared.bus.interface import Record
from shared.contracts.envelope import event_type_of
from shared.db.database import is_transient
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.errors import NotFound
from shared.identity import mask_error
from shared.ids import new_id

_ERROR_LENGTH = 500
Apply = Callable[[UnitOfWork, Record], None]
"""Applies one record with its inbox row inside the running transaction."""


class DeadLetterNotFound(NotFound):
    """No dead letter by that id."""

    code, title = "dead-letter-not-found", "No such dead letter"


class DeadLetterState(StrEnum):
    """Why a record waits."""

    DEAD = "dead"
    """It failed itself."""
    PARKED = "parked"
    """A record of the same key before it is dead."""


@dataclass(frozen=True, slots=True)
class ReplayOutcome:
    """What became of one dead letter in a replay."""

    id: UUID
    outcome: str
    """`applied`, `would_apply` (dry run), `failed` or `not_found`."""
    error: str | None = None


class _OnlyTried(Exception):
    """Takes a dry run back."""


def describe_error(error: BaseException) -> str:
    """Class and masked, capped text of an error: never a name, an identity number or a phone."""
    return f"{type(error).__name__}: {mask_error(str(error))}"[:_ERROR_LENGTH]


def blocked_keys(reading: Reading, keys: Sequence[str]) -> set[str]:
    """Which of these keys have a record set aside, so that later ones must wait.

    Their rows are held until this transaction ends: a replay that is about to release them sees what is parked here.
    """
    return set(reading.connection.scalars(_blocked(reading.floor.dead_letter), {"keys": keys}))


@cache
def _blocked(table: sa.Table) -> sa.Select[tuple[str]]:
    return sa.select(table.c.key).where(is_one_of(table.c.key, "keys")).with_for_update()


def set_aside(uow: UnitOfWork, record: Record, state: DeadLetterState, error: str) -> None:
    """Keep the record with its bytes; one already kept only counts the attempt."""
    table = uow.floor.dead_letter
    now = uow.now()
    counted = uow.connection.execute(
        sa.update(table)
        .where(table.c.event_id == record.event_id)
        .values(attempts=table.c.attempts + 1, last_tried_at=now)
    )
    if counted.rowcount == 0:
        uow.connection.execute(sa.insert(table).values(**_row(record, state, error, now)))


def _row(record: Record, state: DeadLetterState, error: str, now: dt.datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "event_id": record.event_id,
        "event_type": event_type_of(record.headers),
        "state": state.value,
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "key": record.key,
        "headers": dict(record.headers),
        "value": record.value,
        "error": error,
        "attempts": 1,
        "first_seen_at": now,
        "last_tried_at": now,
    }


def list_dead_letters(reading: Reading, after: UUID | None, limit: int) -> list[Mapping[str, Any]]:
    """Dead letters, oldest first, without their values."""
    table = reading.floor.dead_letter
    columns = [column for column in table.c if column.name not in {"value", "headers"}]
    statement = sa.select(*columns).order_by(table.c.id).limit(limit)
    if after is not None:
        statement = statement.where(table.c.id > after)
    return [dict(row) for row in reading.connection.execute(statement).mappings()]


def count_dead_letters(reading: Reading) -> dict[str, int]:
    """How many records are set aside, by state."""
    table = reading.floor.dead_letter
    counted = reading.connection.execute(
        sa.select(table.c.state, sa.func.count().label("number")).group_by(table.c.state)
    )
    return {state.value: 0 for state in DeadLetterState} | {row.state: row.number for row in counted}


def replay(uow: UnitOfWork, ids: Sequence[UUID], dry_run: bool, apply: Apply) -> list[ReplayOutcome]:
    """Try dead letters again, in the order they stood on the bus, each in a savepoint of its own.

    A dry run rolls everything back and only tells what would happen. After a success the records parked behind it
    follow, until one fails.
    """
    table = uow.floor.dead_letter
    found = {
        row.id: row
        for row in uow.connection.execute(
            sa.select(table).where(table.c.id.in_(ids)).order_by(table.c.topic, table.c.partition, table.c.offset)
        )
    }
    outcomes = [ReplayOutcome(wanted, "not_found") for wanted in ids if wanted not in found]
    with contextlib.suppress(_OnlyTried), uow.savepoint():
        for letter in found.values():
            outcomes.append(_try_again(uow, letter, dry_run, apply))
            uow.audit("dead-letter.replayed", str(letter.id), after={"outcome": outcomes[-1].outcome})
        if dry_run:
            raise _OnlyTried
    return outcomes


def drop(uow: UnitOfWork, letter_id: UUID, apply: Apply) -> None:
    """Give a dead letter up, with its name in the audit, and let those parked behind it go on."""
    table = uow.floor.dead_letter
    letter = uow.connection.execute(sa.select(table).where(table.c.id == letter_id)).one_or_none()
    if letter is None:
        raise DeadLetterNotFound(f"no dead letter {letter_id}")
    uow.connection.execute(sa.delete(table).where(table.c.id == letter_id))
    uow.audit("dead-letter.dropped", str(letter_id), before={"event_id": letter.event_id, "error": letter.error})
    _release(uow, letter.key, apply)


def _try_again(uow: UnitOfWork, letter: Any, dry_run: bool, apply: Apply) -> ReplayOutcome:
    table = uow.floor.dead_letter
    error = _waits_for(uow, letter) or _apply_in_savepoint(uow, letter, apply)
    if error is None:
        uow.connection.execute(sa.delete(table).where(table.c.id == letter.id))
        _release(uow, letter.key, apply)
        return ReplayOutcome(letter.id, "would_apply" if dry_run else "applied")
    uow.connection.execute(
        sa.update(table)
        .where(table.c.id == letter.id)
        .values(attempts=table.c.attempts + 1, last_tried_at=uow.now(), error=error)
    )
    return ReplayOutcome(letter.id, "failed", error)


def _waits_for(uow: UnitOfWork, letter: Any) -> str | None:
    """Why a parked letter cannot be tried yet: the dead one before it has to go first."""
    table = uow.floor.dead_letter
    earlier = (table.c.topic == letter.topic) & (table.c.partition == letter.partition)
    earlier &= (table.c.key == letter.key) & (table.c.offset < letter.offset)
    if uow.connection.scalar(sa.select(table.c.id).where(earlier).limit(1)) is None:
        return None
    return "waits for an earlier record of its key"


def _release(uow: UnitOfWork, key: str, apply: Apply) -> None:
    """Apply what is parked under the key until one fails, which then is the dead one."""
    table = uow.floor.dead_letter
    waiting = uow.connection.execute(
        sa.select(table).where(table.c.key == key).order_by(table.c.topic, table.c.partition, table.c.offset)
    ).all()
    for letter in waiting:
        if letter.state == DeadLetterState.DEAD:
            return
        error = _apply_in_savepoint(uow, letter, apply)
        if error is not None:
            uow.connection.execute(
                sa.update(table).where(table.c.id == letter.id).values(state=DeadLetterState.DEAD.value, error=error)
            )
            return
        uow.connection.execute(sa.delete(table).where(table.c.id == letter.id))


def _apply_in_savepoint(uow: UnitOfWork, letter: Any, apply: Apply) -> str | None:
    """Apply one record; on failure its rows, events and notes are gone and the reason is returned."""
    record = Record(
        letter.topic,
        letter.partition,
        letter.offset,
        letter.key,
        letter.headers,
        letter.value,
        letter.first_seen_at,
    )
    try:
        with uow.savepoint():
            apply(uow, record)
    except Exception as error:
        if is_transient(error):
            raise
        return describe_error(error)
    return None
