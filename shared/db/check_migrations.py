"""CHECKs of code lists in migrations: taken away and put back where the table stands, without a copy of its rows."""

import re
from collections.abc import Iterable
from typing import NamedTuple

import sqlalchemy as sa
from alembic import op


class CodeCheck(NamedTuple):
    """The CHECK that lets a column hold only the codes of a list."""

    table: str
    column: str
    code_list: str
    codes: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its name in the database."""
        return f"ck_{self.table}_{self.code_list}"

    @property
    def condition(self) -> str:
        """What it demands, as SQLAlchemy writes it."""
        column = op.get_bind().dialect.identifier_preparer.quote(self.column)
        return f"{column} IN ({', '.join(repr(code) for code in self.codes)})"


def drop_code_checks(checks: Iterable[CodeCheck]) -> None:
    """Let the columns hold any code."""
    for check in checks:
        if _is_sqlite():
            rewrite_table(check.table, rf",?\s*CONSTRAINT {check.name} CHECK \([^()]*\([^()]*\)\)", "")
        else:
            op.drop_constraint(op.f(check.name), check.table, type_="check")


def add_code_checks(checks: Iterable[CodeCheck]) -> None:
    """Put the CHECKs back. Fails on PostgreSQL where a row holds another code."""
    for check in checks:
        if _is_sqlite():
            added = rf"\g<0> CONSTRAINT {check.name} CHECK ({check.condition})"
            rewrite_table(check.table, rf"\b{check.column}\b\"? VARCHAR\(\d+\)( NOT NULL)?", added)
        else:
            op.create_check_constraint(op.f(check.name), check.table, check.condition)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def rewrite_table(table: str, part: str, by: str) -> None:
    """Change the text of a table. SQLite documents this way for whatever leaves the rows as they are."""
    connection = op.get_bind()
    named = {"table": table}
    text = connection.scalar(sa.text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = :table"), named)
    changed, times = re.subn(part, by, text)
    assert times == 1, f"{table} has no such part: {part}"
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    connection.execute(
        sa.text("UPDATE sqlite_schema SET sql = :sql WHERE type = 'table' AND name = :table"), named | {"sql": changed}
    )
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = RESET")
