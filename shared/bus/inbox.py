"""Each event has its effect once: its id is written with the effect, and a repeat finds it there."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from shared.bus.interface import Positions, TopicPartition
from shared.contracts.envelope import Event
from shared.db.rows import insert_rows
from shared.db.unit_of_work import Reading, UnitOfWork


def already_applied(reading: Reading, event_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these events had their effect before."""
    inbox = reading.floor.inbox
    return set(reading.connection.scalars(sa.select(inbox.c.event_id).where(inbox.c.event_id.in_(event_ids))))


def mark_applied(uow: UnitOfWork, events: Iterable[Event[Any]], now: dt.datetime) -> None:
    """Remember that these events have their effect with this transaction."""
    rows = [{"event_id": event.id, "event_type": event.type, "applied_at": now} for event in events]
    insert_rows(uow.connection, uow.floor.inbox, rows)


def stored_positions(reading: Reading) -> dict[TopicPartition, int]:
    """The next record to read, as committed with the last effect."""
    table = reading.floor.bus_position
    return {
        TopicPartition(row.topic, row.partition): row.next_offset
        for row in reading.connection.execute(sa.select(table))
    }


def store_positions(uow: UnitOfWork, positions: Positions) -> None:
    """Move the stored positions forward with the effect."""
    table = uow.floor.bus_position
    for source, position in positions.items():
        place = (table.c.topic == source.topic) & (table.c.partition == source.partition)
        moved = uow.connection.execute(sa.update(table).where(place).values(next_offset=position))
        if moved.rowcount == 0:
            uow.connection.execute(
                sa.insert(table).values(topic=source.topic, partition=source.partition, next_offset=position)
            )
