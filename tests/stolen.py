"""What a thief reads in the database of a house."""

import json
from collections.abc import Iterable
from pathlib import Path

import sqlalchemy as sa

from shared.house import House


async def stolen(house: House) -> bytes:
    """Everything: the files of SQLite with what they no longer name, or all rows of PostgreSQL as text."""
    if not house.database.is_sqlite:
        return await house.database.read(lambda reading: every_row(reading.connection))
    path = Path(str(house.database.url.database))
    files = [path, path.with_name(path.name + "-wal")]
    return b"".join(file.read_bytes() for file in files if file.exists())


def every_row(connection: sa.Connection) -> bytes:
    """All rows of a database on PostgreSQL, as text."""
    rows: list[str] = []
    for table in sa.inspect(connection).get_table_names():
        rows += connection.scalars(sa.text(f'SELECT whole::text FROM "{table}" AS whole'))
    return "\n".join(rows).encode()


def read_in(found: bytes, texts: Iterable[str]) -> set[str]:
    """Those of these texts that stand there, as they are or as JSON writes them."""
    return {text for text in texts if text.encode() in found or json.dumps(text).strip('"').encode() in found}
