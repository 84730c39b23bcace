"""Rows of a file as documents, as requests would hold them."""

import codecs
import csv
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from shared.errors import Invalid
from shared.findings import Finding, WrongValue
from shared.sheets.columns import EACH, Column, Sheet, plain_heading
from shared.sheets.values import read_cell
from shared.words.said import Said, says

MAX_UNPACKED: Final = 2 * 1024**3
"""Bytes that an Excel file may hold once unpacked; a small file that holds more is a bomb."""
MAX_RATIO: Final = 200
_MAGIC_XLSX: Final = b"PK\x03\x04"
_MAGIC_OLD: Final = b"\xd0\xcf\x11\xe0"
"""A compound file: an Excel of before 2007, or one of today behind a password."""
_BOM: Final = codecs.BOM_UTF8
_SNIFFED: Final = 1024 * 1024
_MAX_CELL: Final = 32_767
_HEADINGS_WITHIN: Final = 5
"""The headings stand in one of the first rows: titles may stand above them."""


class FileUnreadable(Invalid):
    """The file is no csv or xlsx that can be read, or holds no rows."""

    code = "file-unreadable"


class ColumnsWrong(Invalid):
    """Columns are missing, unknown, or there twice."""

    code = "columns-wrong"


class Row(NamedTuple):
    """One row as it came: its number in the file, and its cells by column."""

    number: int
    cells: Mapping[Column, Any]


class Read(NamedTuple):
    """One thing of the file as a document: from one row, or of several that belong together."""

    rows: Sequence[Row]
    document: Mapping[str, Any]
    findings: Sequence[Finding]
    """What only a cell can be wrong with; the pointers are those of the document."""


def read_file(path: Path, sheet: Sheet) -> Iterator[Read]:
    """Every thing of a file, in order. Raises FileUnreadable or ColumnsWrong, at the latest with the first one."""
    for rows in _together(rows_of(path, sheet), sheet):
        yield _read(rows, sheet)


def rows_of(path: Path, sheet: Sheet) -> Iterator[Row]:
    """The rows of a file that are not empty. Raises FileUnreadable or ColumnsWrong."""
    lines = enumerate(_lines(path), start=1)
    columns = _headings(lines, sheet)
    found = False
    for number, cells in lines:
        named = {column: cell for column, cell in zip(columns, cells, strict=False) if column is not None}
        if any(cell not in {"", None} for cell in named.values()):
            found = True
            yield Row(number, named)
    if not found:
        raise _unreadable(says("file-without-rows"))


def _together(rows: Iterator[Row], sheet: Sheet) -> Iterator[Sequence[Row]]:
    """Rows that belong to one thing follow each other."""
    if sheet.group is None:
        yield from ([row] for row in rows)
        return
    (key,) = (column for column in sheet.columns if column.place == sheet.group)
    for _, same in groupby(rows, lambda row: _key(key, row)):
        yield list(same)


def _key(column: Column, row: Row) -> Any:
    """What makes rows one thing; a row without it stands alone."""
    return read_cell(column, row.cells.get(column)) or row.number


def _read(rows: Sequence[Row], sheet: Sheet) -> Read:
    document: dict[str, Any] = {}
    for place, value in sheet.fixed.items():
        _put(document, place.split("/"), value)
    findings = []
    for index, row in enumerate(rows):
        for column, cell in row.cells.items():
            way = [str(index) if part == EACH else part for part in column.parts]
            try:
                value = read_cell(column, cell)
            except WrongValue as wrong:
                findings.append(Finding("/" + "/".join(way), wrong.said))
                continue
            if value is not None:
                _put(document, way, value)
    return Read(rows, document, findings)


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


def _headings(lines: Iterator[tuple[int, Sequence[Any]]], sheet: Sheet) -> list[Column | None]:
    """The columns in the order of the file; None for one without a heading. Takes the lines up to the headings."""
    by_name = sheet.by_name()
    nearest: list[str] = []
    for number, cells in lines:
        headings = [plain_heading(str(cell)) for cell in cells]
        known = [by_name.get(heading) for heading in headings]
        if sum(column is not None for column in known) * 2 > sum(map(bool, headings)):
            _demand_columns(sheet, [str(cell).strip() for cell in cells], known)
            return known
        nearest = nearest or [str(cell).strip() for cell in cells if str(cell).strip()]
        if number >= _HEADINGS_WITHIN:
            break
    if not nearest:
        raise _unreadable(says("file-without-rows"))
    _demand_columns(sheet, nearest, [None for _ in nearest])
    raise AssertionError("headings that are all unknown are refused")


def _demand_columns(sheet: Sheet, headings: Sequence[str], known: Sequence[Column | None]) -> None:
    there = [column for column in known if column is not None]
    missing = [column for column in sheet.columns if column.needed and column not in there]
    findings = [
        *(Finding(f"/{column.zh}", says("column-missing")) for column in missing),
        *(
            Finding(f"/{heading}", says("column-unknown"))
            for heading, column in zip(headings, known, strict=True)
            if heading and column is None
        ),
        *(Finding(f"/{column.zh}", says("column-twice")) for column in dict.fromkeys(there) if there.count(column) > 1),
    ]
    if findings:
        raise ColumnsWrong.of(findings)


def _lines(path: Path) -> Iterator[Sequence[Any]]:
    with path.open("rb") as file:
        head = file.read(_SNIFFED)
    if head.startswith(_MAGIC_XLSX):
        return _lines_of_xlsx(path)
    if head.startswith(_MAGIC_OLD):
        raise _unreadable(says("file-old-or-locked"))
    return _lines_of_csv(path, _encoding_of(path, head))


def _lines_of_xlsx(path: Path) -> Iterator[Sequence[Any]]:
    try:
        _refuse_bombs(path)
        workbook = CalamineWorkbook.from_path(path)
        sheet: CalamineSheet = workbook.get_sheet_by_index(0)
        yield from sheet.iter_rows()
    except PasswordError as error:
        raise _unreadable(says("file-old-or-locked")) from error
    except (CalamineError, zipfile.BadZipFile, OSError, IndexError) as error:
        raise _unreadable(says("file-broken")) from error


def _refuse_bombs(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
        packed = max(path.stat().st_size, 1)
    if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * packed:
        raise _unreadable(says("file-bomb"))


def _encoding_of(path: Path, head: bytes) -> str:
    """UTF-8 or GB18030; of the beginning of a file, and for GB18030 of all of it."""
    if head.startswith(_BOM):
        return "utf-8-sig"
    if b"\0" in head:
        raise _unreadable(says("file-no-table"))
    for encoding in ("utf-8", "gb18030"):
        if _decodes(path, encoding):
            return encoding
    raise _unreadable(says("file-no-table"))


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while part := file.read(_SNIFFED):
                decoder.decode(part)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _lines_of_csv(path: Path, encoding: str) -> Iterator[Sequence[Any]]:
    with path.open(encoding=encoding, newline="") as file:
        delimiter = _delimiter_of(file.readline())
        file.seek(0)
        lines = csv.reader(file, delimiter=delimiter)
        try:
            yield from lines
        except (csv.Error, UnicodeDecodeError) as error:
            raise _unreadable(says("file-broken")) from error


def _delimiter_of(first_line: str) -> str:
    return max(",;\t", key=first_line.count)


def _unreadable(said: Said) -> FileUnreadable:
    return FileUnreadable.at("/file", said)
