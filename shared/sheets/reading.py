"""Rows of a file as documents, as requests would hold them."""

import codecs
import csv
import re
import zipfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice, pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, NamedTuple

from python_calamine import CalamineWorkbook, PasswordError

from shared.errors import Invalid
from shared.findings import Finding, WrongValue
from shared.sheets.columns import EACH, Column, Sheet, plain_heading
from shared.sheets.values import is_empty, read_cell
from shared.words.said import Said, says

MAX_UNPACKED: Final = 2 * 1024**3
"""Bytes that an Excel file may hold once unpacked; a small file that holds more is a bomb."""
MAX_RATIO: Final = 200
_MAGIC_XLSX: Final = b"PK\x03\x04"
_MAGIC_OLD: Final = b"\xd0\xcf\x11\xe0"
"""A compound file: an Excel of before 2007, or one of today behind a password."""
_BLOCK: Final = 1024 * 1024
_REMEMBERED: Final = 4096
"""Cells of a column."""
_FLAT: Final = 2
"""Steps to a field of the document, or of an object in it."""
_HEADINGS_WITHIN: Final = 5
"""The headings stand in one of the first rows: titles may stand above them."""
_FAR_COLUMN = re.compile(rb"""\sr\s*=\s*["'](?:[A-Z]{3}|[D-Z][A-Z])[0-9]""").search
_FAR_ROW = re.compile(rb"""\sr\s*=\s*["'][A-Z]{1,2}[0-9]{6}""").search
_ODD_COLUMN = re.compile(rb'r(?:\s|=(?:[^"]|"(?:[A-Z]{3}|[D-Z][A-Z])[0-9]))').search
_ODD = re.compile(rb'r(?:\s|=(?:[^"]|"(?:[A-Z]{3}|[D-Z][A-Z]|[A-Z]{1,2}[0-9]{6})))').search
"""What may be a column far away, or either, or is not written as Excel writes it; these are found many times faster."""
_MANY_CELLS: Final = 100_000
"""A file with fewer cells has none in rows with six digits."""


class FileUnreadable(Invalid):
    """The file is no csv or xlsx that can be read, or holds no rows."""

    code = "file-unreadable"


class ColumnsWrong(Invalid):
    """Columns are missing, unknown, or there twice."""

    code = "columns-wrong"


class Row(NamedTuple):
    """One row as it came: its number in the file, and its cells in the order of the table's columns."""

    number: int
    cells: Sequence[Any]


class Table(NamedTuple):
    """What a file holds below its headings. The rows are read as they are asked for, the empty ones left out."""

    columns: Sequence[Column]
    """Those of the file, in its order."""
    rows: Iterator[Row]
    """Raises FileUnreadable where the file breaks off, and at the end of one without rows."""


class Read(NamedTuple):
    """One thing of the file as a document: from one row, or of several that belong together."""

    rows: Sequence[Row]
    document: Mapping[str, Any]
    findings: Sequence[Finding]
    """What only a cell can be wrong with; the pointers are those of the document."""


def open_table(path: Path, sheet: Sheet) -> Table:
    """A file as a table of this sheet. Raises FileUnreadable or ColumnsWrong."""
    lines = enumerate(_lines(path), start=1)
    first = list(islice(lines, _HEADINGS_WITHIN))
    by_name = sheet.by_name()
    place = _place_of_headings([cells for _, cells in first], by_name)
    headings = [str(cell).strip() for cell in first[place][1]] if first else []
    if not any(headings):
        raise _unreadable(says("file-without-rows"))
    known = [by_name.get(plain_heading(heading)) for heading in headings]
    _demand_columns(sheet, headings, known)
    places = [(at, column) for at, column in enumerate(known) if column is not None]
    rows = _rows(chain(first[place + 1 :], lines), [at for at, _ in places])
    return Table([column for _, column in places], rows)


class Reader:
    """Makes documents of the rows of a table. What was read of a cell is remembered: cells come again and again."""

    def __init__(self, sheet: Sheet, columns: Sequence[Column]) -> None:
        self._fixed = [(place.split("/"), value) for place, value in sheet.fixed.items()]
        self._cells = [_Cells(column) for column in columns]

    def read(self, rows: Sequence[Row]) -> Read:
        """The document of rows that belong together."""
        document: dict[str, Any] = {}
        for way, value in self._fixed:
            _put(document, way, value)
        findings: list[Finding] = []
        if len(rows) == 1:
            self._read_first(rows[0], document, findings)
        else:
            self._read_together(rows, document, findings)
        return Read(rows, document, findings)

    def _read_first(self, row: Row, document: dict[str, Any], findings: list[Finding]) -> None:
        """Read a row that stands alone."""
        for cells, cell in zip(self._cells, row.cells, strict=True):
            try:
                value = cells.read(cell)
            except WrongValue as wrong:
                findings.append(Finding(cells.pointer, wrong.said))
                continue
            if value is None:
                continue
            if cells.parent is None:
                _put(document, cells.first_way, value)
            elif cells.parent:
                document.setdefault(cells.parent, {})[cells.name] = value
            else:
                document[cells.name] = value

    def _read_together(self, rows: Sequence[Row], document: dict[str, Any], findings: list[Finding]) -> None:
        """Read the rows of one thing, of which each may say the same of the whole, and something of its own part."""
        said: dict[tuple[str, ...], Any] = {}
        for index, row in enumerate(rows):
            for cells, cell in zip(self._cells, row.cells, strict=True):
                way = cells.way(index)
                try:
                    value = cells.read(cell)
                except WrongValue as wrong:
                    findings.append(Finding("/" + "/".join(way), wrong.said))
                    continue
                if value is None:
                    continue
                if said.setdefault(way, value) != value:
                    findings.append(Finding("/" + "/".join(way), says("rows-disagree", row=row.number)))
                _put(document, way, value)


class Remembered(dict[Any, Any]):
    """What was read of the cells of a column: the same text comes again and again."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: Any) -> Any:
        """Read a cell that is not known. Only text is remembered: `1`, `1.0` and `True` are the same key."""
        value = self._read(cell)
        if len(self) == _REMEMBERED:
            self.clear()
        if cell is None or type(cell) is str:
            self[cell] = value
        return value


class _Cells:
    """The cells of one column."""

    def __init__(self, column: Column) -> None:
        self._parts = column.parts[:-1] if column.holds_several else column.parts
        self.read = Remembered(partial(read_cell, column)).__getitem__
        self.first_way = self.way(0)
        """The place in the document of a row that stands alone."""
        self.pointer = "/" + "/".join(self.first_way)
        self.name = self.first_way[-1]
        self.parent = (
            "/".join(self.first_way[:-1]) if len(self.first_way) <= _FLAT and EACH not in self._parts else None
        )
        """The object that holds the field; empty for the document itself, None where it lies deeper."""

    def way(self, index: int) -> tuple[str, ...]:
        """The place in the document of the row of this index."""
        return tuple(str(index) if part == EACH else part for part in self._parts)


def read_file(path: Path, sheet: Sheet) -> Iterator[Read]:
    """Every thing of a file whose rows stand alone. Raises FileUnreadable or ColumnsWrong."""
    table = open_table(path, sheet)
    reader = Reader(sheet, table.columns)
    for row in table.rows:
        yield reader.read([row])


def _rows(lines: Iterable[tuple[int, Sequence[Any]]], places: Sequence[int]) -> Iterator[Row]:
    """The cells of the columns that are known, of the rows in which something stands."""
    found, at_once = False, _all_of(places)
    for number, cells in lines:
        try:
            taken = at_once(cells)
        except IndexError:
            taken = [cells[place] if place < len(cells) else None for place in places]
        first = taken[0]
        if (type(first) is str and first.strip()) or not all(map(is_empty, taken)):
            found = True
            yield Row(number, taken)
    if not found:
        raise _unreadable(says("file-without-rows"))


def _all_of(places: Sequence[int]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """Takes the cells at these places, of a line that has them all."""
    return itemgetter(*places) if len(places) > 1 else lambda cells: [cells[place] for place in places]


def _put(document: dict[str, Any], way: Sequence[str], value: Any) -> None:
    """Set a value at a place of a document; the places of a list are those of its items."""
    here: Any = document
    for part, following in pairwise(way):
        below: Any = [] if following.isdecimal() else {}
        if isinstance(here, list):
            here.extend({} for _ in range(int(part) + 1 - len(here)))
            here = here[int(part)]
        else:
            here = here.setdefault(part, below)
    here[way[-1]] = value


def _place_of_headings(lines: Sequence[Sequence[Any]], by_name: Mapping[str, Column]) -> int:
    """Which of the first rows holds the headings: the one with most known ones, else the first with anything in it."""
    known = [sum(plain_heading(str(cell)) in by_name for cell in cells) for cells in lines]
    if any(known):
        return known.index(max(known))
    return next((place for place, cells in enumerate(lines) if any(str(cell).strip() for cell in cells)), 0)


def _demand_columns(sheet: Sheet, headings: Sequence[str], known: Sequence[Column | None]) -> None:
    there = [column for column in known if column is not None]
    missing = [column for column in sheet.columns if column.needed and column not in there]
    unknown = [
        heading
        for heading, column in zip(headings, known, strict=True)
        if heading and column is None and not sheet.passes_over(plain_heading(heading))
    ]
    twice = [column for column in dict.fromkeys(there) if there.count(column) > 1]
    findings = [
        *(Finding(f"/{column.zh}", says("column-missing")) for column in missing),
        *(Finding(f"/{heading[:_SHOWN]}", says("column-unknown")) for heading in unknown[:_NAMED]),
        *(Finding(f"/{column.zh}", says("column-twice")) for column in twice),
    ]
    if findings:
        raise ColumnsWrong.of(findings, further=len(findings) - 1)


_NAMED: Final = 50
_SHOWN: Final = 64
"""How many unknown headings are named, and how much of each."""


def _lines(path: Path) -> Iterator[Sequence[Any]]:
    with path.open("rb") as file:
        head = file.read(_BLOCK)
    if head.startswith(_MAGIC_XLSX):
        return _lines_of_xlsx(path)
    if head.startswith(_MAGIC_OLD):
        raise _unreadable(says("file-old-or-locked"))
    return _lines_of_csv(path, _encoding_of(path, head))


def _lines_of_xlsx(path: Path) -> Iterator[Sequence[Any]]:
    """The rows of the first sheet, from the first row of it. The library may fail in any way."""
    try:
        _refuse_bombs(path)
        rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows()
    except FileUnreadable:
        raise
    except PasswordError as error:
        raise _unreadable(says("file-old-or-locked")) from error
    except Exception as error:
        raise _unreadable(says("file-broken")) from error
    yield from rows


def _refuse_bombs(path: Path) -> None:
    """Refuse a file that would take much more memory than disk: packed too well, or with cells far away."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        unpacked = sum(part.file_size for part in parts)
        if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(path.stat().st_size, 1):
            raise _unreadable(says("file-bomb"))
        for part in parts:
            blocks = _unpacked(archive, part)
            if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                _refuse_far_cells(blocks)
            elif part.filename.startswith("xl/"):
                deque(blocks, maxlen=0)


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """What a part holds, block by block; one that holds more than it says is a bomb. One that is broken raises."""
    left = part.file_size
    part.file_size = MAX_UNPACKED  # read on to the true end
    with archive.open(part) as xml:
        while block := xml.read(_BLOCK):
            left -= len(block)
            if left < 0:
                raise _unreadable(says("file-bomb"))
            yield block


def _refuse_far_cells(blocks: Iterator[bytes]) -> None:
    """A sheet takes memory for all cells between its first and its last one."""
    cells, far, before = 0, False, b""
    for block in blocks:
        text = before + block
        if (_ODD_COLUMN if far else _ODD)(text):
            if _FAR_COLUMN(text):
                raise _unreadable(says("file-bomb"))
            far = far or _FAR_ROW(text) is not None
        cells += text.count(b' r="')
        before = block[-32:]
    if far and cells < _MANY_CELLS:
        raise _unreadable(says("file-bomb"))


def _encoding_of(path: Path, head: bytes) -> str:
    """UTF-8 where all of the file is that, else GB18030."""
    if b"\0" in head:
        raise _unreadable(says("file-no-table"))
    for encoding in ("utf-8-sig", "gb18030"):
        if _decodes(path, encoding):
            return encoding
    raise _unreadable(says("file-no-table"))


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while part := file.read(_BLOCK):
                decoder.decode(part)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _lines_of_csv(path: Path, encoding: str) -> Iterator[Sequence[Any]]:
    with path.open(encoding=encoding, newline="") as file:
        delimiter = _delimiter_of("".join(islice(file, _HEADINGS_WITHIN)))
        file.seek(0)
        try:
            yield from csv.reader(file, delimiter=delimiter)
        except csv.Error as error:
            raise _unreadable(says("file-broken")) from error


def _delimiter_of(first_lines: str) -> str:
    return max(",;\t", key=first_lines.count)


def _unreadable(said: Said) -> FileUnreadable:
    return FileUnreadable.at("/file", said)
