"""One look at every statement that a test makes a house execute: locks in order, rows held before they change.

Nothing has to be registered: what a new command says to the database is looked at as soon as a test runs it.

* A statement that locks several rows says in which order, so that two who lock the same rows never cross.
* Who takes the first of several rows says which comes first.
* A row with a version is locked before it is changed, or the row it belongs to is, or it was made by the same
  transaction, or the change itself says which version it may find: two at once never undo each other.
* On SQLite a query that asks for no order is answered backwards, so that a test which looks at an order notices.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from services.houses import HOUSES

TABLES: Mapping[str, sa.Table] = {name: table for house in HOUSES for name, table in house.metadata.tables.items()}
_LOCKING = re.compile(r"\bFOR (?:NO KEY )?UPDATE\b(?: OF ([\w, ]+?))?(?: SKIP LOCKED| NOWAIT)?\s*$")
_FROM = re.compile(r"\bFROM (\w+)")
_UPDATE = re.compile(r"^UPDATE (\w+) SET ")
_INSERT = re.compile(r"^(?:INSERT INTO|COPY) (\w+) ")
_MANY = "locks rows in no order"
_FIRST = "takes the first rows of no order"
_UNHELD = "changes a row with a version that it does not hold"

GUARDS: Mapping[str, str] = {"risk": "household", "finding": "household"}
"""Tables whose rows are changed only by whoever holds the row they belong to."""
AT_A_CONSOLE = "at_a_console"
"""Execution option of a connection on which a test, and no house, says what it likes."""

found: list[tuple[str, str]] = []
"""What is wrong, and the statement, since the last test."""


def faults(statement: str, held: set[str], parameters: Sequence[Any] = ()) -> Iterator[str]:
    """What is wrong with a statement in a transaction that holds rows of these tables."""
    text = " ".join(statement.split())
    locking = _LOCKING.search(text)
    where = text.partition(" WHERE ")[2]
    if locking and " ORDER BY " not in text and not _is_one_row(text, where):
        yield _MANY
    if text.startswith("SELECT") and " ORDER BY " not in text and _takes_several(text, parameters):
        yield _FIRST
    changed = _UPDATE.match(text)
    if changed and not held & {changed[1], GUARDS.get(changed[1])} and _has_version(changed[1], text, where):
        yield _UNHELD


def held_by(statement: str) -> set[str]:
    """The tables of which a transaction holds rows after this statement."""
    text = " ".join(statement.split())
    if (made := _INSERT.match(text)) is not None:
        return {made[1]}
    locking, first = _LOCKING.search(text), _FROM.search(text)
    if locking is None or first is None:
        return set()
    return {name.strip() for name in (locking[1] or first[1]).split(",")}


def _takes_several(text: str, parameters: Sequence[Any]) -> bool:
    """Whether it asks for the first of its rows, and not only whether there is one."""
    limit = re.search(r" LIMIT (?:\$(\d+)|(\d+))", text)
    if limit is None:
        return False
    return limit[2] != "1" if limit[1] is None else parameters[int(limit[1]) - 1 :][:1] != (1,)


def _is_one_row(text: str, where: str) -> bool:
    table = TABLES.get(held_by(text).pop())
    if table is None:
        return True
    return all(re.search(rf"\b{table.name}\.{column.name} = \$", where) for column in table.primary_key.columns)


def _has_version(name: str, text: str, where: str) -> bool:
    table = TABLES.get(name)
    if table is None or "version" not in table.c:
        return False
    return bool(re.search(r"\bversion=", text)) and "version" not in where


def _on_statement(connection: sa.Connection, _: Any, statement: str, parameters: Any, *__: Any) -> None:
    if connection.dialect.name != "postgresql" or connection.get_execution_options().get(AT_A_CONSOLE):
        return
    held = connection.info.setdefault("held", set())
    found.extend(
        (fault, statement) for fault in faults(statement, held, parameters if isinstance(parameters, tuple) else ())
    )
    held |= held_by(statement)


def _on_begin(connection: sa.Connection) -> None:
    connection.info["held"] = set()


def _on_connect(connection: Any, _: object) -> None:
    if "sqlite" in type(connection).__module__:
        connection.cursor().execute("PRAGMA reverse_unordered_selects=ON")


def pytest_configure() -> None:
    """Look from the first test on."""
    sa.event.listen(sa.Engine, "before_cursor_execute", _on_statement)
    sa.event.listen(sa.Engine, "begin", _on_begin)
    sa.event.listen(sa.Engine, "connect", _on_connect)


@pytest.fixture(autouse=True)
def _every_statement_keeps_the_rules() -> Iterator[None]:
    found.clear()
    yield
    assert found == [], "\n".join(f"{fault}: {statement}" for fault, statement in found)
