"""Many rows through one statement. SQLAlchemy binds them one by one; here each column is bound at once.

On PostgreSQL an insert takes its rows as one array for each column, so that the server executes it once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

_Bind = Callable[[Any], Any]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A statement as the driver takes it, and how the columns of its rows are bound."""

    text: str
    values: Callable[[Row], tuple[Any, ...]]
    binds: tuple[tuple[int, _Bind], ...]
    by_column: bool
    """Whether it is executed once, with all the values of each column, instead of once for each row."""

    def execute(self, connection: sa.Connection, rows: Sequence[Row]) -> None:
        """Bind the rows column by column; a column that holds one and the same object is bound once."""
        columns: list[Sequence[Any]] = list(zip(*map(self.values, rows), strict=True))
        for place, bind in self.binds:
            column = columns[place]
            is_one = len(set(map(id, column))) == 1
            columns[place] = [bind(column[0])] * len(column) if is_one else list(map(bind, column))
        bound = tuple(columns) if self.by_column else list(zip(*columns, strict=True))
        connection.exec_driver_sql(self.text, bound)


def insert_rows(connection: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Insert rows in the order given; all have the same keys, and a column without a key is left to the database."""
    if rows:
        _insert(table, tuple(rows[0]), connection.dialect).execute(connection, rows)


def execute_rows(connection: sa.Connection, statement: sa.Insert | sa.Update, rows: Sequence[Row]) -> None:
    """Execute a statement of a module once for each row; it has one parameter, by name, for each key."""
    if rows:
        _prepare(statement, tuple(rows[0]), connection.dialect).execute(connection, rows)


def insert_into(table: sa.Table, dialect: str) -> postgresql.Insert | sqlite.Insert:
    """An insert that can say what becomes of a row that is there already, in the words of the database."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


@lru_cache(maxsize=256)
def _insert(table: sa.Table, keys: tuple[str, ...], dialect: sa.Dialect) -> _Prepared:
    if dialect.name != "postgresql":
        return _prepare(sa.insert(table), keys, dialect)
    columns = [table.c[key] for key in keys]
    arrays = ", ".join([f"${place}::{_array_of(column, dialect)}[]" for place, column in enumerate(columns, 1)])
    names = [dialect.identifier_preparer.format_column(column) for column in columns]
    given = [
        f"{name}::json" if isinstance(column.type, sa.JSON) else name
        for name, column in zip(names, columns, strict=True)
    ]
    text = (
        f"INSERT INTO {dialect.identifier_preparer.format_table(table)} ({', '.join(names)})"  # noqa: S608  only names
        f" SELECT {', '.join(given)} FROM unnest({arrays}) WITH ORDINALITY AS given ({', '.join(names)}, place_given)"
        " ORDER BY place_given"
    )
    return _Prepared(text, itemgetter(*keys), _binds([column.type for column in columns], dialect), by_column=True)


def _array_of(column: sa.Column[Any], dialect: sa.Dialect) -> str:
    """The type of an array's elements; text without a length, so that what is too long is refused and not cut."""
    if isinstance(column.type, sa.String | sa.JSON):
        return "text"
    return dialect.type_compiler_instance.process(column.type)


@lru_cache(maxsize=256)
def _prepare(statement: sa.Insert | sa.Update, keys: tuple[str, ...], dialect: sa.Dialect) -> _Prepared:
    compiled = statement.compile(dialect=dialect, column_keys=list(keys), for_executemany=True)
    assert isinstance(compiled, sa.sql.compiler.SQLCompiler)
    names = compiled.positiontup or []
    assert len(names) > 1, "a statement for many rows has at least two parameters"
    binds = _binds([compiled.binds[name].type for name in names], dialect)
    return _Prepared(compiled.string, itemgetter(*names), binds, by_column=False)


def _binds(types: Sequence[sa.types.TypeEngine[Any]], dialect: sa.Dialect) -> tuple[tuple[int, _Bind], ...]:
    found = [type_.dialect_impl(dialect).bind_processor(dialect) for type_ in types]
    return tuple([(place, bind) for place, bind in enumerate(found) if bind])
