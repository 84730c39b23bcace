"""Records that could not be applied: set aside with their bytes, explained, replayed or dropped.

Events of one key stay in order: while a record of a key is dead, later records of that key are parked behind it and
are applied, in the order they arrived, once it is replayed or dropped. A record that is only too early is tried again
by itself. What this release does not know, and what no house wrote, stands in nobody's way.
"""

import contextlib
import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from shared.bus.interface import Record
from shared.codes.operations import DeadLetterState
from shared.contracts.envelope import ForeignRecord, event_type_of, has_unknown_codes
from shared.db.sets import is_one_of
from shared.db.trouble import is_lock_not_had, is_of_other_release, is_transient
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.errors import NotFound
from shared.identity import mask_error
from shared.ids import new_id
from shared.words.said import says

_ERROR_LENGTH = 500
_TYPE_LENGTH = 96
_AT_ONCE = 100
WAITS_FOR_KEY = "waits for an earlier record of its key"
Apply = Callable[[UnitOfWork, Record], None]
"""Applies one record with its inbox row inside the running transaction."""


class DeadLetterNotFound(NotFound):
    """No dead letter by that id."""

    code = "dead-letter-not-found"


BLOCKING = (DeadLetterState.DEAD, DeadLetterState.PARKED, DeadLetterState.WAITING)
"""Later records of the same key wait behind one of these."""


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
    """Which of these keys have a record set aside that later ones must wait for.

    Their rows are held until this transaction ends: a replay that is about to release them sees what is parked here.
    """
    return set(reading.connection.scalars(_blocked(reading.system_tables.dead_letter), {"keys": keys}))


@cache
def _blocked(table: sa.Table) -> sa.Select[tuple[str]]:
    blocking = is_one_of(table.c.key, "keys") & table.c.state.in_(BLOCKING)
    return sa.select(table.c.key).where(blocking).order_by(table.c.id).with_for_update()


def set_aside(uow: UnitOfWork, record: Record, state: DeadLetterState, error: str) -> None:
    """Keep the record with its bytes; one already kept only counts the attempt."""
    table = uow.system_tables.dead_letter
    now = uow.now()
    row = _row(record, state, error, now)
    counted = uow.connection.execute(
        sa.update(table)
        .where(table.c.event_id == row["event_id"])
        .values(attempts=table.c.attempts + 1, last_tried_at=now)
    )
    if counted.rowcount == 0:
        uow.connection.execute(sa.insert(table).values(**row))


def _row(record: Record, state: DeadLetterState, error: str, now: dt.datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "event_id": record.place if state is DeadLetterState.FOREIGN else record.event_id,
        "event_type": (event_type_of(record.headers) or "")[:_TYPE_LENGTH] or None,
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


def select_dead_letters(reading: Reading) -> sa.Select[Any]:
    """The dead letters without their values."""
    table = reading.system_tables.dead_letter
    return sa.select(*(column for column in table.c if column.name not in {"value", "headers"}))


def list_dead_letters(reading: Reading) -> list[Mapping[str, Any]]:
    """All dead letters, oldest first, without their values."""
    oldest_first = select_dead_letters(reading).order_by(reading.system_tables.dead_letter.c.id)
    return [dict(row) for row in reading.connection.execute(oldest_first).mappings()]


def count_dead_letters(reading: Reading) -> dict[str, int]:
    """How many records are set aside, by state; of what nobody waits for, only where there is some."""
    table = reading.system_tables.dead_letter
    counted = reading.connection.execute(
        sa.select(table.c.state, sa.func.count().label("number")).group_by(table.c.state)
    )
    shown = (DeadLetterState.DEAD, DeadLetterState.PARKED)
    return {state.value: 0 for state in shown} | {row.state: row.number for row in counted}


def replay(uow: UnitOfWork, ids: Sequence[UUID], dry_run: bool, apply: Apply) -> list[ReplayOutcome]:
    """Try dead letters again, in the order they arrived, each in a savepoint of its own.

    A dry run rolls everything back and only tells what would happen. After a success the records parked behind it
    follow, until one fails.
    """
    table = uow.system_tables.dead_letter
    _hold_keys_of(uow, ids)
    found = {
        row.id: row for row in uow.connection.execute(sa.select(table).where(table.c.id.in_(ids)).order_by(table.c.id))
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
    table = uow.system_tables.dead_letter
    _hold_keys_of(uow, [letter_id])
    letter = uow.connection.execute(sa.select(table).where(table.c.id == letter_id)).one_or_none()
    if letter is None:
        raise DeadLetterNotFound(says("no-dead-letter", letter=letter_id))
    uow.connection.execute(sa.delete(table).where(table.c.id == letter_id))
    uow.audit("dead-letter.dropped", str(letter_id), before={"event_id": letter.event_id, "error": letter.error})
    if letter.state in BLOCKING:
        _release(uow, letter.key, apply)


@dataclass(frozen=True, slots=True)
class Curable:
    """Which letters a release may apply by now, beside those that wait for time."""

    types: Collection[str]
    """Event types it can say something about."""
    not_tried_since: dt.datetime

    def ids(self, table: sa.Table) -> sa.Select[Any]:
        """The letters, the one that was tried longest ago first."""
        unknown = (table.c.state == DeadLetterState.UNKNOWN) & table.c.event_type.in_(self.types)
        unknown &= table.c.last_tried_at <= self.not_tried_since
        return (
            sa.select(table.c.id)
            .where((table.c.state == DeadLetterState.WAITING) | unknown)
            .order_by(table.c.last_tried_at, table.c.id)
        )


def take_up(uow: UnitOfWork, curable: Curable, apply: Apply, judge: Callable[[Record], str]) -> None:
    """Try again what time cures and what this release can read by now; what had its effect lets its key go on.

    ``judge`` says of a record of an unknown type whether it is `mine`, to be `skipped`, or to stay.
    """
    table = uow.system_tables.dead_letter
    wanted = list(uow.connection.scalars(curable.ids(table).limit(_AT_ONCE)))
    if not wanted:
        return
    _hold_keys_of(uow, wanted)
    for letter in uow.connection.execute(sa.select(table).where(table.c.id.in_(wanted)).order_by(table.c.id)).all():
        match judge(record_of(letter)) if letter.state == DeadLetterState.UNKNOWN else "mine":
            case "mine":
                if _waits_for(uow, letter) is None:
                    _apply_or_keep(uow, letter, apply)
            case "skipped":
                uow.connection.execute(sa.delete(table).where(table.c.id == letter.id))


def has_curable(reading: Reading, curable: Curable) -> bool:
    """Whether there is anything to take up."""
    return reading.connection.scalar(curable.ids(reading.system_tables.dead_letter).limit(1)) is not None


def is_waited_out(error: Exception) -> bool:
    """Whether no record is to blame, and the same transaction may succeed later."""
    return is_of_other_release(error) or (is_transient(error) and not passes_with_time(error))


def state_after(error: Exception, record: Record) -> DeadLetterState:
    """How a record is set aside that failed so."""
    if isinstance(error, ForeignRecord):
        return DeadLetterState.FOREIGN
    if passes_with_time(error):
        return DeadLetterState.WAITING
    return DeadLetterState.UNKNOWN if has_unknown_codes(record.headers, record.value) else DeadLetterState.DEAD


def passes_with_time(error: Exception) -> bool:
    """Whether the record is good and only too early: a date one clock ahead, or a row that somebody holds."""
    return getattr(error, "passes_with_time", False) is True or is_lock_not_had(error)


def record_of(letter: Any) -> Record:
    """A letter as it was read."""
    return Record(
        letter.topic,
        letter.partition,
        letter.offset,
        letter.key,
        letter.headers,
        letter.value,
        letter.first_seen_at,
    )


def _hold_keys_of(uow: UnitOfWork, ids: Sequence[UUID]) -> None:
    """Lock every letter of the keys of these, in the order they arrived: of two who work on them one waits here.

    What the other one applied or dropped is not there any more afterwards.
    """
    table = uow.system_tables.dead_letter
    keys = sa.select(table.c.key).where(table.c.id.in_(ids))
    held = sa.select(table.c.id).where(table.c.key.in_(keys)).order_by(table.c.id).with_for_update()
    uow.connection.execute(held).all()


def _try_again(uow: UnitOfWork, letter: Any, dry_run: bool, apply: Apply) -> ReplayOutcome:
    error = _waits_for(uow, letter)
    if error is None:
        failure = _apply_or_keep(uow, letter, apply)
        if failure is None:
            return ReplayOutcome(letter.id, "would_apply" if dry_run else "applied")
        error = describe_error(failure)
    return ReplayOutcome(letter.id, "failed", error)


def _waits_for(uow: UnitOfWork, letter: Any) -> str | None:
    """Why a parked letter cannot be tried yet: what arrived before it has to go first."""
    table = uow.system_tables.dead_letter
    earlier = (table.c.topic == letter.topic) & (table.c.key == letter.key) & (table.c.id < letter.id)
    if letter.state not in BLOCKING:
        return None
    if uow.connection.scalar(sa.select(table.c.id).where(earlier & table.c.state.in_(BLOCKING)).limit(1)) is None:
        return None
    return WAITS_FOR_KEY


def _apply_or_keep(uow: UnitOfWork, letter: Any, apply: Apply) -> Exception | None:
    """Apply a letter and what waits behind it; on failure it stays, the attempt is counted, the error returned."""
    table = uow.system_tables.dead_letter
    error = _apply_in_savepoint(uow, letter, apply)
    if error is None:
        uow.connection.execute(sa.delete(table).where(table.c.id == letter.id))
        if letter.state in BLOCKING:
            _release(uow, letter.key, apply)
    else:
        _keep(uow, letter, error, table.c.attempts + 1)
    return error


def _release(uow: UnitOfWork, key: str, apply: Apply) -> None:
    """Apply what is parked under the key until one fails, which the rest then waits for."""
    table = uow.system_tables.dead_letter
    waiting = uow.connection.execute(
        sa.select(table).where((table.c.key == key) & table.c.state.in_(BLOCKING)).order_by(table.c.id)
    ).all()
    for letter in waiting:
        if letter.state != DeadLetterState.PARKED:
            return
        error = _apply_in_savepoint(uow, letter, apply)
        if error is None:
            uow.connection.execute(sa.delete(table).where(table.c.id == letter.id))
        elif _keep(uow, letter, error, table.c.attempts) in BLOCKING:
            return


def _keep(uow: UnitOfWork, letter: Any, error: Exception, attempts: Any) -> DeadLetterState:
    table, state = uow.system_tables.dead_letter, state_after(error, record_of(letter))
    uow.connection.execute(
        sa.update(table)
        .where(table.c.id == letter.id)
        .values(state=state, attempts=attempts, last_tried_at=uow.now(), error=describe_error(error))
    )
    return state


def _apply_in_savepoint(uow: UnitOfWork, letter: Any, apply: Apply) -> Exception | None:
    """Apply one record; on failure its rows, events and notes are gone and the reason is returned."""
    try:
        with uow.savepoint():
            apply(uow, record_of(letter))
    except Exception as error:
        if is_waited_out(error):
            raise
        return error
    return None
