"""The rows that a command wrote, read back, and written again by nothing but the driver into a database beside."""

import asyncio
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

import sqlalchemy as sa

from shared.db.database import Database
from tests.load.bare import full_sqlite
from tests.load.stage import connect

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A statement, and the parameters of each of its executions."""

    statement: str
    rows: Sequence[Row]


class Driver(Protocol):
    """A database as its driver reaches it."""

    async def fetch(self, statement: str) -> list[Row]:
        """All rows."""

    async def run(self, transactions: Iterator[Sequence[Written]]) -> None:
        """Have each of these committed for itself, over as many connections as there are."""

    def insert(self, table: sa.Table) -> str:
        """The statement that inserts a row."""

    def update(self, table: sa.Table, columns: Sequence[str], keys: Sequence[str]) -> str:
        """The statement that changes these columns of a row, by its key."""

    def of(self, update: sa.Update, *values: Mapping[str, Any]) -> Written:
        """A statement of ours as the driver takes it."""


class SqliteDriver:
    """One connection of `sqlite3`: SQLite has one writer at a time."""

    def __init__(self, path: Path) -> None:
        self._connection = full_sqlite(path)

    async def fetch(self, statement: str) -> list[Row]:
        """All rows."""
        return self._connection.execute(statement).fetchall()

    async def run(self, transactions: Iterator[Sequence[Written]]) -> None:
        """Have each of these committed for itself."""
        for parts in transactions:
            self._connection.execute("BEGIN IMMEDIATE")
            for part in parts:
                _execute(self._connection, part)
            self._connection.execute("COMMIT")

    def insert(self, table: sa.Table) -> str:
        """The statement that inserts a row."""
        return _insert(table, ["?"] * len(table.columns))

    def update(self, table: sa.Table, columns: Sequence[str], keys: Sequence[str]) -> str:
        """The statement that changes these columns of a row, by its key."""
        return _update(table, columns, keys, ["?"] * (len(columns) + len(keys)))

    def of(self, update: sa.Update, *values: Mapping[str, Any]) -> Written:
        """A statement of ours as the driver takes it."""
        return _compiled(update, "sqlite", values)

    async def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class PostgresDriver:
    """So many connections of asyncpg."""

    def __init__(self, connections: Sequence[Any]) -> None:
        self._connections = connections

    @classmethod
    async def open(cls, url: str, connections: int) -> Self:
        """Open them."""
        return cls([await connect(url) for _ in range(connections)])

    async def fetch(self, statement: str) -> list[Row]:
        """All rows."""
        return [tuple(row) for row in await self._connections[0].fetch(statement)]

    async def run(self, transactions: Iterator[Sequence[Written]]) -> None:
        """Have each of these committed for itself: every connection takes the next one."""
        await asyncio.gather(*[_take(connection, transactions) for connection in self._connections])

    def insert(self, table: sa.Table) -> str:
        """The statement that inserts a row."""
        return _insert(table, _numbered(len(table.columns)))

    def update(self, table: sa.Table, columns: Sequence[str], keys: Sequence[str]) -> str:
        """The statement that changes these columns of a row, by its key."""
        return _update(table, columns, keys, _numbered(len(columns) + len(keys)))

    def of(self, update: sa.Update, *values: Mapping[str, Any]) -> Written:
        """A statement of ours as the driver takes it."""
        return _compiled(update, "postgresql+asyncpg", values)

    async def close(self) -> None:
        """Close the connections."""
        async with AsyncExitStack() as stack:
            for connection in self._connections:
                stack.push_async_callback(connection.close)


async def open_driver(database: Database) -> "SqliteDriver | PostgresDriver":
    """The driver of a database, with as many connections as its commands share."""
    if database.is_sqlite:
        return SqliteDriver(Path(str(database.url.database)))
    url = database.url.render_as_string(hide_password=False)
    return await PostgresDriver.open(url, database.limits.for_commands)


async def read_back(driver: Driver, table: sa.Table, where: str = "") -> list[Row]:
    """Rows of a table as the driver reads them, in the order of its columns."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    return await driver.fetch(f'SELECT {names} FROM "{table.name}" {where}')


def as_key(value: object) -> str:
    """An id as text, however a database keeps it."""
    return str(value).replace("-", "")


def _execute(connection: sqlite3.Connection, part: Written) -> None:
    if len(part.rows) == 1:
        connection.execute(part.statement, part.rows[0])
    else:
        connection.executemany(part.statement, part.rows)


async def _take(connection: Any, transactions: Iterator[Sequence[Written]]) -> None:
    for parts in transactions:
        async with connection.transaction():
            for part in parts:
                if len(part.rows) == 1:
                    await connection.execute(part.statement, *part.rows[0])
                else:
                    await connection.executemany(part.statement, part.rows)


def _insert(table: sa.Table, places: Sequence[str]) -> str:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    return f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join(places)})'


def _update(table: sa.Table, columns: Sequence[str], keys: Sequence[str], places: Sequence[str]) -> str:
    said = [f'"{name}" = {place}' for name, place in zip((*columns, *keys), places, strict=True)]
    changes, where = ", ".join(said[: len(columns)]), " AND ".join(said[len(columns) :])
    return f'UPDATE "{table.name}" SET {changes} WHERE {where}'


def _numbered(count: int) -> list[str]:
    return [f"${place}" for place in range(1, count + 1)]


def _compiled(update: sa.Update, driver: str, values: Sequence[Mapping[str, Any]]) -> Written:
    compiled: Any = update.compile(dialect=sa.make_url(f"{driver}://").get_dialect()())
    return Written(compiled.string, [tuple(each[name] for name in compiled.positiontup or ()) for each in values])
