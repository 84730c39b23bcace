"""The engines of a house: one writer and a few readers on SQLite, two pools on PostgreSQL, all with time limits."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import asyncpg
import sqlalchemy as sa
import structlog
from pydantic_core import from_json, to_json
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from shared.connections import Limits
from shared.db.base import JsonText
from shared.db.copying import execute_copies
from shared.db.trouble import DatabaseSilent, DatabaseUnreachable, sentence_of
from shared.words.said import says

_BUSY_TIMEOUT_MS = 5000
_WRITER_CACHE_KIB = 32768
_CHECKPOINT_PAGES = 8000
"""About 32 MB of log before it is written back: facts land all over their indexes, and pages are written back once."""
POOL_SECONDS = 10.0
"""How long a transaction waits for a connection of its pool."""

COMMANDS_FIND_ROWS_BY_KEY = {"enable_seqscan": "off", "jit": "off"}
"""A plan that was made while a table was small must not go on reading all of it."""

log = structlog.get_logger()


def _to_json(value: Any) -> str:
    return value if isinstance(value, JsonText) else to_json(value).decode()


_ENGINE: dict[str, Any] = {"json_serializer": _to_json, "json_deserializer": from_json, "hide_parameters": True}
"""JSON columns are written and read by the same fast code as requests and events; errors quote no parameter."""


@contextlib.contextmanager
def reaching_database() -> Iterator[None]:
    """Name what goes wrong while a connection is made, whether the driver or SQLAlchemy says so."""
    try:
        yield
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, sa.exc.DBAPIError) as error:
        log.warning("database.unreachable", error=type(error).__name__, reason=sentence_of(error))
        raise DatabaseUnreachable(says("database-not-reached")) from error


@contextlib.asynccontextmanager
async def connected(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection of the engine's pool. Raises DatabaseUnreachable where there is none to be had."""
    with reaching_database():
        connection = await engine.connect()
    try:
        yield connection
    finally:
        await connection.close()


def sqlite_writer(url: sa.URL) -> sa.Engine:
    """The one connection that writes; its transactions hold the write lock from their beginning."""
    engine = sa.create_engine(
        url.set(drivername="sqlite+pysqlite"),
        poolclass=sa.StaticPool,
        connect_args={"check_same_thread": False},
        **_ENGINE,
    )

    @sa.event.listens_for(engine, "connect")
    def _on_connect(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        _sqlite_pragmas(connection, read_only=False)

    @sa.event.listens_for(engine, "begin")
    def _on_begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def sqlite_reader(url: sa.URL) -> AsyncEngine:
    """A few connections that cannot write."""
    engine = create_async_engine(url.set(drivername="sqlite+aiosqlite"), pool_size=4, max_overflow=0, **_ENGINE)

    @sa.event.listens_for(engine.sync_engine, "connect")
    def _on_connect(connection: Any, _: object) -> None:
        connection.isolation_level = None
        _sqlite_pragmas(connection, read_only=True)

    @sa.event.listens_for(engine.sync_engine, "begin")
    def _on_begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _sqlite_pragmas(connection: sqlite3.Connection, *, read_only: bool) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA foreign_keys=ON")
    if read_only:
        cursor.execute("PRAGMA query_only=ON")
    else:
        cursor.execute(f"PRAGMA cache_size=-{_WRITER_CACHE_KIB}")
        cursor.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")
    cursor.close()


def postgres_pool(url: sa.URL, limits: Limits, size: int, settings: Mapping[str, str] | None = None) -> AsyncEngine:
    """A pool of so many connections, each with the time limits and these session settings."""
    engine = create_async_engine(
        url,
        pool_size=size,
        max_overflow=0,
        pool_timeout=POOL_SECONDS,
        connect_args=limits.connect_arguments({**limits.server_settings(), **(settings or {})}),
        **_ENGINE,
    )

    @sa.event.listens_for(engine.sync_engine, "checkout")
    def _on_checkout(connection: Any, *_: object) -> None:
        if connection.driver_connection.is_closed():
            raise sa.exc.DisconnectionError("the server closed this connection")

    execute_copies(engine)
    keep_watch(engine, limits)
    return engine


def lease_engine(url: sa.URL, limits: Limits, settings: Mapping[str, str]) -> AsyncEngine:
    """Makes the one connection that holds the right to relay; every statement on it is a transaction."""
    engine = create_async_engine(
        url,
        poolclass=sa.NullPool,
        isolation_level="AUTOCOMMIT",
        json_deserializer=from_json,
        connect_args=limits.connect_arguments({**limits.lease_settings(), **settings}),
    )
    keep_watch(engine, limits)
    return engine


def keep_watch(engine: AsyncEngine, limits: Limits) -> None:
    """Have both sides notice that the other is gone, and give up a connection on which a statement goes unanswered.

    Nothing more is said on such a connection, not even `ROLLBACK`: that would wait as long again.
    """

    @sa.event.listens_for(engine.sync_engine, "connect")
    def _on_connect(connection: Any, _: object) -> None:
        limits.watch(connection.driver_connection)

    @sa.event.listens_for(engine.sync_engine, "handle_error", retval=True)
    def _on_error(context: sa.engine.ExceptionContext) -> BaseException | None:
        if not isinstance(context.original_exception, asyncio.TimeoutError) or context.connection is None:
            return None
        context.connection.connection.driver_connection.terminate()  # type: ignore[union-attr]
        context.is_disconnect = True
        log.warning("database.silent", seconds=limits.command_seconds)
        return DatabaseSilent(says("database-silent"))
