"""Many rows through one statement, as plain tuples. SQLAlchemy turns them over one by one; here each column is at once.

On PostgreSQL a statement takes its rows as one array for each column, so that the server executes it once; many rows
that are new are copied.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from shared.db.base import OpenCode
from shared.db.copying import copy_rows

_FEWEST_TO_COPY = 50
"""So many rows pay for the second round trip of a COPY."""
_OF_FEW_VALUES = (sa.Boolean, sa.Date, sa.Enum, OpenCode)
"""Types of columns in which the same values come again and again."""
_KEY = "of_key"
OnConflict = postgresql.Insert | sqlite.Insert
_Turn = Callable[[Any], Any]
Row = Mapping[str, Any]
Tuple = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Turning:
    """How a column is turned into what the driver takes, or back."""

    place: int
    turn: _Turn
    few_values: bool

    def apply(self, columns: list[Sequence[Any]]) -> None:
        """Turn the column; a column of one and the same object once, one of few values once for each of them."""
        column = columns[self.place]
        if len(set(map(id, column))) == 1:
            columns[self.place] = [self.turn(column[0])] * len(column)
        elif self.few_values:
            turned = {value: self.turn(value) for value in set(column)}
            columns[self.place] = [turned[value] for value in column]
        else:
            columns[self.place] = list(map(self.turn, column))


_Turnings = tuple[_Turning, ...]


def _turned(rows: Sequence[Tuple], turnings: _Turnings) -> list[Sequence[Any]]:
    """The columns of these rows."""
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for turning in turnings:
        turning.apply(columns)
    return columns


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A statement as the driver takes it."""

    text: str
    binds: _Turnings
    order: Callable[[Tuple], Tuple] | None
    """Puts the values of a row in the order of the statement; nothing where they are given in it."""

    def execute(self, connection: sa.Connection, rows: Sequence[Tuple]) -> None:
        """Execute it for each of these rows."""
        in_order = rows if self.order is None else list(map(self.order, rows))
        connection.exec_driver_sql(self.text, list(zip(*_turned(in_order, self.binds), strict=True)))


def insert_rows(connection: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Insert rows in the order given; all have the same keys, and a column without a key is left to the database."""
    if rows:
        insert_tuples(connection, table, tuple(rows[0]), list(map(itemgetter(*rows[0]), rows)))


def insert_tuples(connection: sa.Connection, table: sa.Table, columns: tuple[str, ...], rows: Sequence[Tuple]) -> None:
    """Insert the values of these columns, in the order of the rows; other columns are left to the database."""
    if not rows:
        return
    if connection.dialect.name != "postgresql":
        _prepare(_insert(table), columns, connection.dialect).execute(connection, rows)
        return
    text, binds = _insert_arrays(table, columns, connection.dialect)
    bound = _turned(rows, binds)
    if len(rows) < _FEWEST_TO_COPY:
        connection.exec_driver_sql(text, tuple(bound))
    else:
        copy_rows(connection, table, columns, list(zip(*bound, strict=True)))


def execute_rows(connection: sa.Connection, statement: sa.Insert | sa.Update, rows: Sequence[Row]) -> None:
    """Execute a statement of a module once for each row; it has one parameter, by name, for each key."""
    if rows:
        execute_tuples(connection, statement, tuple(rows[0]), list(map(itemgetter(*rows[0]), rows)))


def execute_tuples(
    connection: sa.Connection, statement: sa.Insert | sa.Update, names: tuple[str, ...], rows: Sequence[Tuple]
) -> None:
    """Execute a statement of a module once for each row, which holds the parameters of these names."""
    if rows:
        _prepare(statement, names, connection.dialect).execute(connection, rows)


def upsert_tuples(
    connection: sa.Connection, statement: OnConflict, columns: tuple[str, ...], rows: Sequence[Tuple]
) -> None:
    """Insert the values of these columns, or do what a statement of a module says of a row that is there.

    No two rows have the same key.
    """
    if rows and connection.dialect.name == "postgresql":
        text, binds = _upsert_arrays(statement, columns, connection.dialect)
        connection.exec_driver_sql(text, tuple(_turned(rows, binds)))
    else:
        execute_tuples(connection, statement, columns, rows)


def add_tuples(
    connection: sa.Connection, table: sa.Table, key: tuple[str, ...], sums: tuple[str, ...], rows: Sequence[Tuple]
) -> None:
    """Add to the sums of rows; a row that is not there begins with them. Each holds its key, then what is added."""
    statement = _insert_adding(connection.dialect.name, table, key, sums)
    upsert_tuples(connection, statement, (*key, *sums), rows)


def update_tuples(
    connection: sa.Connection, table: sa.Table, key: str, columns: tuple[str, ...], rows: Sequence[Tuple]
) -> None:
    """Change these columns of rows, which are locked: each holds their values, and then its key."""
    if rows and connection.dialect.name == "postgresql":
        text, binds = _update_arrays(table, key, columns, connection.dialect)
        connection.exec_driver_sql(text, tuple(_turned(rows, binds)))
    else:
        execute_tuples(connection, _update(table, key, columns), (*columns, _KEY), rows)


def read_tuples(
    connection: sa.Connection, statement: sa.Select[Any] | sa.CompoundSelect[Any], parameters: Mapping[str, Any]
) -> list[Tuple]:
    """All rows that a statement of a module selects."""
    result = connection.execute(statement, parameters)
    rows = result.cursor_strategy.fetchall(result, result.cursor)
    turnings = _results(statement, connection.dialect)
    return list(zip(*_turned(rows, turnings), strict=True)) if rows and turnings else list(map(tuple, rows))


def insert_into(table: sa.Table, dialect: str) -> postgresql.Insert | sqlite.Insert:
    """An insert that can say what becomes of a row that is there already, in the words of the database."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


@cache
def _insert_adding(dialect: str, table: sa.Table, key: tuple[str, ...], sums: tuple[str, ...]) -> OnConflict:
    """An insert that adds its sums to the row that is there."""
    statement = insert_into(table, dialect)
    added = {name: table.c[name] + statement.excluded[name] for name in sums}
    return statement.on_conflict_do_update(index_elements=list(key), set_=added)


@cache
def _insert(table: sa.Table) -> sa.Insert:
    """One statement for each table: what is prepared is found again by it."""
    return sa.insert(table)


@lru_cache(maxsize=256)
def _insert_arrays(table: sa.Table, keys: tuple[str, ...], dialect: sa.Dialect) -> tuple[str, _Turnings]:
    columns = [table.c[key] for key in keys]
    names = ", ".join(map(dialect.identifier_preparer.format_column, columns))
    text = (
        f"INSERT INTO {dialect.identifier_preparer.format_table(table)} ({names})"  # noqa: S608  only names
        f" SELECT {', '.join(_given(columns, dialect))} FROM {_arrays(columns, dialect)} ORDER BY place_given"
    )
    return text, _binds([column.type for column in columns], dialect)


@lru_cache(maxsize=256)
def _upsert_arrays(statement: OnConflict, keys: tuple[str, ...], dialect: sa.Dialect) -> tuple[str, _Turnings]:
    assert isinstance(statement.table, sa.Table)
    text, binds = _insert_arrays(statement.table, keys, dialect)
    _, conflict, then = str(statement.compile(dialect=dialect, column_keys=list(keys))).partition(" ON CONFLICT ")
    return text + conflict + then, binds


@lru_cache(maxsize=256)
def _update_arrays(table: sa.Table, key: str, keys: tuple[str, ...], dialect: sa.Dialect) -> tuple[str, _Turnings]:
    columns = [table.c[name] for name in (*keys, key)]
    names = list(map(dialect.identifier_preparer.format_column, columns))
    *changes, where = [f"{name} = {given}" for name, given in zip(names, _given(columns, dialect), strict=True)]
    text = (
        f"UPDATE {table.name} SET {', '.join(changes)}"  # noqa: S608  only names
        f" FROM {_arrays(columns, dialect)} WHERE {table.name}.{where}"
    )
    return text, _binds([column.type for column in columns], dialect)


def _arrays(columns: Sequence[sa.Column[Any]], dialect: sa.Dialect) -> str:
    """The rows that the arrays of these columns make."""
    arrays = ", ".join([f"${place}::{_array_of(column, dialect)}[]" for place, column in enumerate(columns, 1)])
    names = ", ".join(map(dialect.identifier_preparer.format_column, columns))
    return f"unnest({arrays}) WITH ORDINALITY AS given ({names}, place_given)"


def _given(columns: Sequence[sa.Column[Any]], dialect: sa.Dialect) -> list[str]:
    names = [f"given.{dialect.identifier_preparer.format_column(column)}" for column in columns]
    return [
        f"{name}::json" if isinstance(column.type, sa.JSON) else name
        for name, column in zip(names, columns, strict=True)
    ]


@cache
def _update(table: sa.Table, key: str, columns: tuple[str, ...]) -> sa.Update:
    named: dict[str, sa.BindParameter[Any]] = {name: sa.bindparam(name) for name in columns}
    return sa.update(table).where(table.c[key] == sa.bindparam(_KEY)).values(named)


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
    order = None if tuple(names) == keys else itemgetter(*map(keys.index, names))
    return _Prepared(compiled.string, binds, order)


@lru_cache(maxsize=256)
def _results(statement: sa.Select[Any] | sa.CompoundSelect[Any], dialect: sa.Dialect) -> _Turnings:
    types = [column.type for column in statement.selected_columns]
    return _turnings(types, [type_.dialect_impl(dialect).result_processor(dialect, None) for type_ in types])


def _binds(types: Sequence[sa.types.TypeEngine[Any]], dialect: sa.Dialect) -> _Turnings:
    return _turnings(types, [type_.dialect_impl(dialect).bind_processor(dialect) for type_ in types])


def _turnings(types: Sequence[sa.types.TypeEngine[Any]], turns: Sequence[_Turn | None]) -> _Turnings:
    found = enumerate(zip(types, turns, strict=True))
    return tuple([_Turning(at, turn, isinstance(type_, _OF_FEW_VALUES)) for at, (type_, turn) in found if turn])
