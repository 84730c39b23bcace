"""Bring a house's database to the newest schema. One Alembic environment serves all houses."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.ext.asyncio import create_async_engine

_ENVIRONMENT = Path(__file__).parent / "alembic"
_LOCK_TIMEOUT = "5s"
"""How long a table may be waited for: a migration that cannot have it gives up rather than stop everybody behind it."""
_SQLITE_WAIT_SECONDS = 60


def alembic_config(migrations: Path, connection: sa.Connection, metadata: sa.MetaData) -> Config:
    """The configuration to run Alembic commands on one house over an open connection."""
    config = Config()
    config.set_main_option("script_location", str(_ENVIRONMENT))
    config.set_main_option("version_locations", str(migrations))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["metadata"] = metadata
    return config


async def migrate(url: str, migrations: Path, metadata: sa.MetaData, revision: str = "head") -> None:
    """Upgrade to ``revision``. Safe to run from several processes at once and again and again."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        parsed = parsed.set(drivername="sqlite+aiosqlite", query={"timeout": str(_SQLITE_WAIT_SECONDS)})
    engine = create_async_engine(parsed, poolclass=sa.NullPool)
    if engine.dialect.name == "sqlite":
        _begin_immediate(engine.sync_engine)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade, migrations, metadata, revision)
    finally:
        await engine.dispose()


def _begin_immediate(engine: sa.Engine) -> None:
    """Run the upgrade as one transaction that shuts out every other writer: whoever comes second finds it done."""

    @sa.event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _: object) -> None:
        connection.isolation_level = None

    @sa.event.listens_for(engine, "begin")
    def _on_begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _upgrade(connection: sa.Connection, migrations: Path, metadata: sa.MetaData, revision: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext("migrations"))))
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'")
    command.upgrade(alembic_config(migrations, connection, metadata), revision)
