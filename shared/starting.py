"""What is looked at before a process works: a start that cannot work ends in one line that names what is wrong."""

import asyncio
import contextlib
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import asyncpg
import sqlalchemy as sa
import structlog

from shared import metrics
from shared.db.database import Database
from shared.db.sealing_keys import admit_key, look_at_keys
from shared.db.trouble import DatabaseUnreachable, sentence_of
from shared.db.unit_of_work import Reading
from shared.errors import DomainError
from shared.house import House
from shared.security.keyring import KeyRingRefused
from shared.settings import Settings

log = structlog.get_logger()

NOT_A_DEFECT = (OSError, sqlite3.Error, sa.exc.SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""Errors of the machine and its servers: one sentence says all there is to say about them."""


class CannotStart(Exception):
    """Something this process needs is missing or damaged; the message says what, and what to do."""


def refuse(reason: str) -> NoReturn:
    """End the process with one line."""
    sys.stderr.write(f"refusing to start: {' '.join(reason.split())}\n")
    raise SystemExit(1)


def reason_of(error: Exception) -> str:
    """The one line for an error that ended the start of a process."""
    if isinstance(error, CannotStart | KeyRingRefused):
        return str(error)
    if isinstance(error, DomainError):
        return error.detail
    return sentence_of(error)


async def look_before_work(houses: Iterable[House], settings: Settings) -> None:
    """Look at the data folder and at every database. Raises CannotStart.

    A server that does not answer yet is waited for later: readiness says so meanwhile.
    """
    metrics.DATA_FREE_BYTES.set_function(lambda: _space_of(settings.data).free)
    metrics.DATA_SIZE_BYTES.set_function(lambda: _space_of(settings.data).total)
    files = [Path(str(house.database.url.database)) for house in houses if house.database.is_sqlite]
    await asyncio.to_thread(_look_at_files, settings, files)
    for house in houses:
        if not house.database.is_sqlite:
            await _look_at_server(house.database)
        await _look_at_keys(house.database)


async def _look_at_keys(database: Database) -> None:
    """See that the key ring opens what the database keeps sealed. Raises KeyRingRefused.

    A server that is away, or a database of another release, is looked at when it is there; readiness waits for that.
    """
    with contextlib.suppress(DatabaseUnreachable):
        await database.read(database.schema.look)
        if database.schema.difference is None and await database.read(look_at_keys) is None:
            await database.write(admit_key)


def _space_of(folder: Path) -> Any:
    try:
        return shutil.disk_usage(folder)
    except OSError:
        return _NO_SPACE


def _look_at_files(settings: Settings, files: Iterable[Path]) -> None:
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.data):
            pass
    except OSError as error:
        raise CannotStart(f"the data folder {settings.data} cannot be written: {error.strerror}") from error
    bus = settings.data / "bus.sqlite"
    for path in [*files, *([bus] if settings.bus == "embedded" and bus.exists() else [])]:
        if not path.exists():
            raise CannotStart(f"there is no database {path}: run the role `migrate` first")
        _check_pages(path)


def _check_pages(path: Path) -> None:
    """Read every page once, and take the write lock once."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, isolation_level=None)) as database:
            [[found], *_] = database.execute("PRAGMA quick_check(1)").fetchall()
            database.execute("PRAGMA busy_timeout=5000")
            database.execute("BEGIN IMMEDIATE")
            database.execute("ROLLBACK")
    except sqlite3.Error as error:
        raise CannotStart(f"the database {path} cannot be used: {error}") from error
    if found != "ok":
        raise CannotStart(f"the database {path} is damaged, restore it from a backup: {found}")


async def _look_at_server(database: Database) -> None:
    try:
        maximum, reserved, in_use, lock_timeout = await database.read(_server_state)
    except DatabaseUnreachable as error:
        if isinstance(error.__cause__, asyncpg.ProtocolViolationError):
            raise CannotStart(_POOLED.format(sentence_of(error.__cause__))) from error
        return
    if lock_timeout != round(database.limits.lock_seconds * 1000):
        raise CannotStart(_POOLED.format(f"lock_timeout is {lock_timeout} ms there"))
    wanted, room = database.limits.connections + 1, maximum - reserved
    if wanted > room:
        raise CannotStart(
            f"SHOUXIAN_DATABASE_CONNECTIONS={database.limits.connections} and one for the relay are more than the "
            f"{room} connections that max_connections={maximum} of the database leaves"
        )
    if in_use + wanted > room:
        log.warning("database.connections_short", wanted=wanted, in_use=in_use, room=room)


_NO_SPACE = SimpleNamespace(free=0, total=0)
_POOLED = (
    "the database does not keep the settings of a connection ({}). A pooler such as PgBouncer stands before it: name "
    "the server itself in SHOUXIAN_DATABASE_URL"
)


def _server_state(reading: Reading) -> tuple[int, int, int, int]:
    """Connections at most, those kept for superusers, those in use, and the lock time-out of this session in ms."""
    found = reading.connection.exec_driver_sql(
        "SELECT current_setting('max_connections')::int, current_setting('superuser_reserved_connections')::int,"
        " (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()),"
        " (SELECT setting::int FROM pg_settings WHERE name = 'lock_timeout')"
    ).one()
    return found[0], found[1], found[2], found[3]
