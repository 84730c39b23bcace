"""Entering what is published in the change feed, in an order that no reader can miss anything by."""

from collections.abc import Sequence
from functools import cache
from typing import Final

import sqlalchemy as sa

from shared.contracts.changes import Change, change_of
from shared.contracts.envelope import EncodedEvent
from shared.db.rows import OnConflict, insert_into, upsert_tuples

_COLUMNS: Final = Change._fields
_ONE_AT_A_TIME: Final = 0x5348_4346
"""PostgreSQL advisory lock of whoever enters changes."""


def enter_changes(connection: sa.Connection, table: sa.Table, events: Sequence[EncodedEvent]) -> int:
    """Enter those of these events that are not entered yet, in this order; returns how many were given.

    On PostgreSQL numbers would become visible out of order where two transactions enter at once, and a reader would
    pass over the lower one: the second waits for the first to end.
    """
    dialect = connection.dialect.name
    if dialect == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})")
    upsert_tuples(connection, _entering(table, dialect), _COLUMNS, [tuple(change_of(event)) for event in events])
    return len(events)


@cache
def _entering(table: sa.Table, dialect: str) -> OnConflict:
    return insert_into(table, dialect).on_conflict_do_nothing(index_elements=["event_id"])
