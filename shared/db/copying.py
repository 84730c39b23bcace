"""COPY of PostgreSQL, executed like every other statement: in the transaction, with its errors named by SQLAlchemy."""

from collections.abc import Sequence
from typing import Any

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import await_only

_TABLE, _COLUMNS = "copied_into", "copied_columns"


def copy_rows(
    connection: sa.Connection, table: sa.Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Copy two rows or more into a table. They are bound: each value is as the driver takes it."""
    names = connection.dialect.identifier_preparer
    text = f"COPY {names.format_table(table)} ({', '.join(map(names.quote, columns))}) FROM STDIN"
    connection.exec_driver_sql(text, list(rows), {_TABLE: table.name, _COLUMNS: columns})


def execute_copies(engine: AsyncEngine) -> None:
    """Have the connections of this engine understand `copy_rows`."""

    @sa.event.listens_for(engine.sync_engine, "do_executemany")
    def _on_many(cursor: Any, _: str, rows: Sequence[tuple[Any, ...]], context: Any) -> bool | None:
        table = context.execution_options.get(_TABLE)
        if table is None:
            return None
        driver = context.root_connection.connection.driver_connection
        if not driver.is_in_transaction():
            cursor.execute("SELECT")  # the driver begins a transaction with its first statement
        columns = context.execution_options[_COLUMNS]
        try:
            await_only(_copy(driver, table, columns, rows))
        except Exception as error:  # noqa: BLE001  it is named, as those of other statements are, and raised
            cursor._handle_exception(error)  # noqa: SLF001  SQLAlchemy has no public way to name an error
        return True


async def _copy(driver: Any, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    try:
        await driver.copy_records_to_table(table, columns=columns, records=rows)
    except (TypeError, ValueError, ArithmeticError) as error:
        raise asyncpg.DataError(f"a value does not fit its column: {type(error).__name__}") from error
