"""The databases of tests: each test finds its own empty and migrated.

On SQLite a test gets a copy of a migrated file. On PostgreSQL making a copy costs more than most tests, so a database
goes from test to test: its rows are put back to what the migrations left, and one whose tables a test has altered, or
that somebody still holds, is made anew.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import asyncpg

from deploy.local.postgres import PostgresServer
from shared.db.migrate import migrate
from shared.house import HouseDefinition

_HELD_SECONDS = 2
_CATALOGUE = " UNION ALL ".join(
    f"SELECT count(*)::text || ':' || coalesce(max(xmin::text::bigint), 0) FROM {table}"
    for table in ("pg_attribute", "pg_attrdef", "pg_constraint", "pg_index", "pg_trigger", "pg_proc")
)
"""What changes with every change of the tables, and with nothing else."""
_TABLES = "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
_SEQUENCES = "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"


class Databases(Protocol):
    """The databases of one test."""

    url: str
    """An address with `{house}` in the place of the house's name."""

    async def make(self, definition: HouseDefinition) -> None:
        """Have the house's database made; opened again in the same test, it is found as it was left."""

    async def take_back(self) -> None:
        """Take back what the test was given."""


def _template(definition: HouseDefinition) -> str:
    """Its own for every set of migrations: a house that a test makes up may carry the name of a real one."""
    return "_".join(("template", *definition.migrations.parts[-2:]))


@dataclass
class SqliteTemplates:
    """Migrated, empty files; each is made when first asked for."""

    folder: Path

    async def path_of(self, definition: HouseDefinition) -> Path:
        path = self.folder / f"{_template(definition)}.sqlite"
        if not path.exists():
            await migrate(f"sqlite:///{path}", definition.migrations, definition.metadata)
        return path


class SqliteDatabases:
    """A file for each house of a test, in the folder of the test."""

    def __init__(self, templates: SqliteTemplates, folder: Path) -> None:
        self.url = f"sqlite:///{folder}/{{house}}.sqlite"
        self._templates = templates
        self._folder = folder
        self._present: set[str] = set()

    async def make(self, definition: HouseDefinition) -> None:
        if definition.name not in self._present:
            shutil.copyfile(await self._templates.path_of(definition), self._folder / f"{definition.name}.sqlite")
            self._present.add(definition.name)

    async def take_back(self) -> None:
        """The folder of the test goes with the test."""


@dataclass(frozen=True)
class _Emptied:
    """A database as its migrations left it."""

    template: str
    catalogue: Sequence[str]
    tables: Sequence[str]
    sequences: Sequence[str]
    rows: Mapping[str, Sequence[asyncpg.Record]]
    """What is in the tables that are not empty."""


@dataclass
class PostgresStore:
    """The databases of a session on one server: a template of each set of migrations, and the copies in use."""

    server: PostgresServer
    _made: set[str] = field(default_factory=set)
    _ready: dict[str, _Emptied] = field(default_factory=dict)

    async def lend(self, definition: HouseDefinition, name: str) -> None:
        """Have an empty database of this name."""
        template = await self._template(definition)
        ready = self._ready.get(name)
        if ready is not None and ready.template == template:
            return
        await self._ask(
            f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}" TEMPLATE "{template}"'
        )
        connection = await self._connect(name)
        try:
            tables = [row[0] for row in await connection.fetch(_TABLES)]
            rows = {table: await connection.fetch(f"SELECT * FROM {table}") for table in tables}
            self._ready[name] = _Emptied(
                template,
                await _catalogue(connection),
                tables,
                [row[0] for row in await connection.fetch(_SEQUENCES)],
                {table: found for table, found in rows.items() if found},
            )
        finally:
            await connection.close()

    async def take_back(self, name: str) -> None:
        """Put the rows back; a database that cannot be put back is forgotten, and made anew when next asked for."""
        ready = self._ready.pop(name)
        connection = await self._connect(name)
        try:
            if await _catalogue(connection) == ready.catalogue:
                await _put_back(connection, ready)
                self._ready[name] = ready
        except asyncpg.LockNotAvailableError:
            pass
        finally:
            await connection.close()

    async def _template(self, definition: HouseDefinition) -> str:
        name = _template(definition)
        if name not in self._made:
            await self.server.create_databases([name])
            await migrate(self.server.url(name), definition.migrations, definition.metadata)
            self._made.add(name)
        return name

    async def _ask(self, *statements: str) -> None:
        connection = await self._connect("postgres")
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def _connect(self, name: str) -> Any:
        url = self.server.url(name).replace("postgresql+asyncpg:", "postgresql:")
        return await asyncpg.connect(url, ssl=False)


class PostgresDatabases:
    """A database for each house of a test, lent by the session."""

    def __init__(self, store: PostgresStore) -> None:
        self.url = store.server.url("test_{house}")
        self._store = store
        self._present: list[str] = []

    async def make(self, definition: HouseDefinition) -> None:
        name = f"test_{definition.name}"
        if name not in self._present:
            await self._store.lend(definition, name)
            self._present.append(name)

    async def take_back(self) -> None:
        for name in self._present:
            await self._store.take_back(name)


async def _catalogue(connection: Any) -> list[str]:
    return [row[0] for row in await connection.fetch(_CATALOGUE)]


async def _put_back(connection: Any, ready: _Emptied) -> None:
    await connection.execute(f"SET lock_timeout = '{_HELD_SECONDS}s'; SET session_replication_role = 'replica'")
    async with connection.transaction():
        await connection.execute("; ".join(f"DELETE FROM {table}" for table in ready.tables))
        for table, rows in ready.rows.items():
            await connection.copy_records_to_table(table.strip('"'), records=[tuple(row) for row in rows])
        for sequence in ready.sequences:
            await connection.execute(f"SELECT setval('{sequence}', 1, false)")
