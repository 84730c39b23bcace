"""What a command writes through and a query reads through."""

import contextlib
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from functools import cache, cached_property
from typing import Any, NamedTuple
from uuid import UUID

import prometheus_client
import sqlalchemy as sa
from sqlmodel import Session

from shared.clock import Clock
from shared.connections import Limits, milliseconds
from shared.context import Context
from shared.contracts.envelope import EncodedEvent, encode
from shared.contracts.payload import Payload
from shared.db.changes import enter_changes
from shared.db.policy_values import PolicyValues
from shared.db.rows import insert_tuples
from shared.db.system_tables import SystemTables
from shared.policy.loader import PolicyBook
from shared.security.actor import Actor
from shared.security.vault import Vault
from shared.tracing import Span, Step, creation_span

OUTBOX_CHANNEL = "outbox"
"""PostgreSQL notification channel on which a commit calls the relay of another process."""


_AUDITED = ("at", "actor", "action", "subject", "before", "after", "reason", "correlation_id")
_SENT = ("event_id", "topic", "key", "headers", "value", "created_at")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECONDS = 1_000_000
_MOMENTS_AT_ONCE = 64
"""How many moments the first stamp of a transaction takes, so that few rows cost one statement."""


@cache
def _take_moments(clock: sa.Table, dialect: str) -> sa.Update:
    """Take moments and lock the clock. From then on PostgreSQL ends the transaction sooner when it does nothing."""
    now = sa.bindparam("now", type_=sa.BigInteger())
    following = sa.case((clock.c.last_given < now, now), else_=clock.c.last_given + 1)
    taking = sa.update(clock).values(last_given=following + (_MOMENTS_AT_ONCE - 1)).returning(clock.c.last_given)
    if dialect != "postgresql":
        return taking
    idle = sa.bindparam("idle", type_=sa.String())
    return taking.returning(sa.func.set_config("idle_in_transaction_session_timeout", idle, sa.true()))


class Patience(Enum):
    """What a transaction does about a row that another one holds. On SQLite there is one writer, and nobody waits."""

    WAITS = auto()
    """It waits as long as the database lets it, then gives up."""
    HURRIES = auto()
    """It waits for a moment, then gives up: whoever calls has others to see to."""
    LEAVES_OUT = auto()
    """It waits for nobody: it does what concerns free rows, and answers the rest as busy."""


@dataclass(slots=True)
class Resources:
    """What every unit of work of one house shares."""

    system_tables: SystemTables
    clock: Clock
    policy: PolicyBook
    """The book in use. Another one in its place is what the next unit of work decides by."""
    source_silence_days: Mapping[str, int] = field(default_factory=dict)
    """How many days each source of facts may be silent."""
    vault: Vault | None = None
    """What seals and opens personal values; none in a tool that has to do with none."""
    policy_values: PolicyValues | None = None
    """The values that people approved, where the house keeps some: they lie over the book."""


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

    @cached_property
    def policy(self) -> PolicyBook:
        """The policy in use when it was first asked for: one transaction decides by one book."""
        packs, values = self.resources.policy, self.resources.policy_values
        return packs if values is None else values.over(self.connection, packs)

    def deciding_by(self, book: PolicyBook) -> "Reading":
        """The same transaction, read by another book."""
        return Reading(
            self.connection, self.actor, self.context, replace(self.resources, policy=book, policy_values=None)
        )

    @property
    def system_tables(self) -> SystemTables:
        """The mechanism tables of the house."""
        return self.resources.system_tables

    def now(self) -> dt.datetime:
        """Real time, UTC."""
        return self.resources.clock.now()

    def today(self) -> dt.date:
        """Business date: what deadlines, windows and verdicts count from."""
        return self.resources.clock.today()


class _OnlyTriedError(Exception):
    """Takes back what was tried."""


class LogLine(NamedTuple):
    """A log line that becomes true with the commit."""

    event: str
    fields: Mapping[str, Any]


@dataclass
class UnitOfWork(Reading):
    """One write transaction. It is committed once, at the edge; application code never commits.

    Rows, events and audit rows written through it stand or fall together.
    """

    patience: Patience = Patience.WAITS
    limits: Limits = field(default_factory=Limits)
    emitted: list[EncodedEvent] = field(default_factory=list)
    log_lines: list[LogLine] = field(default_factory=list)
    counts: list[tuple[prometheus_client.Counter, int]] = field(default_factory=list)
    entered: int = 0
    """How many changes it entered in the feed."""
    spans: list[Span] = field(default_factory=list)
    """What ends with the commit; without one it is never told."""
    _audit: list[tuple[Any, ...]] = field(default_factory=list)
    _last_taken: int = 0
    """The last moment of those that this transaction has taken from the clock."""
    _last_given: int = 0

    def emit(self, data: Payload, *, region: str, context: Context | None = None) -> UUID:
        """Publish a fact with this transaction. The aggregate's row must be locked before."""
        context = context or self.context
        span = creation_span(data.event_type, context.step)
        if span is not None:
            context = context._replace(step=self.until_commit(span))
        event = encode(data, region=region, time=self.now(), context=context)
        self.emitted.append(event)
        return event.event_id

    def until_commit(self, span: Span) -> Step:
        """Have the span end with the commit; returns its step."""
        self.spans.append(span)
        return Step.of(span)

    def stamp(self) -> dt.datetime:
        """The moment of a changed row, for its `updated_at`: later than that of every row committed before.

        Whoever asks for what was changed after the latest moment seen misses nothing: the first stamp of a
        transaction waits until every other transaction that was given one has ended, so moments become visible in
        their order, and no two rows share one. Take the locks of the command first; write the rows next. A process that
        hangs then holds up the house, not one household: its transaction is ended after `Limits.moment_seconds`.
        """
        if not self._last_given:
            now = int(self.now().timestamp() * _MICROSECONDS)
            taking = _take_moments(self.system_tables.commit_clock, self.connection.dialect.name)
            idle = milliseconds(self.limits.moment_seconds)
            self._last_taken = self.connection.execute(taking, {"now": now, "idle": idle}).one()[0]
            self._last_given = self._last_taken - _MOMENTS_AT_ONCE
        self._last_given += 1
        return _EPOCH + dt.timedelta(microseconds=self._last_given)

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
        at: dt.datetime | None = None,
    ) -> None:
        """Record who did what to which subject; ``at`` is when, where that was before now."""
        chain = (context or self.context).correlation_id
        self._audit.append((at or self.now(), actor or self.actor.id, action, subject, before, after, reason, chain))

    def log_after_commit(self, event: str, *, context: Context | None = None, **fields: Any) -> None:
        """Log this once the transaction has committed, under the correlation id of its chain."""
        self.log_lines.append(LogLine(event, {"correlation_id": (context or self.context).correlation_id, **fields}))

    def count_after_commit(self, counter: prometheus_client.Counter, number: int = 1) -> None:
        """Add this to a metric once the transaction has committed: what was taken back or run again counts once."""
        self.counts.append((counter, number))

    def record(
        self,
        action: str,
        subject: UUID,
        told: Mapping[str, Any],
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        reason: str | None = None,
        actor: str | None = None,
        context: Context | None = None,
    ) -> None:
        """Keep one act in the audit and tell it in the log after the commit, under the same name and chain.

        The log line says what is ``told``, and the subject by what the action is about: `task_id` of `task.opened`.
        """
        named = str(subject)
        self.audit(action, named, before=before, after=after, reason=reason, actor=actor, context=context)
        self.log_after_commit(action, context=context, **{f"{action.partition('.')[0]}_id": named}, **told)

    @contextlib.contextmanager
    def savepoint(self) -> Iterator[None]:
        """Do a part of the work that stands or falls alone.

        An error leaves this block as it came; the rows, events, audit rows, log lines and counts made inside are gone
        then, and what was made before is untouched. Objects loaded inside belong to the block.
        """
        outer = self.__dict__.pop("session", None)
        if outer is not None:
            outer.flush()
        marks = self._gathered()
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

    @contextlib.contextmanager
    def taken_back(self) -> Iterator[None]:
        """Do something only to see what would come of it: whatever is made inside is gone behind this block."""
        with contextlib.suppress(_OnlyTriedError), self.savepoint():
            yield
            raise _OnlyTriedError

    def _gathered(self) -> tuple[int, ...]:
        said = (len(self.emitted), len(self.log_lines), len(self.counts))
        return *said, len(self.spans), len(self._audit), self._last_given

    def _forget_since(self, marks: tuple[int, ...]) -> None:
        emitted, log_lines, counts, spans, audited, last_given = marks
        del self.emitted[emitted:], self.log_lines[log_lines:], self.counts[counts:]
        del self.spans[spans:], self._audit[audited:]
        if not last_given:  # the row of the clock was given back with the savepoint
            self._last_taken = self._last_given = 0

    def complete(self) -> None:
        """Write what was gathered; called by the database just before it commits."""
        if "session" in self.__dict__:
            self.session.flush()
        if self._last_given > self._last_taken:
            clock = self.system_tables.commit_clock
            self.connection.execute(sa.update(clock).values(last_given=self._last_given))
        insert_tuples(self.connection, self.system_tables.audit, _AUDITED, self._audit)
        if self.emitted:
            now = self.now()
            rows = [(one.event_id, one.topic, one.key, one.headers, one.value, now) for one in self.emitted]
            insert_tuples(self.connection, self.system_tables.outbox, _SENT, rows)
            if self.connection.dialect.name == "postgresql":
                self.connection.exec_driver_sql(f"NOTIFY {OUTBOX_CHANNEL}")
            else:  # there is one writer: whatever it writes is in the order of commits
                self.entered = enter_changes(self.connection, self.system_tables.change, self.emitted)
