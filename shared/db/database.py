"""Where transactions run. Commands and queries are plain functions; this decides thread, engine and commit.

SQLite (WAL, full durability): writes run whole, one after the other, in one writer thread that begins IMMEDIATE;
reads run on a second, query-only engine. PostgreSQL: both run over asyncpg, from a pool. Nothing waits for ever.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa
import stamina

from shared.connections import Limits
from shared.context import Context
from shared.db.engines import (
    COMMANDS_FIND_ROWS_BY_KEY,
    POOL_SECONDS,
    connected,
    postgres_pool,
    reaching_database,
    sqlite_reader,
    sqlite_writer,
)
from shared.db.revision import Schema
from shared.db.trouble import (
    Busy,
    DatabaseUnreachable,
    did_nothing,
    is_broken,
    is_lock_not_had,
    lost_connection,
    sentence_of,
)
from shared.db.unit_of_work import Patience, Reading, Resources, UnitOfWork
from shared.logs import info_lines
from shared.security.actor import SYSTEM, Actor
from shared.tracing import Step
from shared.words.said import says

T = TypeVar("T")
CommitListener = Callable[[UnitOfWork], None]

_HURRY = "100ms"
_READ_AGAIN = stamina.AsyncRetryingCaller(attempts=2, wait_initial=0)
_WRITE_AGAIN = stamina.AsyncRetryingCaller(attempts=5, wait_initial=0.01, wait_max=0.2)


class Database:
    """The database of one house."""

    def __init__(
        self, url: str, resources: Resources, limits: Limits | None = None, schema: Schema | None = None
    ) -> None:
        self.url = sa.make_url(url)
        self.resources = resources
        self.limits = limits or Limits()
        self.schema = schema or Schema()
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.broken: str | None = None
        """What the database said when it was found damaged; nothing but a restore heals that."""
        self._on_commit: list[CommitListener] = []
        if self.is_sqlite:
            self._writer = sqlite_writer(self.url)
            self._writer_thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
            self._reader = sqlite_reader(self.url)
        else:
            self._reader = postgres_pool(self.url, self.limits, self.limits.for_queries)
            self._commands = postgres_pool(self.url, self.limits, self.limits.for_commands, COMMANDS_FIND_ROWS_BY_KEY)
            self._turns = asyncio.Semaphore(self.limits.for_commands)

    def on_commit(self, listener: CommitListener) -> None:
        """Have the listener called, in commit order, with every unit of work that committed."""
        self._on_commit.append(listener)

    async def write(
        self,
        command: Callable[..., T],
        *args: Any,
        actor: Actor = SYSTEM,
        context: Context | None = None,
        patience: Patience = Patience.WAITS,
    ) -> T:
        """Run ``command(uow, *args)`` as one transaction and commit it. When this returns, it is durable.

        Raises Busy where another transaction holds a row for longer than ``patience`` allows, and DatabaseUnreachable.
        """
        uow_of = (actor, context, patience)
        try:
            if self.is_sqlite:
                loop = asyncio.get_running_loop()
                run = partial(copy_context().run, self._write_sqlite, command, args, uow_of)
                result, uow = await loop.run_in_executor(self._writer_thread, run)
            else:
                result, uow = await self._write_postgres(command, args, uow_of)
        except (sa.exc.DBAPIError, DatabaseUnreachable) as error:
            self._look_at(error)
            raise
        self._committed(uow)
        return result

    async def read(
        self, query: Callable[..., T], *args: Any, actor: Actor = SYSTEM, context: Context | None = None
    ) -> T:
        """Run ``query(reading, *args)`` in one read transaction."""

        def run(connection: sa.Connection) -> T:
            return query(Reading(connection, actor, context or _NO_CONTEXT, self.resources), *args)

        async def attempt() -> T:
            async with connected(self._reader) as connection:
                return await connection.run_sync(run)

        try:
            return await _READ_AGAIN(lost_connection, attempt)
        except (sa.exc.DBAPIError, DatabaseUnreachable) as error:
            self._look_at(error)
            raise

    async def demand_release(self) -> None:
        """Raise ReleaseDiffers where the database is not the one of this release."""
        if self.schema.difference is not None:
            await self.read(self.schema.look)
        self.schema.demand()

    async def close(self) -> None:
        """Let the running transaction end, then close every connection."""
        await self._reader.dispose()
        if self.is_sqlite:
            await asyncio.get_running_loop().run_in_executor(self._writer_thread, self._writer.dispose)
            self._writer_thread.shutdown()
        else:
            await self._commands.dispose()

    def unit_of_work(
        self,
        connection: sa.Connection,
        actor: Actor = SYSTEM,
        context: Context | None = None,
        patience: Patience = Patience.WAITS,
    ) -> UnitOfWork:
        """A unit of work over a transaction that the caller ends."""
        return UnitOfWork(connection, actor, context or _NO_CONTEXT, self.resources, patience, self.limits)

    def _look_at(self, error: Exception) -> None:
        """Say that a row is held, and keep in mind that the database is damaged."""
        if is_lock_not_had(error):
            raise Busy(says("held-by-another-request")) from error
        if is_broken(error):
            self.broken = sentence_of(error)

    def _committed(self, uow: UnitOfWork) -> None:
        for span in uow.spans:
            span.end()
        for listener in self._on_commit:
            listener(uow)
        for counter, number in uow.counts:
            counter.inc(number)
        info_lines(uow.log_lines)

    def _write_sqlite(
        self, command: Callable[..., T], args: Sequence[Any], uow_of: tuple[Any, ...]
    ) -> tuple[T, UnitOfWork]:
        with reaching_database():
            connection = self._writer.connect()
        with connection, connection.begin():
            return self._run(connection, command, args, uow_of)

    async def _write_postgres(
        self, command: Callable[..., T], args: Sequence[Any], uow_of: tuple[Any, ...]
    ) -> tuple[T, UnitOfWork]:
        """Run it again where nothing was done: never after a commit whose answer was lost with the connection."""
        committing = False

        def may_run_again(error: Exception) -> bool:
            return did_nothing(error) or (lost_connection(error) and not committing)

        async def attempt() -> tuple[T, UnitOfWork]:
            nonlocal committing
            committing = False
            async with self._in_turn(), connected(self._commands) as connection, connection.begin():
                done = await connection.run_sync(self._run, command, args, uow_of)
                committing = True
            return done

        return await _WRITE_AGAIN(may_run_again, attempt)

    @contextlib.asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        """Hand connections on in the order in which they are asked for.

        The pool gives one to whoever comes while the next is being woken: of many, some would wait until it gives up.
        """
        try:
            async with asyncio.timeout(POOL_SECONDS):
                await self._turns.acquire()
        except TimeoutError as error:
            raise sa.exc.TimeoutError("no connection came free in time") from error
        try:
            yield
        finally:
            self._turns.release()

    def _run(
        self, connection: sa.Connection, command: Callable[..., T], args: Sequence[Any], uow_of: tuple[Any, ...]
    ) -> tuple[T, UnitOfWork]:
        uow = self.unit_of_work(connection, *uow_of)
        if uow.patience is Patience.HURRIES and not self.is_sqlite:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_HURRY}'")
        result = command(uow, *args)
        uow.complete()
        return result, uow


_NO_CONTEXT = Context("system", Step("00-00000000000000000000000000000000-0000000000000000-00"))
"""Housekeeping that belongs to no chain."""
