"""A webhook as the sender knows it: where it leads, what its owner sees, and the line before it."""

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from pydantic_core import from_json
from standardwebhooks import Webhook

from shared.codes.operations import DeliveryStatus, PauseCause
from shared.contracts.changes import Change
from shared.db.unit_of_work import Reading
from shared.feed.sight import Sight
from shared.hooks.addresses import Reach
from shared.hooks.calling import Outcome, Receiver
from shared.hooks.lines import Item, Line
from shared.hooks.owners import Owners
from shared.hooks.store import is_unfinished, rows_after, secrets_of
from shared.security.clients import Permit


@dataclass(slots=True, eq=False)
class Target:
    """A webhook at work."""

    row: Any
    """The webhook as it is kept."""
    sight: Sight
    signing: Sequence[Webhook]
    receiver: Receiver
    line: Line
    permit: Permit | None
    """The record of its owner."""
    told: set[int]
    """Numbers behind the place that have a row: they are not read again."""
    may_have_more: bool = True
    """Whether the feed may hold more than was read."""
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    """What is on its way."""
    written: int = 0
    """The place that was written down last."""

    def is_as(self, row: Any, now: dt.datetime, owners: Owners) -> bool:
        """Whether the webhook is still the one that was taken up, with the same secrets and rights, and at work."""
        if row is None or row.version != self.row.version or owners.permit_of(row) != self.permit:
            return False
        if row.paused_because is not None and self.line.paused_because is None:
            return False
        return len(self.signing) == 1 or row.former_until > now

    def paused_because(self, owners: Owners) -> PauseCause | None:
        """Why nothing is sent; None where something may be."""
        return self.line.paused_because or owners.pause_of(self.row)

    def standing(self) -> dict[str, Any]:
        """How the receiver does, in the columns of its row. A pause is never taken back here: its owner does that."""
        line = self.line
        paused = {} if line.paused_because is None else {"paused_because": line.paused_because}
        return {
            "failures": line.failures,
            "next_try_at": line.left_alone_until,
            "last_delivered_at": line.last_delivered_at,
            "last_failed_at": line.last_failed_at,
            "last_error": line.last_error,
            **paused,
        }

    def row_of(
        self, item: Item, status: DeliveryStatus, now: dt.datetime, outcome: Outcome | None = None
    ) -> tuple[Any, ...]:
        """What became of a change, in the columns of `notes.ROW`."""
        error = outcome.error.as_document() if outcome is not None and outcome.error is not None else None
        return (
            self.row.id,
            item.seq,
            item.event_id,
            item.type,
            item.subject,
            status,
            item.attempts,
            item.first_tried_at,
            item.next_try_at if status is DeliveryStatus.RETRYING else None,
            None if outcome is None else outcome.status,
            error,
            now,
        )


def load_target(reading: Reading, row: Any, owners: Owners, reach: Reach) -> Target:
    """Take up a webhook where it stands."""
    line = Line(
        read_to=row.passed,
        failures=row.failures,
        left_alone_until=row.next_try_at,
        paused_because=row.paused_because,
        last_delivered_at=row.last_delivered_at,
        last_failed_at=row.last_failed_at,
        last_error=row.last_error,
    )
    line.add(_unfinished(reading, row))
    signing = [Webhook(secret) for secret in secrets_of(reading, row)]
    told = rows_after(reading, row.id, row.passed)
    sight, permit = owners.sight(reading, row), owners.permit_of(row)
    return Target(row, sight, signing, Receiver(row.url, reach), line, permit, told, written=row.passed)


def _unfinished(reading: Reading, row: Any) -> list[Item]:
    """The changes that are still to be delivered and have a row, in the order of the feed."""
    table = reading.system_tables.webhook_delivery
    mine = sa.select(table).where(table.c.webhook_id == row.id, is_unfinished(table)).order_by(table.c.seq)
    return [
        Item(
            one.seq,
            one.event_id,
            one.type,
            one.subject,
            None,
            one.attempts,
            one.first_tried_at,
            one.next_try_at,
            has_row=True,
        )
        for one in reading.connection.execute(mine)
    ]


def item_of(seq: int, change: Change) -> Item:
    """A change as it waits in a line."""
    return Item(seq, change.event_id, change.type, from_json(change.item)["subject"], change.item)
