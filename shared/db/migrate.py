"""Bring a house's database to the newest schema. One Alembic environment serves all houses."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.ext.asyncio import create_async_engine

_ENVIRONMENT = Path(__file__).parent / "alembic"
_LOCK_TIMEOUT = "5s"


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
        parsed = parsed.set(drivername="sqlite+aiosqlite")
    engine = create_async_engine(parsed, poolclass=sa.NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade, migrations, metadata, revision)
    finally:
        await engine.dispose()


def _upgrade(connection: sa.Connection, migrations: Path, metadata: sa.MetaData, revision: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'")
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext("migrations"))))
    command.upgrade(alembic_config(migrations, connection, metadata), revision)
