"""What grows with use is removed when its time is over, and counted. Audit rows stay for good."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from shared import metrics
from shared.bus.interface import Transport
from shared.codes.operations import DeadLetterState, DeliveryStatus
from shared.contracts.catalogue import CATALOGUE, topic_of, topics_read_by
from shared.db.database import Database
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.db.webhooks import leave_webhooks_behind

IDEMPOTENCY_KEPT: Final = dt.timedelta(hours=48)
"""How long the first answer to an `Idempotency-Key` is given again."""
FOREIGN_KEPT: Final = dt.timedelta(days=90)
"""How long a record that no house wrote can be looked at."""
JOB_KEPT: Final = dt.timedelta(days=90)
"""How long a job that has ended can be looked at."""
IMPORT_KEPT: Final = dt.timedelta(days=30)
"""How long the rows that came back of a file can be looked at: they name persons."""
INBOX_FACTOR: Final = 2
"""An applied event is remembered so many times as long as the bus keeps its record."""
_AT_ONCE: Final = 2000
_GROWING: Final = (
    *("inbox", "idempotency", "dead_letter", "job", "import_row", "change", "webhook_delivery", "client_usage"),
    "audit",
)


@dataclass(frozen=True, slots=True)
class Retention:
    """What one house keeps, and for how long."""

    house: str
    database: Database
    transport: Transport
    bus_days: int
    """Days the bus keeps a record: the embedded log by what is done here, Kafka by what its brokers are told."""
    changes_days: int = 30
    """Days the change feed keeps a change."""
    webhook_days: int = 7
    """Days it can be looked up what a webhook delivered."""
    usage_days: int = 400
    """Days it is known what clients used."""

    async def trim(self) -> bool:
        """Remove what is over, part by part, and count the rest; tells that nothing is left to do."""
        now = self.database.resources.clock.now()
        bus_kept = dt.timedelta(days=self.bus_days)
        topic = topic_of(self.house)
        gone = await self.transport.trim(topic, _readers_of(topic), now - bus_kept)
        metrics.TRIMMED_ROWS.labels(self.house, "bus_log").inc(gone)
        kept = await self.transport.kept(topics_read_by(self.house))
        applied_before = now - INBOX_FACTOR * bus_kept
        if kept.since is not None:
            applied_before = min(applied_before, kept.since - bus_kept)
        await self._remove("inbox", applied_before)
        await self._remove("idempotency", now - IDEMPOTENCY_KEPT)
        await self._remove("dead_letter", now - FOREIGN_KEPT)
        await self._remove("import_part", now)
        for table in ("import_row", "import_file"):
            await self._remove(table, now - IMPORT_KEPT)
        await self._remove("job", now - JOB_KEPT)
        await self._remove("change", now - dt.timedelta(days=self.changes_days))
        await self._remove("webhook_delivery", now - dt.timedelta(days=self.webhook_days))
        await self._remove("client_usage", now - dt.timedelta(days=self.usage_days))
        metrics.BUS_LOG_RECORDS.labels(self.house).set((await self.transport.kept([topic])).records)
        for table in _GROWING:
            metrics.STORED_ROWS.labels(self.house, table).set(await self.database.read(_rows, table))
        return False

    async def _remove(self, table: str, before: dt.datetime) -> None:
        removed = _AT_ONCE
        while removed == _AT_ONCE:
            removed = await self.database.write(remove_older, table, before)
            metrics.TRIMMED_ROWS.labels(self.house, table).inc(removed)


def remove_older(uow: UnitOfWork, table: str, before: dt.datetime) -> int:
    """Remove a bounded number of rows whose time was over before this moment; returns how many."""
    rows = uow.system_tables.outbox.metadata.tables[table]
    key = list(rows.primary_key.columns)
    over = sa.select(*key).where(_OVER[table](rows, before)).order_by(*key).limit(_AT_ONCE)
    removing = sa.delete(rows).where(sa.tuple_(*key).in_(over))
    if table != "change":
        return uow.connection.execute(removing).rowcount
    removed = uow.connection.scalars(removing.returning(rows.c.seq)).all()
    if removed:
        leave_webhooks_behind(uow, min(removed), max(removed))
    return len(removed)


def _change_is_over(rows: sa.Table, before: dt.datetime) -> sa.ColumnElement[bool]:
    """The newest stays: whoever has read everything stands there."""
    newest = sa.select(sa.func.max(rows.c.seq)).scalar_subquery()
    return (rows.c.event_id < _first_id(before)) & (rows.c.seq < newest)


def _delivery_is_over(rows: sa.Table, before: dt.datetime) -> sa.ColumnElement[bool]:
    """What may still be delivered stays, unless its webhook was deleted."""
    webhook, change = rows.metadata.tables["webhook"], rows.metadata.tables["change"].c
    lost = (rows.c.status == DeliveryStatus.EXHAUSTED) & ~sa.exists().where(change.seq == rows.c.seq)
    settled = (rows.c.status == DeliveryStatus.DELIVERED) | lost
    return (settled & (rows.c.changed_at < before)) | rows.c.webhook_id.not_in(sa.select(webhook.c.id))


def _import_is_over(rows: sa.Table, before: dt.datetime) -> sa.ColumnElement[bool]:
    job = rows.metadata.tables["job"]
    return rows.c.job_id.in_(sa.select(job.c.id).where(job.c.ended_at < before))


_OVER: Final[Mapping[str, Callable[[sa.Table, dt.datetime], sa.ColumnElement[bool]]]] = {
    "inbox": lambda rows, before: (rows.c.event_id < _first_id(before)) & (rows.c.applied_at < before),
    "idempotency": lambda rows, before: rows.c.created_at < before,
    "dead_letter": lambda rows, before: (rows.c.state == DeadLetterState.FOREIGN) & (rows.c.first_seen_at < before),
    "job": lambda rows, before: rows.c.ended_at < before,
    "change": _change_is_over,
    "client_usage": lambda rows, before: rows.c.day < before.date(),
    "webhook_delivery": _delivery_is_over,
    **dict.fromkeys(("import_file", "import_part", "import_row"), _import_is_over),
}
"""By table, the condition that the time of a row was over before a moment."""


def _first_id(moment: dt.datetime) -> UUID:
    """The smallest id an event made at this moment can have: the older ones of a large table are found by their key."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def _rows(reading: Reading, table: str) -> int:
    found = reading.system_tables.outbox.metadata.tables[table]
    return reading.connection.scalar(sa.select(sa.func.count()).select_from(found)) or 0


def _readers_of(topic: str) -> Sequence[str]:
    return sorted({reader for entry in CATALOGUE.values() if entry.topic == topic for reader in entry.readers})
