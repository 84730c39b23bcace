"""The table of the steps that were taken, one in each house: rows are added, never changed."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final, NamedTuple, Self
from uuid import UUID

import sqlalchemy as sa

from shared.db.base import UtcDateTime
from shared.db.rows import insert_tuples
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.words.said import Said

SAID: Final = "said"
"""Where the details of a step keep what the machine says of it."""
ACTED_FOR: Final = "acted_for"
"""Where they keep the level whose step a caller of a wider region took."""


def lay_steps(metadata: sa.MetaData) -> sa.Table:
    """Add the table of steps to a house's metadata. What people note may name people: it stays in its column."""
    return sa.Table(
        "procedure_step",
        metadata,
        sa.Column("thing_kind", sa.String(32), primary_key=True),
        sa.Column("thing_id", sa.Uuid(), primary_key=True),
        sa.Column("step_no", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("taken_by", sa.String(128), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=True),
        sa.Column("side", sa.String(64), nullable=True),
        sa.Column("stands_in", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=True),
    )


class Taken(NamedTuple):
    """A step that was taken with a thing, or what else happened to it."""

    thing_id: UUID
    step_no: int
    """The version of the thing that it made: steps come in this order, and two never make the same."""
    at: dt.datetime
    action: str
    status: str
    """Where the thing stood afterwards."""
    taken_by: str
    """The client, or who else acted."""
    taken_on: dt.date | None = None
    """The day it was taken, where that is told."""
    side: str | None = None
    """The scope under which it was taken."""
    stands_in: bool = False
    """Whether the step is first of all that of another scope."""
    note: Said | str | None = None
    """What a person wrote, or what the machine says of it."""
    details: Mapping[str, Any] | None = None
    """What else the history of this kind of thing tells."""

    @classmethod
    def of(cls, row: Iterable[Any]) -> Self:
        """The step that a row keeps. What the machine of an earlier release said is the text it was."""
        kept = cls(*row)
        if kept.details is None or SAID not in kept.details:
            return kept
        details = dict(kept.details)
        return kept._replace(note=Said.of(details.pop(SAID)), details=details)

    def kept(self) -> "Taken":
        """The step as a row keeps it: what the machine says as data, so that it is read in every language."""
        if not isinstance(self.note, Said):
            return self
        return self._replace(note=None, details={**(self.details or {}), SAID: self.note.as_document()})

    def entry(self) -> dict[str, Any]:
        """The step as histories show it."""
        return {
            "at": self.at,
            "action": self.action,
            "on": self.taken_on,
            "by": self.taken_by,
            "side": self.side,
            "stands_in": self.stands_in,
            "status": self.status,
            "note": self.note.text if isinstance(self.note, Said) else self.note,
            **(self.details or {}),
        }


_COLUMNS: Final = ("thing_kind", *Taken._fields)


class Steps:
    """The steps of one kind of thing in the table of a house."""

    def __init__(self, table: sa.Table, kind: str) -> None:
        self.kind = kind
        self._table = table
        of_kind = sa.select(*(table.c[name] for name in Taken._fields)).where(table.c.thing_kind == kind)
        self._select = of_kind.where(is_one_of(table.c.thing_id, "ids")).order_by(table.c.thing_id, table.c.step_no)

    def write(self, uow: UnitOfWork, taken: Iterable[Taken]) -> None:
        """Add these steps by one statement. Their things are locked."""
        insert_tuples(uow.connection, self._table, _COLUMNS, [(self.kind, *step.kept()) for step in taken])

    def load(self, reading: Reading, ids: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
        """The history of each of these things, the oldest step first."""
        found: dict[UUID, list[dict[str, Any]]] = {thing_id: [] for thing_id in ids}
        for row in reading.connection.execute(self._select, {"ids": list(found)}):
            found[row.thing_id].append(Taken.of(row).entry())
        return found

    def load_one(self, reading: Reading, thing_id: UUID) -> list[dict[str, Any]]:
        """The history of one thing."""
        return self.load(reading, [thing_id])[thing_id]
