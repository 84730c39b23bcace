"""Reading a feed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from shared.contracts.changes import Change
from shared.db.rows import read_tuples
from shared.db.unit_of_work import Reading
from shared.feed.errors import CursorExpired
from shared.feed.sight import Seeing, Sight
from shared.words.said import says

AT_ONCE: Final = 2000
"""The most items of one answer."""


class Place(NamedTuple):
    """A change that was passed: its number, and its id, by which a restored database is told from the one before."""

    seq: int
    event_id: UUID


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client is told."""

    items: Sequence[str]
    place: Place | None
    """Where it goes on; none where nothing has happened yet."""
    sight: Sight

    def later(self, items: Sequence[str], place: Place | None) -> "Answer":
        """What it is told when it has waited."""
        return replace(self, items=items, place=place)


def changes_after(reading: Reading, after: Place | None, types: frozenset[str] | None, seeing: Seeing) -> Answer:
    """What the caller sees of the changes after a place, or of all that are kept.

    Raises CursorExpired where the change at that place is not there any more: others after it may be gone as well.
    """
    sight = seeing(reading, types)
    if after is not None and _place(reading, after.seq) != after:
        raise CursorExpired(says("changes-not-kept"))
    newest = _place(reading)
    if newest is None or (after is not None and after.seq >= newest.seq):
        return Answer([], newest, sight)
    table = reading.system_tables.change.c
    passed = 0 if after is None else after.seq
    between = (table.seq > passed) & (table.seq <= newest.seq)
    shown = sa.select(table.seq, table.item).where(between, sight.condition(table)).order_by(table.seq).limit(AT_ONCE)
    rows = reading.connection.execute(shown).all()
    last = _place(reading, rows[-1][0]) if len(rows) == AT_ONCE else newest
    return Answer([item for _, item in rows], last, sight)


def entered_after(reading: Reading, seq: int, most: int = AT_ONCE) -> list[tuple[Place, Change]]:
    """The next changes after a number, with their places, for all who wait."""
    table = reading.system_tables.change
    rows = read_tuples(reading.connection, _entered(table), {"passed": seq, "most": most})
    return [(Place(row[0], row[1]), Change(*row[1:])) for row in rows]


def _place(reading: Reading, seq: int | None = None) -> Place | None:
    """The change of this number, or the newest one."""
    table = reading.system_tables.change
    rows = read_tuples(reading.connection, _places(table, newest=seq is None), {"of": seq})
    return Place(*rows[0]) if rows else None


@cache
def _places(table: sa.Table, *, newest: bool) -> sa.Select[Any]:
    places = sa.select(table.c.seq, table.c.event_id)
    return places.order_by(table.c.seq.desc()).limit(1) if newest else places.where(table.c.seq == sa.bindparam("of"))


@cache
def _entered(table: sa.Table) -> sa.Select[Any]:
    return (
        sa.select(table).where(table.c.seq > sa.bindparam("passed")).order_by(table.c.seq).limit(sa.bindparam("most"))
    )
