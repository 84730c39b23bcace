"""A whole list in portions, each a read of its own, for files: no transaction is long, and memory stays as it is."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel, PrivateAttr
from pydantic.fields import FieldInfo

from shared.db.base import UtcDateTime
from shared.db.unit_of_work import Reading
from shared.lists.order import Order
from shared.lists.page import Page
from shared.sheets.columns import Sheet
from shared.sheets.writing import cells_of, values_of
from shared.words.language import Language

ItemT = TypeVar("ItemT")
ModelT = TypeVar("ModelT", bound=BaseModel)
Key = tuple[Any, ...]
"""Where a row stands in the order, as the database holds it."""
Show = Callable[[Sequence[sa.Row[Any]]], Sequence[ItemT]]
"""Makes answers of rows."""
Values = Sequence[Iterable[Any]]
"""What stands in each column of a file."""

SHOWN_AT_ONCE: Final = 500
"""Answers of a portion: making them keeps the process from other requests for some milliseconds."""
DOCUMENTS_AT_ONCE: Final = 1000
"""Documents of a portion."""
ROWS_AT_ONCE: Final = 4000
"""Rows of a portion where no answers are made."""


class AsKept(Generic[ModelT]):
    """Shows rows that are answers as they are kept: each field is a column, unless it says by its alias which one.

    A file takes such rows as they are, and makes no answers of them.
    """

    def __init__(self, model: type[ModelT]) -> None:
        self._model = model
        self._columns = {_sent_as(name, field): _kept_as(name, field) for name, field in model.model_fields.items()}

    def __call__(self, rows: Iterable[sa.Row[Any]]) -> list[ModelT]:
        """The answers."""
        return [self._model.model_validate(row._asdict()) for row in rows]

    def columns(self, sheet: Sheet, rows: sa.Select[Any]) -> list[sa.ColumnElement[Any]]:
        """The columns of the rows that the columns of a sheet show."""
        return [rows.selected_columns[self._columns[column.place]] for column in sheet.columns]


class AsDocuments(Generic[ModelT]):
    """Shows rows as documents, of which answers are made; what a caller may not see is left out of the documents.

    A file is written of the documents as they are, and nothing is checked that was checked when it was stored.
    """

    def __init__(
        self,
        model: type[ModelT],
        documents: Callable[[Sequence[sa.Row[Any]]], Sequence[dict[str, Any]]],
    ) -> None:
        self._model = model
        self.documents = documents

    def __call__(self, rows: Sequence[sa.Row[Any]]) -> list[ModelT]:
        """The answers."""
        return [self._model.model_validate(document) for document in self.documents(rows)]

    def unchecked(self, documents: Iterable[dict[str, Any]]) -> list[ModelT]:
        """The answers for whoever only reads fields of theirs, as the record of who saw what does."""
        return [self._bare(document) for document in documents]

    def _bare(self, document: dict[str, Any]) -> ModelT:
        answer = self._model.__new__(self._model)
        answer.__dict__.update(document)
        return answer


class Portion(Page[ItemT], Generic[ItemT]):
    """A part of a whole list. ``items`` is empty where no answers are made."""

    _sheet: Sheet = PrivateAttr()
    _values: Values | None = PrivateAttr(None)
    _key: Key | None = PrivateAttr(None)

    @property
    def key(self) -> Key | None:
        """Where the next portion begins; none after the last."""
        return self._key

    def cells(self, language: Language) -> list[list[str]]:
        """The cells of the file, column by column."""
        return cells_of(self._sheet, self._shown() if self._values is None else self._values, language)

    def _shown(self) -> Values:
        dumped = [item.model_dump(mode="json", by_alias=True) for item in self.items if isinstance(item, BaseModel)]
        return values_of(self._sheet, dumped)


@dataclass(frozen=True, slots=True)
class Place:
    """From where on a portion is wanted."""

    key: Key | None = None

    def portion(
        self, reading: Reading, sheet: Sheet, order: Order, wanted: sa.Select[Any], show: Show[ItemT]
    ) -> Portion[ItemT]:
        """The portion of the rows that are wanted."""
        keys = [_comparable(wanted.selected_columns[name], reading.connection.dialect.name) for name in order.names]
        if isinstance(show, AsDocuments):
            rows_shown = reading.connection.execute(self._rows(wanted, keys, order, DOCUMENTS_AT_ONCE)).all()
            documents = show.documents(rows_shown)
            key = _last_key(rows_shown, keys, DOCUMENTS_AT_ONCE)
            return _portion(sheet, key, show.unchecked(documents), values_of(sheet, documents))
        if not isinstance(show, AsKept):
            shown = reading.connection.execute(self._rows(wanted, keys, order, SHOWN_AT_ONCE)).all()
            return _portion(sheet, _last_key(shown, keys, SHOWN_AT_ONCE), show(shown), None)
        columns = show.columns(sheet, wanted)
        rows = wanted.with_only_columns(*columns, maintain_column_froms=True)
        found = _as_the_driver_gives(reading.connection.execute(self._rows(rows, keys, order, ROWS_AT_ONCE)))
        return _portion(sheet, _last_key(found, keys, ROWS_AT_ONCE), (), _written_out(columns, found))

    def _rows(
        self, rows: sa.Select[Any], keys: Sequence[sa.ColumnElement[Any]], order: Order, most: int
    ) -> sa.Select[Any]:
        """The rows of the portion, each with its key behind it."""
        if self.key is not None:
            last = [sa.literal(value, column.type) for column, value in zip(keys, self.key, strict=True)]
            place, last_taken = sa.tuple_(*keys), sa.tuple_(*last)
            rows = rows.where(place < last_taken if order.descending else place > last_taken)
        rows = rows.order_by(*(column.desc() if order.descending else column for column in keys))
        return rows.add_columns(*(key.label(f"key_{number}") for number, key in enumerate(keys))).limit(most)


def _last_key(rows: Sequence[Sequence[Any]], keys: Sequence[object], most: int) -> Key | None:
    """Where the last row stands if more may follow."""
    return tuple(rows[-1][-len(keys) :]) if len(rows) == most else None


def _as_the_driver_gives(result: sa.CursorResult[Any]) -> Sequence[Sequence[Any]]:
    """The rows without what makes Python's values of the driver's, which costs more than to read them."""
    assert result.cursor is not None, "a SELECT has rows"
    return result.cursor.fetchall()


def _portion(sheet: Sheet, key: Key | None, items: Sequence[ItemT], values: Values | None) -> Portion[ItemT]:
    """A portion of answers, or of values that stand in the columns as they are."""
    portion = Portion[ItemT].model_construct(items=list(items), next_cursor=None)
    portion._sheet, portion._values, portion._key = sheet, values, key  # noqa: SLF001  made here alone
    return portion


def _written_out(columns: Sequence[sa.ColumnElement[Any]], rows: Sequence[Sequence[Any]]) -> Values:
    """What stands in the columns, as cells are written from it: ids with their strokes. The keys behind it go."""
    values: Values = list(zip(*rows, strict=True))[: len(columns)] or [()] * len(columns)
    return [
        map(_with_strokes, of) if isinstance(column.type, sa.Uuid) else of
        for column, of in zip(columns, values, strict=True)
    ]


def _comparable(column: sa.ColumnElement[Any], dialect: str) -> sa.ColumnElement[Any]:
    """A column of the order as the database compares it: SQLite keeps moments and ids as text."""
    bare = column.element if isinstance(column, sa.Label) else column
    if dialect == "sqlite" and isinstance(bare.type, sa.Uuid | UtcDateTime):
        return sa.type_coerce(bare, sa.String())
    return bare


def _with_strokes(kept: UUID | str | None) -> UUID | str | None:
    """An id as it is written; PostgreSQL gives it so."""
    if type(kept) is not str:
        return kept
    return f"{kept[:8]}-{kept[8:12]}-{kept[12:16]}-{kept[16:20]}-{kept[20:]}"


def _sent_as(name: str, field: FieldInfo) -> str:
    return field.serialization_alias or field.alias or name


def _kept_as(name: str, field: FieldInfo) -> str:
    return str(field.validation_alias or field.alias or name)
