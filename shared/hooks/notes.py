"""What the sender writes down: the place of each webhook, what was delivered and what waits, many in one transaction.

It is written after the receiver answered. A sender that is killed in between sends again what it did not write down.
One that lost its right may write beside the next for a moment: so a place only goes forward, a pause is never taken
back, and what was delivered stays delivered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from shared.codes.operations import PauseCause
from shared.db.rows import OnConflict, insert_into, upsert_tuples
from shared.db.unit_of_work import UnitOfWork
from shared.hooks.store import is_unfinished

ROW: Final = (
    "webhook_id",
    "seq",
    "event_id",
    "type",
    "subject",
    "status",
    "attempts",
    "first_tried_at",
    "next_try_at",
    "answered",
    "error",
    "changed_at",
)
_LATER: Final = ("status", "attempts", "first_tried_at", "next_try_at", "answered", "error", "changed_at")


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be written down of one webhook."""

    webhook_id: UUID
    version: int
    """Of the webhook as the sender knows it: how it stands is left alone where its owner changed it meanwhile."""
    passed: int
    standing: dict[str, Any]
    """How its receiver does, by column."""
    rows: Sequence[tuple[Any, ...]]
    """What became of changes, in the columns of `ROW`."""


def write_down(uow: UnitOfWork, notes: Sequence[Note]) -> None:
    """Write notes down. Of a webhook that was deleted meanwhile nothing is kept."""
    webhook, delivery = uow.system_tables.webhook, uow.system_tables.webhook_delivery
    mine = [note.webhook_id for note in notes]
    locked = sa.select(webhook.c.id, webhook.c.version, webhook.c.client_id, webhook.c.code)
    found = uow.connection.execute(locked.where(webhook.c.id.in_(mine)).order_by(webhook.c.id).with_for_update())
    known = {row.id: row for row in found}
    rows: list[tuple[Any, ...]] = []
    for note in notes:
        row = known.get(note.webhook_id)
        if row is None:
            continue
        rows += note.rows
        changed = sa.update(webhook).where(webhook.c.id == note.webhook_id)
        further = sa.case((webhook.c.passed < note.passed, note.passed), else_=webhook.c.passed)
        standing = note.standing if row.version == note.version else {}
        uow.connection.execute(changed.values(passed=further, **standing))
        if standing.get("paused_because") is not None:
            _tell_pause(uow, row, standing["paused_because"])
    upsert_tuples(uow.connection, _keeping(delivery, uow.connection.dialect.name), ROW, rows)


def _tell_pause(uow: UnitOfWork, row: Any, cause: PauseCause) -> None:
    told = {"client": row.client_id, "code": row.code, "cause": cause}
    uow.record("webhook.paused", row.id, told, after=told)


@cache
def _keeping(delivery: sa.Table, dialect: str) -> OnConflict:
    adding = insert_into(delivery, dialect)
    again = {name: adding.excluded[name] for name in _LATER}
    later = is_unfinished(delivery) | sa.literal_column("excluded.status = 'delivered'", sa.Boolean())
    return adding.on_conflict_do_update(index_elements=["webhook_id", "seq"], set_=again, where=later)
