"""The values of policies that people approved, in a table of a house: they lie over the packs from then on."""

import datetime as dt
from typing import Final, NamedTuple

import sqlalchemy as sa

from shared.codes.policy import ValueStatus
from shared.policy.added import AddedValue, with_values
from shared.policy.loader import PolicyBook

APPROVED: Final = "approved"
"""The status of a row that counts."""


class _Known(NamedTuple):
    """What a process has seen of the table, and the book it made of that."""

    packs: PolicyBook
    newest: dt.datetime
    added: list[AddedValue]
    book: PolicyBook


class PolicyValues:
    """The book of the packs with the approved values of a table laid over it.

    A transaction asks the table for its newest change. A process that has seen that one answers from memory, so a
    value holds in every process from the commit that approved it on.
    """

    def __init__(self, table: sa.Table) -> None:
        self._newest = sa.select(sa.func.max(table.c.updated_at))
        same = (table.c[name] for name in ("key", "value", "valid_from", "valid_to", "reference"))
        shown = (*same, table.c.region_code.label("region"), table.c.value_status.label("status"))
        approved = sa.select(*shown).where(table.c.status == APPROVED)
        self._select = approved.order_by(table.c.approved_at)
        self._known: _Known | None = None

    def over(self, connection: sa.Connection, packs: PolicyBook) -> PolicyBook:
        """Return the book that this transaction decides by. It stays the same one while no further value counts."""
        newest = connection.scalar(self._newest)
        if newest is None:
            return packs
        known = self._known
        if known is None or known.packs is not packs or known.newest != newest:
            known = self._known = self._look(connection, packs, newest)
        return known.book

    def _look(self, connection: sa.Connection, packs: PolicyBook, newest: dt.datetime) -> _Known:
        rows = connection.execute(self._select)
        added = [AddedValue(**{**row, "status": ValueStatus(row["status"])}) for row in rows.mappings()]
        known = self._known
        if known is not None and known.packs is packs and known.added == added:
            return known._replace(newest=newest)
        return _Known(packs, newest, added, with_values(packs, added) if added else packs)
