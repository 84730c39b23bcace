"""Each event has its effect once: its id is written with the effect, and a repeat finds it there."""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from shared.bus.interface import NO_MARKS, Mark, Marks, Positions, TopicPartition
from shared.contracts.envelope import Event
from shared.db.rows import execute_rows, insert_into, insert_tuples, read_tuples
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork


def already_applied(reading: Reading, event_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these events had their effect before."""
    found = read_tuples(reading.connection, _applied(reading.system_tables.inbox), {"ids": event_ids})
    return {event_id for (event_id,) in found}


def mark_applied(uow: UnitOfWork, events: Iterable[Event[Any]], now: dt.datetime) -> None:
    """Remember that these events have their effect with this transaction."""
    rows = [(event.id, event.type, now) for event in events]
    insert_tuples(uow.connection, uow.system_tables.inbox, ("event_id", "event_type", "applied_at"), rows)


def stored_positions(reading: Reading) -> dict[TopicPartition, int]:
    """The next record to read, as committed with the last effect."""
    table = reading.system_tables.bus_position
    return {
        TopicPartition(row.topic, row.partition): row.next_offset
        for row in reading.connection.execute(sa.select(table))
    }


def stored_marks(reading: Reading) -> dict[TopicPartition, Mark]:
    """By what the log is known again in which those positions are; none for a position stored before logs had an id."""
    table = reading.system_tables.bus_position
    rows = reading.connection.execute(sa.select(table).where(table.c.log_id.is_not(None)))
    return {TopicPartition(row.topic, row.partition): Mark(row.log_id, row.event_id) for row in rows}


def store_positions(uow: UnitOfWork, positions: Positions, marks: Marks = NO_MARKS) -> None:
    """Move the stored positions forward with the effect."""
    rows = [
        {
            "topic": source.topic,
            "partition": source.partition,
            "next_offset": position,
            "log_id": marks[source].log_id if source in marks else None,
            "event_id": marks[source].event_id if source in marks else None,
        }
        for source, position in positions.items()
    ]
    execute_rows(uow.connection, _moving(uow.system_tables.bus_position, uow.connection.dialect.name), rows)


@cache
def _applied(inbox: sa.Table) -> sa.Select[tuple[UUID]]:
    return sa.select(inbox.c.event_id).where(is_one_of(inbox.c.event_id, "ids"))


@cache
def _moving(table: sa.Table, dialect: str) -> sa.Insert:
    """An insert that moves the position which is there."""
    statement = insert_into(table, dialect)
    moved = {name: statement.excluded[name] for name in ("next_offset", "log_id", "event_id")}
    return statement.on_conflict_do_update(index_elements=["topic", "partition"], set_=moved)
