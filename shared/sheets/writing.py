"""Rows of answers as files: CSV as they come, Excel in constant memory, and templates to fill in."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from shared.sheets.columns import EACH, Column, Form, Sheet
from shared.sheets.values import label_of, write_column
from shared.words.language import Language

BOM: Final = "\ufeff"
"""Excel reads a CSV as UTF-8 when this stands first."""
CSV_TYPE: Final = "text/csv; charset=utf-8"
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_OF_A_SHEET: Final = 1_000_000
_FILLED_IN: Final = 5000
"""Rows of a template that offer drop-downs."""
_LONGEST_LIST: Final = 255
"""Characters that Excel takes for the entries of a drop-down."""

Item = Mapping[str, Any]
"""An answer as `model_dump(mode="json")` gives it."""
Line = Sequence[str]
"""The cells of a row."""


def headed(sheet: Sheet, language: Language) -> list[tuple[str, int]]:
    """The headings of a sheet with the widths of its columns."""
    return [(column.heading(language), column.width) for column in sheet.columns]


def values_of(sheet: Sheet, items: Sequence[Item]) -> list[Sequence[Any]]:
    """What answers hold, column by column."""
    return [_values(items, *column.parts) for column in sheet.columns]


def cells_of(sheet: Sheet, values: Sequence[Iterable[Any]], language: Language) -> list[list[str]]:
    """The cells of a file column by column, from the values of each."""
    return [write_column(column, of, language) for column, of in zip(sheet.columns, values, strict=True)]


def csv_head(sheet: Sheet, language: Language) -> bytes:
    """What a CSV begins with."""
    return BOM.encode() + csv_lines([[heading] for heading, _ in headed(sheet, language)])


def csv_lines(columns: Iterable[Sequence[str]]) -> bytes:
    """Cells as a part of a CSV: what the standard library writes of their rows, in a third of its time."""
    return "".join([f"{','.join(line)}\r\n" for line in zip(*map(_quoted, columns), strict=True)]).encode()


def _quoted(cells: Sequence[str]) -> Sequence[str]:
    """The cells of a column, in quotes where they hold what parts cells or rows."""
    if not _parts("".join(cells)):
        return cells
    return [f'"{cell.replace(_QUOTE, _QUOTE * 2)}"' if _parts(cell) else cell for cell in cells]


def _parts(text: str) -> bool:
    return _QUOTE in text or "," in text or "\n" in text or "\r" in text


_QUOTE: Final = '"'


class Table:
    """An Excel file that is written row by row, below headings. Every cell is text, so that no number loses digits.

    The rows lie beside the file until it is closed; where there are more than a sheet takes, they go on in the next
    one.
    """

    def __init__(
        self,
        path: Path,
        title: str,
        headings: Sequence[tuple[str, int]],
        *,
        rows_of_a_sheet: int = ROWS_OF_A_SHEET,
    ) -> None:
        options = {"constant_memory": True, "strings_to_numbers": False, "tmpdir": str(path.parent)}
        self._workbook = xlsxwriter.Workbook(path, options)
        self._bold = self._workbook.add_format({"bold": True})
        self._text = self._workbook.add_format({"num_format": "@"})
        self._most = rows_of_a_sheet
        self.turn_to(title, headings)

    def turn_to(self, title: str, headings: Sequence[tuple[str, int]]) -> None:
        """Go on in another sheet, below headings of its own."""
        self._title, self._headings = title, headings
        self._begin(1)

    def write(self, rows: Iterable[Line]) -> None:
        """Add rows."""
        for row in rows:
            if self._line >= self._most:
                self._begin(self._number + 1)
            self._line += 1
            for place, cell in enumerate(row):
                self._worksheet.write_string(self._line, place, cell, self._text)

    def close(self) -> None:
        """Make the file."""
        self._workbook.close()

    def leave(self) -> None:
        """Let go of what is open, of a file that is made or of one that will not be."""
        for worksheet in self._workbook.worksheets():
            worksheet._opt_close()  # noqa: SLF001  the library has no way to give a file up

    def _begin(self, number: int) -> None:
        self._number, self._line = number, 0
        title = self._title if number == 1 else f"{self._title} {number}"
        self._worksheet: Worksheet = self._workbook.add_worksheet(title)
        self._worksheet.freeze_panes(1, 0)
        for place, (heading, width) in enumerate(self._headings):
            self._worksheet.set_column(place, place, width)
            self._worksheet.write_string(0, place, heading, self._bold)


def write_template(path: Path, sheet: Sheet, language: Language = Language.ZH) -> None:
    """Write an Excel file to fill in: headings, drop-downs of code lists, notes, and one example."""
    with xlsxwriter.Workbook(path) as workbook:
        formats = {
            needed: workbook.add_format({"bold": True, "font_color": "red" if needed else "black"})
            for needed in (True, False)
        }
        text = workbook.add_format({"num_format": "@"})
        worksheet = workbook.add_worksheet(sheet.title(language))
        worksheet.freeze_panes(1, 0)
        for place, column in enumerate(sheet.columns):
            heading = f"{column.heading(language)}{'*' if column.needed else ''}"
            worksheet.set_column(place, place, column.width, text)
            worksheet.write_string(0, place, heading, formats[column.needed])
            if column.note:
                worksheet.write_comment(0, place, column.note)
            if column.example:
                worksheet.write_string(1, place, column.example, text)
            _offer(worksheet, place, column, language)


def _offer(worksheet: Worksheet, place: int, column: Column, language: Language) -> None:
    """Offer what a cell of the column may hold."""
    labels = ["是", "否"] if column.form is Form.FLAG else []
    if column.codes is not None:
        labels = [label_of(column, code, language) for code in column.codes]
    if labels and len(",".join(labels)) <= _LONGEST_LIST:
        worksheet.data_validation(1, place, _FILLED_IN, place, {"validate": "list", "source": labels})


def _values(items: Sequence[Item], name: str, *further: str) -> Sequence[Any]:
    if not further:
        return [item[name] for item in items]
    if EACH not in further and len(further) == 1:
        [field] = further
        return [None if (whole := item[name]) is None else whole.get(field) for item in items]
    if further[0] == EACH and not any(item[name] for item in items):
        return [item[name] for item in items]
    return [_value(item, (name, *further)) for item in items]


def _value(item: Any, way: Sequence[str]) -> Any:
    """What stands at a place of an answer; the values of a list's items are a list."""
    for index, part in enumerate(way):
        if item is None:
            return None
        if part == EACH:
            return [_value(one, way[index + 1 :]) for one in item]
        item = item.get(part)
    return item
