"""When a row changed last, as migrations: frozen steps that migrations of the houses call."""

import datetime as dt
from collections.abc import Mapping
from typing import Final

import sqlalchemy as sa
from alembic import op

from shared.clock import SystemClock
from shared.db.base import UtcDateTime

_EARLIEST: Final = "1970-01-01 00:00:00.000000"


def add_moment_of_change(table: str, known_from: str | None, *index: str) -> None:
    """Add `updated_at`, with an index of these columns.

    Rows that are there have it from an SQL expression over their columns, or from this migration where none is known.
    """
    moment = sa.Column[dt.datetime]("updated_at", UtcDateTime(), nullable=False, server_default=_EARLIEST)
    op.add_column(table, moment)
    known = sa.literal(SystemClock().now(), UtcDateTime()) if known_from is None else sa.text(known_from)
    op.execute(sa.update(sa.table(table, sa.column("updated_at"))).values(updated_at=known))
    index_moment_of_change(table, *index)


def add_moment_of_register(table: str, action: str, *index: str) -> None:
    """Add `updated_at` to a register: when the audit says that an entry was put last, or else this migration."""
    add_moment_of_change(table, None, *index)
    entries = sa.table(table, sa.column("code"), sa.column("updated_at", UtcDateTime()))
    known = sa.update(entries).where(entries.c.code == sa.bindparam("of_code")).values(updated_at=sa.bindparam("at"))
    rows = [{"of_code": code, "at": at} for code, at in _last_put(action).items()]
    if rows:
        op.get_bind().execute(known, rows)


def index_moment_of_change(table: str, *index: str) -> None:
    """Have the list by changes find its rows."""
    op.create_index(_index_name(table, *index), table, list(index))


def drop_moment_of_change(table: str, *index: str) -> None:
    """Take the column of `add_moment_of_change` away again."""
    op.drop_index(_index_name(table, *index), table)
    op.drop_column(table, "updated_at")


def drop_index_of_change(table: str, *index: str) -> None:
    """Take the index of `index_moment_of_change` away again."""
    op.drop_index(_index_name(table, *index), table)


def _index_name(table: str, *index: str) -> str:
    return f"ix_{table}_{'_'.join(index)}"


def _last_put(action: str) -> Mapping[str, dt.datetime]:
    """When each subject was acted on last, by the audit."""
    audit = sa.table("audit", sa.column("at", UtcDateTime()), sa.column("action"), sa.column("subject"))
    last = sa.select(audit.c.subject, sa.func.max(audit.c.at, type_=UtcDateTime())).group_by(audit.c.subject)
    return {row[0]: row[1] for row in op.get_bind().execute(last.where(audit.c.action == action))}
