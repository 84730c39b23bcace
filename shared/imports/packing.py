"""A file in parts: its rows as they came, so many at a time, as the database keeps them until they are taken."""

import datetime as dt
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, NamedTuple

from pydantic_core import from_json, to_json

from shared.findings import WrongValue
from shared.imports.kinds import ImportKind
from shared.sheets.columns import Column
from shared.sheets.common import SOURCE_REF
from shared.sheets.reading import Remembered, Row, open_table
from shared.sheets.values import read_cell

_QUICKLY: Final = 1
_LENGTH_OF_A_DAY: Final = len("2026-05-01")


class Packed(NamedTuple):
    """A file that can be read, from its first row to its last one."""

    places: Sequence[str]
    """The columns of the file, in its order."""
    rows: int
    parts: Sequence[bytes]


def pack_file(path: Path, kind: ImportKind) -> Packed:
    """Read the whole of a file. Raises FileUnreadable or ColumnsWrong."""
    table = open_table(path, kind.sheet)
    things = _things(kind, table.columns, table.rows)
    rows, parts = 0, []
    for part, number in _parts(things, kind.rows_at_once):
        parts.append(zlib.compress(part, _QUICKLY))
        rows += number
    return Packed([column.place for column in table.columns], rows, parts)


def unpack(part: bytes) -> list[list[Row]]:
    """The things of a part, each with its rows."""
    return [[_row(kept) for kept in thing] for thing in from_json(zlib.decompress(part))]


def kept_cells(row: Row) -> list[Any]:
    """The cells of a row as JSON holds them: a day of Excel as a list, so that it is told from text."""
    return [cell if type(cell) is str else _kept(cell) for cell in row.cells]


def cell_of(kept: Any) -> Any:
    """A cell as it came."""
    if not isinstance(kept, list):
        return kept
    [text] = kept
    return dt.date.fromisoformat(text) if len(text) == _LENGTH_OF_A_DAY else dt.datetime.fromisoformat(text)


def _things(kind: ImportKind, columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[list[bytes]]:
    """The rows that make one thing together, wherever they stand; small, because all may be held at once."""
    places = [place for place, column in enumerate(columns) if column.place in kind.sheet.group]
    if not places:
        yield from ([row] for row in _by_whom(kind, columns, rows))
        return
    key_of, gathered = _keys(columns, places), dict[object, list[bytes]]()
    for row in rows:
        gathered.setdefault(key_of(row) or row.number, []).append(_packed(row))
    yield from gathered.values()


def _by_whom(kind: ImportKind, columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[bytes]:
    """Rows that stand alone, those about the same one together."""
    places = [column.place for column in columns]
    if kind.about not in places or SOURCE_REF.place in places:
        yield from map(_packed, rows)
        return
    key_of = _keys(columns, [places.index(kind.about)])
    yield from (packed for _, packed in sorted(((key_of(row) or (), _packed(row)) for row in rows), key=_whom))


_whom = itemgetter(0)


def _keys(columns: Sequence[Column], places: Sequence[int]) -> Callable[[Row], tuple[str, ...] | None]:
    """Gives what makes rows one thing; a row that leaves out some of it stands alone."""
    readers = [(place, Remembered(partial(_part_of_key, columns[place])).__getitem__) for place in places]

    def key_of(row: Row) -> tuple[str, ...] | None:
        key = [read(row.cells[place]) for place, read in readers]
        return None if None in key else tuple(key)

    return key_of


def _part_of_key(column: Column, cell: Any) -> str | None:
    try:
        value = read_cell(column, cell)
    except WrongValue:
        return None
    return None if value is None else str(value)


def _parts(things: Iterator[list[bytes]], rows_at_once: int) -> Iterator[tuple[bytes, int]]:
    """Things together until they have so many rows; each part with how many it has."""
    for first in things:
        part, number = [first], len(first)
        while number < rows_at_once and (following := list(islice(things, 1))):
            part += following
            number += len(following[0])
        yield b"[" + b",".join(b"[" + b",".join(thing) + b"]" for thing in part) + b"]", number


def _packed(row: Row) -> bytes:
    return to_json([row.number, *kept_cells(row)])


def _kept(cell: Any) -> Any:
    if cell is None or isinstance(cell, (str, bool, int, float)):
        return cell
    return [cell.isoformat()] if isinstance(cell, dt.date) else str(cell)


def _row(kept: list[Any]) -> Row:
    """A row as it was kept; what is text needs no look."""
    number, *cells = kept
    return Row(number, list(map(cell_of, cells)) if list in map(type, cells) else cells)
