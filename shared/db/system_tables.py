"""The tables every house has: what its mechanisms keep beside the rows of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from shared.codes.operations import DeliveryStatus, JobStatus, PauseCause, RowStatus
from shared.db.base import EncryptedText, UtcDateTime, closed_code

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


@dataclass(frozen=True, slots=True)
class SystemTables:
    """The mechanism tables of one house."""

    outbox: sa.Table
    """Events committed with the fact they tell of and not yet on the bus; `seq` is the order they are published in."""
    inbox: sa.Table
    """Events already applied: a repeat finds its id here."""
    bus_position: sa.Table
    """The next record to read, for a transport that leaves this to its reader; written with the effect.

    The id of the log and of the record before tell another log from the one that was read."""
    dead_letter: sa.Table
    """Records that could not be applied (`state` dead), those of the same key waiting behind them (parked), and what is
    too early, not known to this release, or of no house."""
    idempotency: sa.Table
    """The first answer given to an `Idempotency-Key`."""
    audit: sa.Table
    """Who did what, when, to which subject, with the state before and after. Never changed, never deleted.

    `seq` is the order rows were written in."""
    audit_seal: sa.Table
    """The chain over the audit: for each sealed row its place, counted from 1 without a gap, and its hash."""
    audit_head: sa.Table
    """One row: where the chain ends, how far the audit was looked at, and what the latest verification found."""
    audit_signed_head: sa.Table
    """Where the chain ended on a day, signed."""
    commit_clock: sa.Table
    """One row: the last moment given to a changed row, in microseconds since 1970. Moments are given in the order of
    commits; see `UnitOfWork.stamp`."""
    job: sa.Table
    """Long work that somebody asked for, and how far it is."""
    sealing_key: sa.Table
    """The keys of the ring that sealed something here, each with a text to know it by; one is current."""
    change: sa.Table
    """What the change feed tells; `seq` is the order in which changes became visible: none comes before one that is."""
    import_file: sa.Table
    """Files that somebody sent, each with its sender's rights; the job of the same id takes it."""
    import_part: sa.Table
    """The rows of a file as they came, packed, until its job has ended."""
    import_row: sa.Table
    """Rows of a file that came back or should be checked."""
    webhook: sa.Table
    """Where clients want to be told of changes, with their rights; `passed` is the number in the feed up to which
    each change was delivered or has a row in `webhook_delivery`."""
    webhook_delivery: sa.Table
    """Changes that were delivered lately, that wait for another try, or for one of their subject before them."""
    client_allowance: sa.Table
    """How many requests of the present minute and day the processes have taken for a client that has limits."""
    client_usage: sa.Table
    """What clients used, by business day and group of routes."""


def _outbox() -> list[sa.Column[Any]]:
    return [
        sa.Column("seq", _SERIAL, primary_key=True, autoincrement=True),
        sa.Column("event_id", sa.Uuid(), nullable=False, unique=True),
        sa.Column("topic", sa.String(64), nullable=False),
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
    ]


def _inbox() -> list[sa.Column[Any]]:
    return [
        sa.Column("event_id", sa.Uuid(), primary_key=True),
        sa.Column("event_type", sa.String(96), nullable=False),
        sa.Column("applied_at", UtcDateTime(), nullable=False),
    ]


def _bus_position() -> list[sa.Column[Any]]:
    return [
        sa.Column("topic", sa.String(64), primary_key=True),
        sa.Column("partition", sa.Integer(), primary_key=True),
        sa.Column("next_offset", sa.BigInteger(), nullable=False),
        sa.Column("log_id", sa.String(64), nullable=True),
        sa.Column("event_id", sa.String(64), nullable=True),
    ]


def _dead_letter() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("event_id", sa.String(64), nullable=False, unique=True),
        sa.Column("event_type", sa.String(96), nullable=True),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("topic", sa.String(64), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(128), nullable=False, index=True),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", UtcDateTime(), nullable=False),
        sa.Column("last_tried_at", UtcDateTime(), nullable=False),
    ]


def _idempotency() -> list[sa.Column[Any]]:
    return [
        sa.Column("client_id", sa.String(64), primary_key=True),
        sa.Column("key", sa.String(128), primary_key=True),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", EncryptedText(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
    ]


def _audit_seal() -> list[sa.Column[Any]]:
    return [
        sa.Column("place", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("seq", sa.BigInteger(), nullable=False, unique=True),
        sa.Column("hash", sa.String(64), nullable=False),
    ]


def _audit_head() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("reached", sa.BigInteger(), nullable=False),
        sa.Column("gaps", sa.JSON(), nullable=False),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("faults", sa.Integer(), nullable=False),
    ]


def _audit_signed_head() -> list[sa.Column[Any]]:
    return [
        sa.Column("signed_on", sa.Date(), primary_key=True),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
    ]


def _commit_clock() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("last_given", sa.BigInteger(), nullable=False),
    ]


def _job() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("status", closed_code(JobStatus), nullable=False, index=True),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("asked_by", sa.String(128), nullable=False),
        sa.Column("position", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("problem", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
    ]


def _import_file() -> list[sa.Column[Any]]:
    return [
        sa.Column("job_id", sa.Uuid(), primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("sender", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(64), nullable=True),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
    ]


def _import_part() -> list[sa.Column[Any]]:
    return [
        sa.Column("job_id", sa.Uuid(), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("content", EncryptedText(), nullable=False),
    ]


def _import_row() -> list[sa.Column[Any]]:
    return [
        sa.Column("job_id", sa.Uuid(), primary_key=True),
        sa.Column("row", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("status", closed_code(RowStatus), nullable=False),
        sa.Column("cells", EncryptedText(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
    ]


def _client_allowance() -> list[sa.Column[Any]]:
    return [
        sa.Column("client_id", sa.String(64), primary_key=True),
        sa.Column("period", sa.String(16), primary_key=True),
        sa.Column("window", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
    ]


def _client_usage() -> list[sa.Column[Any]]:
    return [
        sa.Column("client_id", sa.String(64), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("route_group", sa.String(64), primary_key=True),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.Column("errors", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
    ]


def _sealing_key() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("known_by", EncryptedText(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("replaced_at", UtcDateTime(), nullable=True),
    ]


def _change() -> list[sa.Column[Any]]:
    return [
        sa.Column("seq", _SERIAL, primary_key=True, autoincrement=True),
        sa.Column("event_id", sa.Uuid(), nullable=False, unique=True),
        sa.Column("type", sa.String(96), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column("buyer_code", sa.String(64), nullable=True),
        sa.Column("item", sa.Text(), nullable=False),
    ]


def _webhook() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("types", sa.JSON(), nullable=False),
        sa.Column("rights", sa.JSON(), nullable=False),
        sa.Column("secret", EncryptedText(), nullable=False),
        sa.Column("former_secret", EncryptedText(), nullable=True),
        sa.Column("former_until", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("paused_because", closed_code(PauseCause), nullable=True),
        sa.Column("passed", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=True),
        sa.Column("last_delivered_at", UtcDateTime(), nullable=True),
        sa.Column("last_failed_at", UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("behind_since", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("set_up_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("client_id", "code"),
    ]


def _webhook_delivery() -> list[sa.schema.SchemaItem]:
    unfinished = sa.text("status IN ('waiting', 'retrying')")
    return [
        sa.Column("webhook_id", sa.Uuid(), primary_key=True),
        sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(96), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("status", closed_code(DeliveryStatus), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_tried_at", UtcDateTime(), nullable=True),
        sa.Column("next_try_at", UtcDateTime(), nullable=True),
        sa.Column("answered", sa.Integer(), nullable=True),
        sa.Column("error", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False, index=True),
        sa.Index(
            "ix_webhook_delivery_unfinished",
            "webhook_id",
            "seq",
            sqlite_where=unfinished,
            postgresql_where=unfinished,
        ),
    ]


def _audit() -> list[sa.Column[Any]]:
    return [
        sa.Column("seq", _SERIAL, primary_key=True, autoincrement=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False, index=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("correlation_id", sa.String(64), nullable=False, index=True),
    ]


_TABLES: Final[Mapping[str, Callable[[], Sequence[sa.schema.SchemaItem]]]] = {
    "outbox": _outbox,
    "inbox": _inbox,
    "bus_position": _bus_position,
    "dead_letter": _dead_letter,
    "idempotency": _idempotency,
    "audit": _audit,
    "audit_seal": _audit_seal,
    "audit_head": _audit_head,
    "audit_signed_head": _audit_signed_head,
    "commit_clock": _commit_clock,
    "job": _job,
    "sealing_key": _sealing_key,
    "change": _change,
    "import_file": _import_file,
    "import_part": _import_part,
    "import_row": _import_row,
    "webhook": _webhook,
    "webhook_delivery": _webhook_delivery,
    "client_allowance": _client_allowance,
    "client_usage": _client_usage,
}


def add_system_tables(metadata: sa.MetaData) -> SystemTables:
    """Add the system tables to a house's metadata."""
    return SystemTables(**{name: sa.Table(name, metadata, *columns()) for name, columns in _TABLES.items()})
