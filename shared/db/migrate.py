"""Bring a house's database to the newest schema. One Alembic environment serves all houses."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from shared.connections import Limits

_ENVIRONMENT = Path(__file__).parent / "alembic"
_LOCK_TIMEOUT = "5s"
"""How long PostgreSQL waits for a table in use."""
_TURN_SECONDS = 60
"""How long a process that migrates right now is waited for."""


def alembic_config(migrations: Path, connection: sa.Connection, metadata: sa.MetaData) -> Config:
    """The configuration to run Alembic commands on one house over an open connection."""
    config = script_config(migrations)
    config.attributes["connection"] = connection
    config.attributes["metadata"] = metadata
    return config


def script_config(migrations: Path) -> Config:
    """The one environment, and the folder of these migrations."""
    config = Config()
    config.set_main_option("script_location", str(_ENVIRONMENT))
    config.set_main_option("version_locations", str(migrations))
    config.set_main_option("path_separator", "os")
    return config


async def migrate(
    url: str, migrations: Path, metadata: sa.MetaData, revision: str = "head"
) -> tuple[str | None, str | None]:
    """Upgrade to ``revision``: all of it or nothing. Safe to run from several processes at once and again and again.

    Returns the revision before and after.
    """
    parsed = sa.make_url(url)
    is_sqlite = parsed.get_backend_name() == "sqlite"
    engine = _sqlite(parsed) if is_sqlite else _engine(parsed, connect_args=Limits().migration_arguments())
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(_upgrade, migrations, metadata, revision)
    finally:
        await engine.dispose()


def _engine(url: sa.URL, **arguments: Any) -> AsyncEngine:
    return create_async_engine(url, poolclass=sa.NullPool, **arguments)


def _sqlite(url: sa.URL) -> AsyncEngine:
    """An engine whose transactions hold the write lock from their beginning; the driver's own leave DDL outside."""
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = _engine(url.set(drivername="sqlite+aiosqlite"), connect_args={"timeout": _TURN_SECONDS})

    @sa.event.listens_for(engine.sync_engine, "connect")
    def _on_connect(connection: Any, _: object) -> None:
        connection.isolation_level = None

    @sa.event.listens_for(engine.sync_engine, "begin")
    def _on_begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _upgrade(
    connection: sa.Connection, migrations: Path, metadata: sa.MetaData, revision: str
) -> tuple[str | None, str | None]:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_TURN_SECONDS}s'")
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext("migrations"))))
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'")
    before = MigrationContext.configure(connection).get_current_revision()
    command.upgrade(alembic_config(migrations, connection, metadata), revision)
    return before, MigrationContext.configure(connection).get_current_revision()
