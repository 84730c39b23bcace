"""Webhooks as they are kept."""

import datetime as dt
from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from shared.codes.operations import DeliveryStatus
from shared.contracts.changes import Change
from shared.db.sealed import SealedTable, sealed_table
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading
from shared.feed.sight import Sight

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
COUNTED_AT_MOST = 10_000
"""No more changes than so many are counted that wait for a webhook."""


def sealed(reading: Reading) -> SealedTable:
    """The table of webhooks, with its secrets."""
    return sealed_table(reading.system_tables.webhook)


def secrets_of(reading: Reading, row: Any) -> list[str]:
    """The secrets that sign now, the newest first."""
    table = sealed(reading)
    former = row.former_until is not None and row.former_until > reading.now()
    found = [table.text(reading, "secret", row), table.text(reading, "former_secret", row) if former else None]
    return [secret for secret in found if secret is not None]


def is_unfinished(table: sa.Table) -> sa.ColumnElement[bool]:
    """Rows of changes that are still to be delivered, by the index of just these."""
    return sa.literal_column(f"{table.name}.status IN ('waiting', 'retrying')", sa.Boolean())


def rows_after(reading: Reading, webhook_id: UUID, passed: int) -> set[int]:
    """The numbers of changes behind the place of a webhook that have a row nevertheless."""
    table = reading.system_tables.webhook_delivery.c
    later = sa.select(table.seq).where(table.webhook_id == webhook_id, table.seq > passed)
    return set(reading.connection.scalars(later))


def changes_of(reading: Reading, numbers: Sequence[int]) -> dict[int, Change]:
    """The changes of these numbers that are still kept."""
    table = reading.system_tables.change
    rows = reading.connection.execute(_changes(table), {"numbers": numbers})
    return {row[0]: Change(*row[1:]) for row in rows}


@cache
def _changes(table: sa.Table) -> sa.Select[Any]:
    return sa.select(table).where(is_one_of(table.c.seq, "numbers"))


def all_webhooks(reading: Reading) -> Sequence[Any]:
    """Every webhook of the house."""
    table = reading.system_tables.webhook
    return reading.connection.execute(sa.select(table).order_by(table.c.id)).all()


def newest_change(reading: Reading) -> int:
    """The number of the newest change; zero where nothing has happened."""
    return reading.connection.scalar(sa.select(sa.func.max(reading.system_tables.change.c.seq))) or 0


def waiting(reading: Reading, row: Any, sight: Sight) -> tuple[int, dt.datetime | None]:
    """How many changes wait for a webhook, and since when the oldest does."""
    change, delivery = reading.system_tables.change.c, reading.system_tables.webhook_delivery
    mine = delivery.c.webhook_id == row.id
    told = sa.exists().where(mine, delivery.c.seq == change.seq)
    behind = (change.seq > row.passed) & sight.condition(change) & ~told
    kept = sa.select(delivery.c.seq, delivery.c.event_id).where(mine, is_unfinished(delivery))
    number, oldest = 0, []
    for rows, seq in ((kept, delivery.c.seq), (sa.select(change.seq, change.event_id).where(behind), change.seq)):
        counted = rows.order_by(seq).limit(COUNTED_AT_MOST).subquery()
        number += reading.connection.execute(sa.select(sa.func.count()).select_from(counted)).scalar_one()
        first = reading.connection.execute(rows.order_by(seq).limit(1)).first()
        if first is not None:
            oldest.append(moment_of(first.event_id))
    return min(number, COUNTED_AT_MOST), min(oldest, default=None)


def is_retrying(reading: Reading, row: Any) -> bool:
    """Whether a change that a receiver did not take waits for another try."""
    table = reading.system_tables.webhook_delivery
    retrying = is_unfinished(table) & (table.c.status == DeliveryStatus.RETRYING)
    found = sa.select(table.c.seq).where(table.c.webhook_id == row.id, retrying).limit(1)
    return row.failures > 0 or reading.connection.scalar(found) is not None


def moment_of(event_id: UUID) -> dt.datetime:
    """When an event was made, by its id."""
    return _EPOCH + dt.timedelta(milliseconds=event_id.int >> 80)
