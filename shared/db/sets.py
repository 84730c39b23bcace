"""Membership in a set that is one parameter, however many members it has: the statement stays the same for all."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from pydantic_core import to_json
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles


class _SetOf(sa.types.TypeDecorator[Collection[Any]]):
    """An array on PostgreSQL, a JSON array on SQLite."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, member: sa.types.TypeEngine[Any]) -> None:
        super().__init__()
        self.member = sa.Text() if isinstance(member, sa.String) else member

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """What the driver is given."""
        own = postgresql.ARRAY(self.member) if dialect.name == "postgresql" else sa.Text()
        return dialect.type_descriptor(own)

    def process_bind_param(self, value: Collection[Any] | None, dialect: sa.Dialect) -> Any:
        """Each member as a column of its type keeps it."""
        members = list(value or ())
        if dialect.name == "postgresql":
            return members
        bind = self.member.dialect_impl(dialect).bind_processor(dialect)
        return to_json([bind(member) for member in members] if bind else members).decode()


class _OneOf(sa.sql.functions.FunctionElement[bool]):
    type = sa.Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        """It is a condition as it stands: compared with 1, as SQLAlchemy would have it on SQLite, no index is used."""
        return self


@compiles(_OneOf, "postgresql")
def _on_postgresql(element: _OneOf, compiler: sa.sql.compiler.SQLCompiler, **options: Any) -> str:
    column, members = (compiler.process(part, **options) for part in element.clauses)
    return f"({column} = ANY ({members}))"


@compiles(_OneOf, "sqlite")
def _on_sqlite(element: _OneOf, compiler: sa.sql.compiler.SQLCompiler, **options: Any) -> str:
    column, members = (compiler.process(part, **options) for part in element.clauses)
    return f"({column} IN (SELECT value FROM json_each({members})))"  # noqa: S608  compiled parts


def is_one_of(column: Any, parameter: str) -> sa.ColumnElement[bool]:
    """Whether the column's value is in the collection given as this parameter."""
    return _OneOf(column, sa.bindparam(parameter, type_=_SetOf(column.type)))
