"""The tables every house has: outbox, inbox, positions, dead letters, idempotency keys, audit."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from shared.db.base import UtcDateTime

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


@dataclass(frozen=True, slots=True)
class Floor:
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


def _columns(name: str) -> list[sa.Column[Any]]:
    match name:
        case "outbox":
            return [
                sa.Column("seq", _SERIAL, primary_key=True, autoincrement=True),
                sa.Column("event_id", sa.Uuid(), nullable=False, unique=True),
                sa.Column("topic", sa.String(64), nullable=False),
                sa.Column("key", sa.String(128), nullable=False),
                sa.Column("headers", sa.JSON(), nullable=False),
                sa.Column("value", sa.LargeBinary(), nullable=False),
                sa.Column("created_at", UtcDateTime(), nullable=False),
            ]
        case "inbox":
            return [
                sa.Column("event_id", sa.Uuid(), primary_key=True),
                sa.Column("event_type", sa.String(96), nullable=False),
                sa.Column("applied_at", UtcDateTime(), nullable=False),
            ]
        case "bus_position":
            return [
                sa.Column("topic", sa.String(64), primary_key=True),
                sa.Column("partition", sa.Integer(), primary_key=True),
                sa.Column("next_offset", sa.BigInteger(), nullable=False),
                sa.Column("log_id", sa.String(64), nullable=True),
                sa.Column("event_id", sa.String(64), nullable=True),
            ]
        case "dead_letter":
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
        case "idempotency":
            return [
                sa.Column("client_id", sa.String(64), primary_key=True),
                sa.Column("key", sa.String(128), primary_key=True),
                sa.Column("request_hash", sa.String(64), nullable=False),
                sa.Column("status", sa.Integer(), nullable=True),
                sa.Column("answer", sa.Text(), nullable=True),
                sa.Column("created_at", UtcDateTime(), nullable=False),
            ]
        case _:
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


def lay_floor(metadata: sa.MetaData) -> Floor:
    """Add the floor tables to a house's metadata."""
    names = ("outbox", "inbox", "bus_position", "dead_letter", "idempotency", "audit")
    return Floor(**{name: sa.Table(name, metadata, *_columns(name)) for name in names})
