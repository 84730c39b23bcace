"""What can be asked of webhooks. A client has to do with its own; operations with those of all."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from shared.db.unit_of_work import Reading
from shared.hooks.errors import WebhookNotFound
from shared.hooks.store import secrets_of
from shared.security.actor import OPERATE
from shared.words.said import Said, says


def owned(reading: Reading, client_id: str | None, code: str, *, lock: bool = False) -> Any:
    """A webhook of the caller, or of the client named. Raises WebhookNotFound, also for what is not the caller's."""
    owner = reading.actor.id if client_id is None else client_id
    table = reading.system_tables.webhook
    asked = sa.select(table).where(table.c.client_id == owner, table.c.code == code)
    row = None
    if owner == reading.actor.id or reading.actor.may(OPERATE):
        locked = asked.order_by(table.c.id).with_for_update()
        row = reading.connection.execute(locked if lock else asked).one_or_none()
    if row is None:
        raise WebhookNotFound(says("no-such-webhook", code=code))
    return row


def visible(reading: Reading, client_id: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Which webhooks the caller may see."""
    return sa.true() if reading.actor.may(OPERATE) else client_id == reading.actor.id


def signing_of(reading: Reading, client_id: str | None, code: str) -> tuple[str, Sequence[str], dt.datetime]:
    """What a message of a webhook is sent by: its url, its secrets, and the moment. Raises WebhookNotFound."""
    row = owned(reading, client_id, code)
    return row.url, secrets_of(reading, row), reading.now()


def no_such_delivery(event_id: UUID) -> Said:
    """The sentence of a change that a webhook was not told of."""
    return says("no-such-delivery", change=event_id)
