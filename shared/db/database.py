"""Where transactions run. Commands and queries are plain functions; this decides thread, engine and commit.

SQLite (WAL, full durability): writes run whole, one after the other, in one writer thread that begins IMMEDIATE;
reads run on a second, query-only engine. PostgreSQL: both run over asyncpg, from a pool.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import asyncpg
import sqlalchemy as sa
import stamina
import structlog
from pydantic_core import from_json, to_json
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from shared.context import Context
from shared.db.base import JsonText
from shared.db.unit_of_work import Reading, Resources, UnitOfWork
from shared.errors import Unavailable
from shared.logs import info_lines
from shared.security.actor import SYSTEM, Actor

T = TypeVar("T")
CommitListener = Callable[[UnitOfWork], None]

_BUSY_TIMEOUT_MS = 5000
_WRITER_CACHE_KIB = 32768
_CHECKPOINT_PAGES = 8000
"""About 32 MB of log before it is written back: facts land all over their indexes, and pages are written back once."""
_RETRYABLE_SQLSTATES = {"40001", "40P01"}
"""PostgreSQL's serialization failure and deadlock: the transaction did nothing and may simply run again."""
_PASSING_SQLSTATES = (*sorted(_RETRYABLE_SQLSTATES), "08", "53", "55P03", "57")
"""Those, and lost connections, exhausted resources, locks not had in time, a server going down or coming up."""
_ENDED_SQLSTATES = ("08", "57P")
"""The connection is gone, or the server ends it."""
_LOST_RACE = "23505"
"""PostgreSQL's unique violation: another transaction wrote the row first, and running again finds it."""

_READ_AGAIN = stamina.AsyncRetryingCaller(attempts=2, wait_initial=0)
_WRITE_AGAIN = stamina.AsyncRetryingCaller(attempts=5, wait_initial=0.01, wait_max=0.2)

log = structlog.get_logger()


def _to_json(value: Any) -> str:
    return value if isinstance(value, JsonText) else to_json(value).decode()


_ENGINE: dict[str, Any] = {"json_serializer": _to_json, "json_deserializer": from_json, "hide_parameters": True}
"""JSON columns are written and read by the same fast code as requests and events; errors quote no parameter."""


_COMMANDS_FIND_ROWS_BY_KEY = {"enable_seqscan": "off", "jit": "off"}
"""A plan that was made while a table was small must not go on reading all of it."""


class DatabaseUnreachable(Unavailable):
    """The database takes no connections at the moment."""

    code, title = "database-unreachable", "The database cannot be reached"


def is_transient(error: BaseException) -> bool:
    """Whether the same transaction may succeed when tried again: locks, deadlocks, lost connections."""
    if isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError | sa.exc.TimeoutError | OSError):
        return True
    if isinstance(error, sa.exc.DBAPIError):
        return error.connection_invalidated or _sqlstate(error).startswith(_PASSING_SQLSTATES)
    return isinstance(error, DatabaseUnreachable)


def is_unstorable(error: sa.exc.SQLAlchemyError) -> bool:
    """Whether the database refused a value: a character it has no place for, a number out of its range."""
    return isinstance(error, sa.exc.DBAPIError) and _sqlstate(error).startswith("22")


def is_lock_not_had(error: BaseException) -> bool:
    """Whether somebody else held a row for longer than this transaction may wait."""
    return isinstance(error, sa.exc.DBAPIError) and _sqlstate(error) == "55P03"


def is_of_other_release(error: BaseException) -> bool:
    """Whether a table or column is not as this release knows it (SQLSTATE class 42): it says nothing about the data."""
    if not isinstance(error, sa.exc.DBAPIError):
        return False
    return _sqlstate(error).startswith("42") or str(error.orig).startswith(("no such table", "no such column"))


@contextlib.contextmanager
def reaching_database() -> Iterator[None]:
    """Name what goes wrong while a connection is made, whether the driver or SQLAlchemy says so."""
    try:
        yield
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, sa.exc.DBAPIError) as error:
        log.warning("database.unreachable", error=type(error).__name__)
        raise DatabaseUnreachable("the database cannot be reached; try again") from error


def _did_nothing(error: Exception) -> bool:
    return isinstance(error, sa.exc.DBAPIError) and _sqlstate(error) in _RETRYABLE_SQLSTATES | {_LOST_RACE}


def _lost_connection(error: Exception) -> bool:
    return isinstance(error, sa.exc.DBAPIError) and (
        error.connection_invalidated or _sqlstate(error).startswith(_ENDED_SQLSTATES)
    )


def _sqlstate(error: sa.exc.DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""


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


def _sqlite_writer(url: sa.URL) -> sa.Engine:
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


def _sqlite_reader(url: sa.URL) -> AsyncEngine:
    engine = create_async_engine(url.set(drivername="sqlite+aiosqlite"), pool_size=4, max_overflow=0, **_ENGINE)

    @sa.event.listens_for(engine.sync_engine, "connect")
    def _on_connect(connection: Any, _: object) -> None:
        connection.isolation_level = None
        _sqlite_pragmas(connection, read_only=True)

    @sa.event.listens_for(engine.sync_engine, "begin")
    def _on_begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _postgres(url: sa.URL, settings: dict[str, str]) -> AsyncEngine:
    engine = create_async_engine(
        url, pool_size=10, max_overflow=10, connect_args={"server_settings": settings}, **_ENGINE
    )

    @sa.event.listens_for(engine.sync_engine, "checkout")
    def _on_checkout(connection: Any, *_: object) -> None:
        if connection.driver_connection.is_closed():
            raise sa.exc.DisconnectionError("the server closed this connection")

    return engine


class Database:
    """The database of one house."""

    def __init__(self, url: str, resources: Resources) -> None:
        self.url = sa.make_url(url)
        self.resources = resources
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._on_commit: list[CommitListener] = []
        if self.is_sqlite:
            self._writer = _sqlite_writer(self.url)
            self._writer_thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
            self._reader = _sqlite_reader(self.url)
        else:
            self._reader = _postgres(self.url, {})
            self._commands = _postgres(self.url, _COMMANDS_FIND_ROWS_BY_KEY)

    def on_commit(self, listener: CommitListener) -> None:
        """Have the listener called, in commit order, with every unit of work that committed."""
        self._on_commit.append(listener)

    async def write(
        self, command: Callable[..., T], *args: Any, actor: Actor = SYSTEM, context: Context | None = None
    ) -> T:
        """Run ``command(uow, *args)`` as one transaction and commit it. When this returns, it is durable."""
        if self.is_sqlite:
            loop = asyncio.get_running_loop()
            result, uow = await loop.run_in_executor(
                self._writer_thread, self._write_sqlite, command, args, actor, context
            )
        else:
            result, uow = await self._write_postgres(command, args, actor, context)
        self._committed(uow)
        return result

    async def read(
        self, query: Callable[..., T], *args: Any, actor: Actor = SYSTEM, context: Context | None = None
    ) -> T:
        """Run ``query(reading, *args)`` in one read transaction."""

        def run(connection: sa.Connection) -> T:
            return query(Reading(connection, actor, context or _NO_CONTEXT, self.resources), *args)

        async def attempt() -> T:
            async with _connection(self._reader) as connection:
                return await connection.run_sync(run)

        return await _READ_AGAIN(_lost_connection, attempt)

    async def close(self) -> None:
        """Let the running transaction end, then close every connection."""
        await self._reader.dispose()
        if self.is_sqlite:
            await asyncio.get_running_loop().run_in_executor(self._writer_thread, self._writer.dispose)
            self._writer_thread.shutdown()
        else:
            await self._commands.dispose()

    def unit_of_work(
        self, connection: sa.Connection, actor: Actor = SYSTEM, context: Context | None = None
    ) -> UnitOfWork:
        """A unit of work over a transaction that the caller ends."""
        return UnitOfWork(connection, actor, context or _NO_CONTEXT, self.resources)

    def _committed(self, uow: UnitOfWork) -> None:
        for listener in self._on_commit:
            listener(uow)
        info_lines(uow.notes)

    def _write_sqlite(
        self, command: Callable[..., T], args: Sequence[Any], actor: Actor, context: Context | None
    ) -> tuple[T, UnitOfWork]:
        with reaching_database():
            connection = self._writer.connect()
        with connection, connection.begin():
            return self._run(connection, command, args, actor, context)

    async def _write_postgres(
        self, command: Callable[..., T], args: Sequence[Any], actor: Actor, context: Context | None
    ) -> tuple[T, UnitOfWork]:
        """Run it again where nothing was done: never after a commit whose answer was lost with the connection."""
        committing = False

        def may_run_again(error: Exception) -> bool:
            return _did_nothing(error) or (_lost_connection(error) and not committing)

        async def attempt() -> tuple[T, UnitOfWork]:
            nonlocal committing
            committing = False
            async with _connection(self._commands) as connection, connection.begin():
                done = await connection.run_sync(self._run, command, args, actor, context)
                committing = True
            return done

        return await _WRITE_AGAIN(may_run_again, attempt)

    def _run(
        self,
        connection: sa.Connection,
        command: Callable[..., T],
        args: Sequence[Any],
        actor: Actor,
        context: Context | None,
    ) -> tuple[T, UnitOfWork]:
        uow = self.unit_of_work(connection, actor, context)
        result = command(uow, *args)
        uow.complete()
        return result, uow


@contextlib.asynccontextmanager
async def _connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    with reaching_database():
        connection = await engine.connect()
    try:
        yield connection
    finally:
        await connection.close()


_NO_CONTEXT = Context("system", "00-00000000000000000000000000000000-0000000000000000-00")
"""Housekeeping that belongs to no chain."""
