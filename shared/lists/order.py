"""The order of a list, and where a page of it begins."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self
from uuid import UUID

import sqlalchemy as sa

from shared.db.base import UtcDateTime
from shared.lists.cursor import not_given_out

_MAX_DIGITS: Final = 18
_CHANGED: Final = "updated_at"


@dataclass(frozen=True, slots=True)
class Order:
    """The columns of the answer by which its rows are sorted. Together they tell each row from every other."""

    names: tuple[str, ...]
    descending: bool = False

    def begin_after(self, rows: sa.Select[Any], key: Sequence[str] | None) -> sa.Select[Any]:
        """Return the rows in this order, those after a key alone. Raises Invalid for a key of another form."""
        columns = [rows.selected_columns[name] for name in self.names]
        if key is not None:
            place, last_shown = sa.tuple_(*columns), sa.tuple_(*_values(columns, key))
            rows = rows.where(place < last_shown if self.descending else place > last_shown)
        return rows.order_by(*(column.desc() if self.descending else column for column in columns))

    def never_passed_by(self) -> Self:
        """Return the order for whoever reads on for a while: a row that changes meanwhile comes again at the end.

        In the order of the last changes it would move in front of what was read, and be missed.
        """
        return replace(self, descending=self.descending and self.names[0] != _CHANGED)

    def key(self, row: sa.Row[Any]) -> list[str]:
        """Return where a row stands, as text."""
        return [_text(getattr(row, name)) for name in self.names]


def by(*names: str) -> Order:
    """Return the order of a register: by a code or number, the lowest first."""
    return Order(names)


def newest_by(moment: str, row_id: str = "id") -> Order:
    """Return the order of a ledger: by a moment and the id of the row, the newest first."""
    return Order((moment, row_id), descending=True)


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)


def _values(columns: Sequence[sa.ColumnElement[Any]], key: Sequence[str]) -> list[sa.ColumnElement[Any]]:
    """The key as the columns hold it."""
    try:
        return [_value(column.type, text) for column, text in zip(columns, key, strict=True)]
    except (ValueError, OverflowError) as error:
        raise not_given_out() from error


def _value(type_: sa.types.TypeEngine[Any], text: str) -> sa.ColumnElement[Any]:
    """The part of a key as a column of this type is compared with it: a number may be greater than the column holds."""
    read = next((read for kind, read in _READ if isinstance(type_, kind)), str)
    wide_enough = sa.BigInteger() if isinstance(type_, sa.Integer) else type_
    return sa.literal(read(text), wide_enough)


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)


def _whole_number(text: str) -> int:
    """A number that a database column can hold."""
    if not (text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS):
        raise ValueError(text)
    return int(text)


_READ: Final[Sequence[tuple[type[sa.types.TypeEngine[Any]], Callable[[str], Any]]]] = (
    (UtcDateTime, _moment),
    (sa.Uuid, UUID),
    (sa.Integer, _whole_number),
)
"""How the text of a key becomes what a column of this type holds; of another type it is text itself."""
