"""The table of steps as migrations: frozen parts that migrations of the houses call."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime
from shared.words.said import Said

_AT_ONCE = 500
_STEPS = sa.table(
    "procedure_step",
    sa.column("thing_kind", sa.String()),
    sa.column("thing_id", sa.Uuid()),
    sa.column("step_no", sa.Integer()),
    sa.column("at", UtcDateTime()),
    sa.column("action", sa.String()),
    sa.column("status", sa.String()),
    sa.column("taken_by", sa.String()),
    sa.column("taken_on", sa.Date()),
    sa.column("side", sa.String()),
    sa.column("stands_in", sa.Boolean()),
    sa.column("note", sa.Text()),
    sa.column("details", sa.JSON(none_as_null=True)),
)


def create_procedure_step_v1() -> None:
    """The table of steps as of its first release."""
    op.create_table(
        "procedure_step",
        sa.Column("thing_kind", sa.String(32), nullable=False),
        sa.Column("thing_id", sa.Uuid(), nullable=False),
        sa.Column("step_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("taken_by", sa.String(128), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=True),
        sa.Column("side", sa.String(64), nullable=True),
        sa.Column("stands_in", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("thing_kind", "thing_id", "step_no", name="pk_procedure_step"),
    )


def drop_procedure_step_v1() -> None:
    """Take the table of `create_procedure_step_v1` away again."""
    op.drop_table("procedure_step")


def write_steps(rows: list[dict[str, Any]]) -> None:
    """Add rows to the table of steps; what a row does not name is empty."""
    empty = {"taken_on": None, "side": None, "stands_in": False, "note": None, "details": None}
    if rows:
        op.get_bind().execute(sa.insert(_STEPS), [empty | row for row in rows])


def history_to_steps(table: str, kind: str, sides: Mapping[str, str]) -> None:
    """Make rows of the JSON column `history`, which goes. ``sides`` are the scopes of the sides it names."""
    things = _things(table)
    for page in _pages(things):
        write_steps([_row(kind, row.id, *numbered, sides) for row in page for numbered in enumerate(row.history, 1)])
    op.drop_column(table, "history")


def raise_versions(table: str, kind: str) -> None:
    """A thing has made at least as many versions as steps: the next step has a number of its own."""
    things = sa.table(table, sa.column("id", sa.Uuid()), sa.column("version", sa.Integer()))
    taken = (_STEPS.c.thing_kind == kind) & (_STEPS.c.thing_id == things.c.id)
    last = sa.select(sa.func.max(_STEPS.c.step_no)).where(taken).scalar_subquery()
    op.execute(sa.update(things).where(things.c.version < last).values(version=last))


def steps_to_history(table: str, kind: str, sides: Mapping[str, str]) -> None:
    """Make a JSON column `history` of the rows again."""
    op.add_column(table, sa.Column("history", sa.JSON(), nullable=False, server_default="[]"))
    things, connection = _things(table), op.get_bind()
    write = sa.update(things).where(things.c.id == sa.bindparam("of_thing")).values(history=sa.bindparam("told"))
    for page in _pages(things):
        told: dict[Any, list[dict[str, Any]]] = {row.id: [] for row in page}
        mine = (_STEPS.c.thing_kind == kind) & _STEPS.c.thing_id.in_(told)
        for step in connection.execute(sa.select(_STEPS).where(mine).order_by(_STEPS.c.step_no)):
            told[step.thing_id].append(_entry(step, sides))
        connection.execute(write, [{"of_thing": thing_id, "told": entries} for thing_id, entries in told.items()])


def _things(table: str) -> sa.TableClause:
    return sa.table(table, sa.column("id", sa.Uuid()), sa.column("history", sa.JSON()))


def _pages(things: sa.TableClause) -> Iterator[list[Any]]:
    """The rows of a table with their histories, some at a time."""
    ordered = sa.select(things).order_by(things.c.id).limit(_AT_ONCE)
    page = op.get_bind().execute(ordered).all()
    while page:
        yield list(page)
        page = op.get_bind().execute(ordered.where(things.c.id > page[-1].id)).all()


def _row(kind: str, thing_id: Any, step_no: int, entry: Mapping[str, Any], sides: Mapping[str, str]) -> dict[str, Any]:
    told = dict(entry)
    on, side = told.pop("on", None), told.pop("side", None)
    return {
        "thing_kind": kind,
        "thing_id": thing_id,
        "step_no": step_no,
        "at": dt.datetime.fromisoformat(told.pop("at")),
        "action": told.pop("action"),
        "status": told.pop("status"),
        "taken_by": told.pop("by"),
        "taken_on": on and dt.date.fromisoformat(on),
        "side": side and sides[side],
        "stands_in": told.pop("for_buyer", False),
        "note": told.pop("note"),
        "details": told or None,
    }


def _entry(step: Any, sides: Mapping[str, str]) -> dict[str, Any]:
    names = {scope: side for side, scope in sides.items()}
    by_side = {"side": names[step.side], "for_buyer": step.stands_in} if names else {}
    on = {"on": step.taken_on.isoformat()} if step.taken_on else {}
    kept = {"at": step.at.isoformat(), "action": step.action, "by": step.taken_by, "status": step.status}
    details = dict(step.details or {})
    note = str(Said.of(details.pop("said"))) if "said" in details else step.note
    return {**kept, **on, **by_side, "note": note, **details}
