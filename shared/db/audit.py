"""The audit of a house: who looked at a person, and what is found in it again."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from shared.context import Context
from shared.db.unit_of_work import Reading, UnitOfWork

READ_ACTION = "person.read"


class Look(NamedTuple):
    """Somebody saw a person in clear."""

    actor: str
    subject: str
    purpose: str | None
    context: Context


class AuditFilter(NamedTuple):
    """Which rows are wanted; None wants them all."""

    subject: str | None
    actor: str | None
    since: dt.datetime | None
    until: dt.datetime | None


def record_looks(uow: UnitOfWork, looks: Sequence[Look]) -> Sequence[None]:
    """Write an audit row for each look. Set-based, for a write lane."""
    for look in looks:
        uow.audit(READ_ACTION, look.subject, reason=look.purpose, actor=look.actor, context=look.context)
    return [None] * len(looks)


def list_audit(reading: Reading, wanted: AuditFilter, before: int | None, limit: int) -> list[dict[str, Any]]:
    """Rows of the audit, the newest first; ``before`` is the number of the last one seen."""
    audit = reading.floor.audit
    statement = sa.select(audit)
    if wanted.subject is not None:
        statement = statement.where(audit.c.subject == wanted.subject)
    if wanted.actor is not None:
        statement = statement.where(audit.c.actor == wanted.actor)
    if wanted.since is not None:
        statement = statement.where(audit.c.at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(audit.c.at < wanted.until)
    if before is not None:
        statement = statement.where(audit.c.seq < before)
    rows = reading.connection.execute(statement.order_by(audit.c.seq.desc()).limit(limit))
    return [dict(row) for row in rows.mappings()]
