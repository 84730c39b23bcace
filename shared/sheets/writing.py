"""Rows of answers as files: CSV as they come, Excel in constant memory, and templates to fill in."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from shared.sheets.columns import EACH, Column, Form, Sheet
from shared.sheets.values import write_cell
from shared.words.language import Language

BOM: Final = "\ufeff"
"""Excel reads a CSV as UTF-8 when this stands first."""
CSV_TYPE: Final = "text/csv; charset=utf-8"
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_OF_A_SHEET: Final = 1_000_000
_CHUNK: Final = 64 * 1024
_FILLED_IN: Final = 5000
"""Rows of a template that offer drop-downs."""
_LONGEST_LIST: Final = 255
"""Characters that Excel takes for the entries of a drop-down."""

Item = Mapping[str, Any]
"""An answer as `model_dump(mode="json")` gives it."""


def write_csv(sheet: Sheet, items: Iterable[Item], language: Language) -> Iterator[bytes]:
    """The file in parts, as its rows come."""
    buffer = io.StringIO()
    buffer.write(BOM)
    lines = csv.writer(buffer)
    lines.writerow(column.heading(language) for column in sheet.columns)
    for item in items:
        lines.writerow(cells_of(sheet, item, language))
        if buffer.tell() >= _CHUNK:
            yield _taken(buffer)
    yield _taken(buffer)


def cells_of(sheet: Sheet, item: Item, language: Language) -> list[str]:
    """The cells of one answer."""
    return [write_cell(column, _value(item, column.parts), language) for column in sheet.columns]


def write_xlsx(path: Path, sheet: Sheet, items: Iterable[Item], language: Language) -> None:
    """Write an Excel file; where there are more rows than a sheet of it takes, they go on in the next one."""
    rows = (cells_of(sheet, item, language) for item in items)
    write_table(path, sheet.title(language), headed(sheet, language), rows)


def headed(sheet: Sheet, language: Language) -> list[tuple[str, int]]:
    """The headings of a sheet with the widths of its columns."""
    return [(column.heading(language), column.width) for column in sheet.columns]


def write_table(path: Path, title: str, headings: Sequence[tuple[str, int]], rows: Iterable[Sequence[str]]) -> None:
    """Write rows of text below headings. Every cell is text, so that no number loses digits."""
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_numbers": False}) as workbook:
        bold, text = workbook.add_format({"bold": True}), workbook.add_format({"num_format": "@"})
        worksheet, line, number = None, ROWS_OF_A_SHEET, 0
        for row in rows:
            if line >= ROWS_OF_A_SHEET:
                number += 1
                worksheet, line = _begun(workbook, title, number, headings, bold), 0
            assert worksheet is not None
            line += 1
            for place, cell in enumerate(row):
                worksheet.write_string(line, place, cell, text)
        if worksheet is None:
            _begun(workbook, title, 1, headings, bold)


def _begun(workbook: Any, title: str, number: int, headings: Sequence[tuple[str, int]], bold: Any) -> Worksheet:
    worksheet: Worksheet = workbook.add_worksheet(title if number == 1 else f"{title} {number}")
    worksheet.freeze_panes(1, 0)
    for place, (heading, width) in enumerate(headings):
        worksheet.set_column(place, place, width)
        worksheet.write_string(0, place, heading, bold)
    return worksheet


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
        labels = [code.label_zh if language is Language.ZH else code.label_en for code in column.codes]
    if labels and len(",".join(labels)) <= _LONGEST_LIST:
        worksheet.data_validation(1, place, _FILLED_IN, place, {"validate": "list", "source": labels})


def _value(item: Any, way: Sequence[str]) -> Any:
    """What stands at a place of an answer; the values of a list's items are a list."""
    for index, part in enumerate(way):
        if item is None:
            return None
        if part == EACH:
            return [_value(one, way[index + 1 :]) for one in item]
        item = item.get(part)
    return item


def _taken(buffer: io.StringIO) -> bytes:
    part = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return part
