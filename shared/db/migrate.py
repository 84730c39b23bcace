"""Bring a house's database to the newest schema. One Alembic environment serves all houses."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from shared.connections import Limits
from shared.db.sealing_migrations import REWRITTEN, VAULT
from shared.security.vault import Vault

_ENVIRONMENT = Path(__file__).parent / "alembic"
_LOCK_TIMEOUT = "5s"
"""How long PostgreSQL waits for a table in use."""
_TURN_SECONDS = 60
"""How long a process that migrates right now is waited for."""


class _Upgraded(NamedTuple):
    before: str | None
    after: str | None
    rewritten: Sequence[str]
    """Tables whose rows of before hold what was sealed since."""


def alembic_config(
    migrations: Path, connection: sa.Connection, metadata: sa.MetaData, vault: Vault | None = None
) -> Config:
    """The configuration to run Alembic commands on one house over an open connection."""
    config = script_config(migrations)
    config.attributes |= {"connection": connection, "metadata": metadata, VAULT: vault}
    return config


def script_config(migrations: Path) -> Config:
    """The one environment, and the folder of these migrations."""
    config = Config()
    config.set_main_option("script_location", str(_ENVIRONMENT))
    config.set_main_option("version_locations", str(migrations))
    config.set_main_option("path_separator", "os")
    return config


async def migrate(
    url: str, migrations: Path, metadata: sa.MetaData, revision: str = "head", vault: Vault | None = None
) -> tuple[str | None, str | None]:
    """Upgrade to ``revision``: all of it or nothing. Safe to run from several processes at once and again and again.

    Returns the revision before and after. Raises KeyRingRefused where rows are to be sealed and the vault has no key.
    """
    parsed = sa.make_url(url)
    is_sqlite = parsed.get_backend_name() == "sqlite"
    engine = _sqlite(parsed) if is_sqlite else bare_engine(url, connect_args=Limits().migration_arguments())
    try:
        async with engine.begin() as connection:
            done = await connection.run_sync(_upgrade, migrations, metadata, revision, vault)
    finally:
        await engine.dispose()
    if done.rewritten:
        await _leave_no_traces(parsed, done.rewritten)
    return done.before, done.after


async def _leave_no_traces(url: sa.URL, tables: Sequence[str]) -> None:
    """Write the files anew: the space that the rows of before took still holds them."""
    if url.get_backend_name() == "sqlite":
        await asyncio.to_thread(_vacuum_file, str(url.database))
        return
    engine = bare_engine(url, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            for table in tables:
                await connection.exec_driver_sql(f"VACUUM (FULL) {table}")
    finally:
        await engine.dispose()


def _vacuum_file(path: str) -> None:
    with closing(sqlite3.connect(path, timeout=_TURN_SECONDS, isolation_level=None)) as database:
        database.execute("VACUUM")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def bare_engine(url: str | sa.URL, **arguments: Any) -> AsyncEngine:
    """An engine for what is done once, beside the work of a house: it keeps no connection."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        parsed = parsed.set(drivername="sqlite+aiosqlite")
    return create_async_engine(parsed, poolclass=sa.NullPool, **arguments)


def is_missing_file(url: str) -> bool:
    """Whether this is a database of SQLite that nobody made. To connect would make it."""
    parsed = sa.make_url(url)
    return parsed.get_backend_name() == "sqlite" and not Path(str(parsed.database)).exists()


def _sqlite(url: sa.URL) -> AsyncEngine:
    """An engine whose transactions hold the write lock from their beginning; the driver's own leave DDL outside."""
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = bare_engine(url, connect_args={"timeout": _TURN_SECONDS})

    @sa.event.listens_for(engine.sync_engine, "connect")
    def _on_connect(connection: Any, _: object) -> None:
        connection.isolation_level = None

    @sa.event.listens_for(engine.sync_engine, "begin")
    def _on_begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _upgrade(
    connection: sa.Connection, migrations: Path, metadata: sa.MetaData, revision: str, vault: Vault | None
) -> _Upgraded:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_TURN_SECONDS}s'")
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext("migrations"))))
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'")
    before = MigrationContext.configure(connection).get_current_revision()
    config = alembic_config(migrations, connection, metadata, vault)
    command.upgrade(config, revision)
    after = MigrationContext.configure(connection).get_current_revision()
    return _Upgraded(before, after, config.attributes.get(REWRITTEN, ()))
