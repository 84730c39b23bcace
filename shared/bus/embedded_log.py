"""What stands in the file of the embedded log, and how it is read: plain functions over one connection."""

import datetime as dt
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

from pydantic_core import from_json

from shared.bus.interface import Kept, Lag, Positions, Record, TopicPartition

SCHEMA = """
CREATE TABLE IF NOT EXISTS log (
    "offset" INTEGER PRIMARY KEY AUTOINCREMENT,
    topic TEXT NOT NULL,
    key TEXT NOT NULL,
    event_id TEXT NOT NULL,
    headers TEXT NOT NULL,
    value BLOB NOT NULL,
    appended_at REAL NOT NULL,
    UNIQUE (topic, event_id)
);
CREATE INDEX IF NOT EXISTS log_by_topic ON log (topic, "offset");
CREATE TABLE IF NOT EXISTS identity (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS passed (
    reader TEXT NOT NULL,
    topic TEXT NOT NULL,
    next_offset INTEGER NOT NULL,
    PRIMARY KEY (reader, topic)
);
"""
_BUSY_TIMEOUT_MS = 5000
RECORDS = 'SELECT "offset", key, headers, value, appended_at FROM log'
"""Followed by what is wanted of the log."""


def connect(path: Path) -> sqlite3.Connection:
    """Open the file, creating it when it is not there."""
    connection = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_MS / 1000, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def record_of(source: TopicPartition, row: tuple[int, str, str, bytes, float]) -> Record:
    """A row as it is handed on."""
    offset, key, headers, value, at = row
    return Record(source.topic, 0, offset, key, from_json(headers), value, dt.datetime.fromtimestamp(at, dt.UTC))


def lag_from(connection: sqlite3.Connection, positions: Positions) -> Lag:
    """Records from these positions on, and the age of the oldest."""
    counts = [
        connection.execute(
            'SELECT count(*), min(appended_at) FROM log WHERE topic = ? AND "offset" >= ?', (source.topic, position)
        ).fetchone()
        for source, position in positions.items()
    ]
    oldest = min([first for _, first in counts if first is not None], default=None)
    return Lag(sum(rows for rows, _ in counts), max(0.0, time.time() - oldest) if oldest is not None else 0.0)


def kept_of(connection: sqlite3.Connection, topics: Sequence[str]) -> Kept:
    """How many records of these topics there are, and since when."""
    found = [
        connection.execute("SELECT count(*), min(appended_at) FROM log WHERE topic = ?", (topic,)).fetchone()
        for topic in topics
    ]
    oldest = min([first for _, first in found if first is not None], default=None)
    since = None if oldest is None else dt.datetime.fromtimestamp(oldest, dt.UTC)
    return Kept(sum(rows for rows, _ in found), since)


def file_at(path: Path) -> tuple[int, int] | None:
    """Which file lies there, if one does."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
