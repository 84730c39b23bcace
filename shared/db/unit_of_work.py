"""What a command writes through and a query reads through."""

import contextlib
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from shared.clock import Clock
from shared.context import Context
from shared.contracts.envelope import EncodedEvent, encode
from shared.contracts.payload import Payload
from shared.db.floor import Floor
from shared.db.rows import insert_rows
from shared.policy.loader import PolicyBook
from shared.security.actor import Actor

OUTBOX_CHANNEL = "outbox"
"""PostgreSQL notification channel on which a commit calls the relay of another process."""


@dataclass(slots=True)
class Resources:
    """What every unit of work of one house shares."""

    floor: Floor
    clock: Clock
    policy: PolicyBook


@dataclass
class Reading:
    """A read transaction: what the caller may see, at one moment."""

    connection: sa.Connection
    actor: Actor
    context: Context
    resources: Resources

    @cached_property
    def session(self) -> Session:
        """The ORM over this transaction; it never ends it, and makes no savepoints of its own."""
        return Session(
            bind=self.connection, autoflush=True, expire_on_commit=False, join_transaction_mode="rollback_only"
        )

    @property
    def policy(self) -> PolicyBook:
        """The policy packs in use."""
        return self.resources.policy

    @property
    def floor(self) -> Floor:
        """The mechanism tables of the house."""
        return self.resources.floor

    def now(self) -> dt.datetime:
        """Real time, UTC."""
        return self.resources.clock.now()

    def today(self) -> dt.date:
        """Business date: what deadlines, windows and verdicts count from."""
        return self.resources.clock.today()


class Note(NamedTuple):
    """A log line that becomes true with the commit."""

    event: str
    fields: Mapping[str, Any]


@dataclass
class UnitOfWork(Reading):
    """One write transaction. It is committed once, at the edge; application code never commits.

    Rows, events and audit rows written through it stand or fall together.
    """

    emitted: list[EncodedEvent] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    _audit: list[dict[str, Any]] = field(default_factory=list)

    def emit(self, data: Payload, *, region: str, context: Context | None = None) -> UUID:
        """Publish a fact with this transaction. The aggregate's row must be locked before."""
        event = encode(data, region=region, time=self.now(), context=context or self.context)
        self.emitted.append(event)
        return event.event_id

    def audit(
        self,
        action: str,
        subject: str,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        reason: str | None = None,
        actor: str | None = None,
        context: Context | None = None,
    ) -> None:
        """Record who did what to which subject."""
        self._audit.append(
            {
                "at": self.now(),
                "actor": actor or self.actor.id,
                "action": action,
                "subject": subject,
                "before": before,
                "after": after,
                "reason": reason,
                "correlation_id": (context or self.context).correlation_id,
            }
        )

    def note(self, event: str, *, context: Context | None = None, **fields: Any) -> None:
        """Log this once the transaction has committed, under the correlation id of its chain."""
        self.notes.append(Note(event, {"correlation_id": (context or self.context).correlation_id, **fields}))

    @contextlib.contextmanager
    def savepoint(self) -> Iterator[None]:
        """Do a part of the work that stands or falls alone.

        An error leaves this block as it came; the rows, events, audit rows and notes made inside are gone then, and
        what was made before is untouched. Objects loaded inside belong to the block.
        """
        outer = self.__dict__.pop("session", None)
        if outer is not None:
            outer.flush()
        marks = len(self.emitted), len(self.notes), len(self._audit)
        point = self.connection.begin_nested()
        try:
            yield
            if "session" in self.__dict__:
                self.session.flush()
            point.commit()
        except BaseException:
            if point.is_active:
                point.rollback()
            self._forget_since(marks)
            raise
        finally:
            self.__dict__.pop("session", None)
            if outer is not None:
                outer.expire_all()
                self.__dict__["session"] = outer

    def marks(self) -> tuple[int, int, int]:
        """Where the gathered events, notes and audit rows stand, to return to with a savepoint."""
        if "session" in self.__dict__:
            self.session.flush()
        return len(self.emitted), len(self.notes), len(self._audit)

    def return_to(self, marks: tuple[int, int, int]) -> None:
        """Forget what was gathered since, because its savepoint was rolled back."""
        self.__dict__.pop("session", None)
        self._forget_since(marks)

    def _forget_since(self, marks: tuple[int, int, int]) -> None:
        emitted, notes, audited = marks
        del self.emitted[emitted:], self.notes[notes:], self._audit[audited:]

    def complete(self) -> None:
        """Write what was gathered; called by the database just before it commits."""
        if "session" in self.__dict__:
            self.session.flush()
        insert_rows(self.connection, self.floor.audit, self._audit)
        if self.emitted:
            now = self.now()
            rows = [
                {
                    "event_id": event.event_id,
                    "topic": event.topic,
                    "key": event.key,
                    "headers": event.headers,
                    "value": event.value,
                    "created_at": now,
                }
                for event in self.emitted
            ]
            insert_rows(self.connection, self.floor.outbox, rows)
            if self.connection.dialect.name == "postgresql":
                self.connection.exec_driver_sql(f"NOTIFY {OUTBOX_CHANNEL}")
