"""Rows with sealed columns: sealed before they are written, opened after they are read.

A column type does not see the row it belongs to, and the row's key is what a value is sealed for: so this is done where
rows are read and written, in `store.py`, and a column of `EncryptedText` takes nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from shared.db.base import EncryptedText, Sealed
from shared.db.sealing_keys import key_to_seal_with, vault_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.security.keyring import VaultKey
from shared.security.vault import place_of

RowRead = Mapping[Any, Any]
"""A row by column name, as it was read or is to be written."""


class SealedTable:
    """The sealed columns of a table."""

    def __init__(self, table: sa.Table) -> None:
        self.table = table
        self.key = tuple(column.name for column in table.primary_key)
        types = {column.name: column.type for column in table.columns}
        self.indexes = {name: type_.index for name, type_ in types.items() if isinstance(type_, EncryptedText)}
        """By sealed column, the column of its blind index, or None."""

    def seal(self, uow: UnitOfWork, rows: Sequence[RowRead]) -> list[dict[str, Any]]:
        """These rows as they are written; each has its key and all its sealed columns."""
        if not any(row[name] is not None for row in rows for name in self.indexes):
            return [{**row, **dict.fromkeys(filter(None, self.indexes.values()))} for row in rows]
        key = key_to_seal_with(uow)
        return [{**row, **self.sealed_by(key, row)} for row in rows]

    def sealed_by(self, key: VaultKey, row: RowRead) -> dict[str, Any]:
        """The sealed columns of a row, and their blind indexes."""
        sealed: dict[str, Any] = {}
        for name, index in self.indexes.items():
            text = row[name]
            sealed[name] = None if text is None else Sealed(key.seal(text, self._place(name, row)))
            if index is not None:
                sealed[index] = None if text is None else key.index_of(text, name)
        return sealed

    def open(self, reading: Reading, row: RowRead) -> dict[str, Any]:
        """The row as it was before it was sealed."""
        vault = vault_of(reading)
        opened = {
            name: None if row[name] is None else vault.open(row[name], self._place(name, row)) for name in self.indexes
        }
        return {**row, **opened}

    def text(self, reading: Reading, column: str, row: Any) -> str | None:
        """What one sealed column of a row says. The row has its columns as attributes."""
        sealed = getattr(row, column)
        if sealed is None:
            return None
        return vault_of(reading).open(sealed, self._place(column, {name: getattr(row, name) for name in self.key}))

    def seal_over(self, uow: UnitOfWork, row: RowRead, kept: Any) -> dict[str, Any]:
        """The row as it is written over the one that is kept, or None: what says the same stays sealed as it is."""
        sealed = self.seal(uow, [row])[0]
        for name in self.indexes if kept is not None else ():
            if self.text(uow, name, kept) == row[name]:
                sealed[name] = getattr(kept, name)
        return sealed

    def marks(self, reading: Reading, column: str, texts: Iterable[str]) -> dict[str, str]:
        """By blind index, the text that a row under it holds: what to search these texts by."""
        vault = vault_of(reading)
        return {mark: text for text in texts for mark in vault.indexes_of(text, column)}

    def _place(self, column: str, row: RowRead) -> bytes:
        return place_of(self.table.name, column, [row[name] for name in self.key])


sealed_table = cache(SealedTable)
"""The sealed columns of a table, looked at once."""


def sealed_tables(metadata: sa.MetaData) -> list[SealedTable]:
    """The tables of a house that have sealed columns, but for the one that knows the keys themselves."""
    found = [sealed_table(table) for name, table in sorted(metadata.tables.items()) if name != "sealing_key"]
    return [table for table in found if table.indexes]
