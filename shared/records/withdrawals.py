"""Withdrawals 撤回: there is one of each record, under a reference used once, and it is final."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from shared.db.rows import insert_into
from shared.db.unit_of_work import UnitOfWork
from shared.errors import Conflict
from shared.words.said import says


@dataclass(frozen=True, slots=True)
class Withdrawals:
    """The withdrawals of one kind of record, as data."""

    thing: str
    """What is withdrawn."""
    table: sa.Table
    otherwise: type[Conflict]
    """The record was withdrawn before in other words."""
    elsewhere: type[Conflict]
    """The reference was used before for the withdrawal of another record."""

    def find(
        self, uow: UnitOfWork, record: Mapping[str, Any], reference: Mapping[str, Any], reason: Any
    ) -> Mapping[Any, Any] | None:
        """The withdrawal that says the same; None where nothing was said yet.

        ``record`` and ``reference`` are the columns that name each. The record must be locked. Raises ``otherwise`` or
        ``elsewhere``.
        """
        named = sa.select(self.table).where(self._is(record) | self._is(reference))
        found = uow.connection.execute(named).mappings().all()
        of_it = next((row for row in found if _holds(row, record)), None)
        if of_it is None and found:
            raise self._used_elsewhere()
        if of_it is not None and not _holds(of_it, {**reference, "reason": reason}):
            raise self.otherwise(says("withdrawn-in-other-words", thing=self.thing))
        return of_it

    def write(self, uow: UnitOfWork, row: Mapping[str, Any]) -> None:
        """Write a withdrawal. Raises ``elsewhere`` where somebody else used its reference in this moment."""
        statement = insert_into(self.table, uow.connection.dialect.name).values(row)
        if not uow.connection.execute(statement.on_conflict_do_nothing()).rowcount:
            raise self._used_elsewhere()

    def _is(self, names: Mapping[str, Any]) -> sa.ColumnElement[bool]:
        return sa.and_(*(self.table.c[name] == value for name, value in names.items()))

    def _used_elsewhere(self) -> Conflict:
        return self.elsewhere(says("withdrawal-reference-used", thing=self.thing))


def _holds(row: Mapping[Any, Any], names: Mapping[str, Any]) -> bool:
    return all(row[name] == value for name, value in names.items())
