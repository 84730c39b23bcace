"""Tables of SQLite laid by their key or by a row number, in migrations. PostgreSQL has no such choice."""

import re

import sqlalchemy as sa
from alembic import op

_BY_KEY = " WITHOUT ROWID"


def lay_by_key(table: str) -> None:
    """Have the rows of a table lie by its primary key. No other table refers to it."""
    _lay_anew(table, _BY_KEY)


def lay_by_row_number(table: str) -> None:
    """Have the rows of a table lie by a number of their own again."""
    _lay_anew(table, "")


def _lay_anew(table: str, laid: str) -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    asked = sa.text("SELECT sql FROM sqlite_schema WHERE type = :type AND tbl_name = :table AND sql IS NOT NULL")
    [text] = connection.scalars(asked, {"type": "table", "table": table})
    indexes = connection.scalars(asked, {"type": "index", "table": table}).all()
    anew = re.sub(rf'\ACREATE TABLE "?{table}"?', f'CREATE TABLE "{table}_anew"', text.removesuffix(_BY_KEY))
    op.execute(anew + laid)
    op.execute(f'INSERT INTO "{table}_anew" SELECT * FROM "{table}"')  # noqa: S608  only names
    op.execute(f'DROP TABLE "{table}"')
    op.execute(f'ALTER TABLE "{table}_anew" RENAME TO "{table}"')
    for index in indexes:
        op.execute(index)
