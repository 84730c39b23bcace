"""What came of the rows of a file."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel, Field
from pydantic_core import from_json

from shared.codes.operations import RowStatus
from shared.db.sealed import sealed_table
from shared.db.unit_of_work import Reading
from shared.imports.kinds import REFUSED, ImportKinds, Reason
from shared.imports.packing import cell_of
from shared.imports.row_errors import row_error
from shared.imports.starting import File, load_file
from shared.jobs.queries import job
from shared.lists.order import by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.security.actor import PERSONAL
from shared.sheets.columns import NUMBER, REASON, Column, Form, Sheet
from shared.sheets.values import has_lost_digits, plain_text, text_of
from shared.words.language import Language, speaking

HIDDEN: Final = "**"
"""Stands for a cell that the caller may not see."""
_AT_ONCE: Final = 2000


IMPORT_ROW_LIST: Final = Sheet(
    "import-rows",
    "导入结果",
    "Imported rows",
    (
        Column("row", "原行号", "Row in the file", Form.WHOLE),
        Column("status", "处理结果", "Status", Form.CODE, RowStatus),
        Column("cells", "原内容", "Cells", width=40, masked=True),
        Column("reasons/*/column", "所在列", "Columns", width=20),
        Column("reasons/*/code", "原因代码", "Codes", width=24),
        Column("reasons/*/detail", "原因", "Reasons", width=60),
    ),
)


class RowReason(BaseModel):
    """Why a row came back, or what should be checked about it."""

    column: str | None = Field(description="Heading of the cell; null where it is about the row as a whole")
    pointer: str = Field(description="Where it stands in the body that a request would hold")
    code: str
    detail: str


class RowErrorOut(BaseModel):
    """Why a row came back, in the few codes that all files share."""

    column: str | None = Field(description="Heading of the cell; null where it is about the row as a whole")
    code: str = Field(description="One of `RowError`, or the situation of the house that a request would be told of")
    detail: str


class ImportRowOut(BaseModel):
    """A row about which there is something to say."""

    row: int = Field(description="Where it stands in the file; the first line of the file is 1")
    status: RowStatus
    cells: dict[str, str] = Field(description="As they came, by field; hidden where you may not see persons")
    errors: list[RowErrorOut] = Field(description="Empty where the row was taken and should only be checked")
    reasons: list[RowReason] = Field(description="The same, and what should be checked, as the answer to a request")


class ImportRows(ListQuery):
    """Which rows of a file are asked for, in its order. Those that were taken without a word are only counted."""

    order = by("row")
    sheet = IMPORT_ROW_LIST
    region = None
    status: RowStatus | None = None


def import_rows(
    reading: Reading, asked: ImportRows, house: str, kinds: ImportKinds, job_id: UUID
) -> Page[ImportRowOut]:
    """The rows of an import of the caller's. Raises JobNotFound."""
    file = demand_import(reading, job_id)
    sheet = file.kind_of(house, kinds).sheet
    return asked.page(
        reading,
        _rows_of(reading, job_id),
        lambda rows: [_shown(reading, sheet, file, _opened(reading, row)) for row in rows],
    )


def demand_import(reading: Reading, job_id: UUID) -> File:
    """The file of an import of the caller's. Raises JobNotFound, also where the job is of another kind."""
    job(reading, job_id)
    return load_file(reading, job_id)


def refused_after(reading: Reading, sheet: Sheet, job_id: UUID, row: int) -> list[tuple[int, list[str]]]:
    """The next refused rows behind a row, each as the cells of the file that gives them back."""
    file = demand_import(reading, job_id)
    table = reading.system_tables.import_row
    refused = table.c.status.in_(REFUSED) & (table.c.row > row)
    rows = _rows_of(reading, job_id).where(refused).order_by(table.c.row).limit(_AT_ONCE)
    see = reading.actor.may(PERSONAL)
    opened = [_opened(reading, found) for found in reading.connection.execute(rows)]
    return [(found.row, _given_back(sheet, file.places, found, see=see)) for found in opened]


def headings_of_refused(sheet: Sheet, language: Language) -> list[tuple[str, int]]:
    """The headings of the file that gives rows back, with the widths of its columns."""
    return [(column.heading(language), column.width) for column in (*sheet.columns, NUMBER, REASON)]


def _rows_of(reading: Reading, job_id: UUID) -> sa.Select[Any]:
    table = reading.system_tables.import_row
    columns = [table.c[name] for name in ("job_id", "row", "status", "cells", "reasons")]
    return sa.select(*columns).where(table.c.job_id == job_id)


class _Opened(NamedTuple):
    """A row that was kept, with its cells opened."""

    row: int
    status: RowStatus
    cells: list[Any]
    reasons: list[Any]


def _opened(reading: Reading, row: Any) -> _Opened:
    text = sealed_table(reading.system_tables.import_row).text(reading, "cells", row)
    return _Opened(row.row, row.status, from_json(text or "[]"), row.reasons)


def _shown(reading: Reading, sheet: Sheet, file: File, row: _Opened) -> ImportRowOut:
    see = reading.actor.may(PERSONAL)
    why = [(_heading(sheet, reason), reason) for reason in map(Reason.of, row.reasons)]
    reasons = [
        RowReason(column=column, pointer=reason.pointer, code=reason.code, detail=reason.said.text)
        for column, reason in why
    ]
    errors = [
        RowErrorOut(column=column, code=row_error(sheet, reason), detail=reason.said.text)
        for column, reason in why
        if row.status in REFUSED
    ]
    cells = dict(_cells(sheet, file.places, row, see=see))
    return ImportRowOut(row=row.row, status=row.status, cells=cells, errors=errors, reasons=reasons)


def _cells(sheet: Sheet, places: Sequence[str], row: _Opened, *, see: bool) -> Iterator[tuple[str, str]]:
    """The cells in which something stands, by the way to their field."""
    by_place = {column.place: column for column in sheet.columns}
    for place, kept in zip(places, row.cells, strict=True):
        text = text_of(cell_of(kept))
        if text:
            yield place, HIDDEN if by_place[place].masked and not see else text


def _given_back(sheet: Sheet, places: Sequence[str], row: _Opened, *, see: bool) -> list[str]:
    """The cells in the order of the template; a number that has lost its digits is to be written anew."""
    kept: Mapping[str, Any] = dict(zip(places, row.cells, strict=True))
    text = dict(_cells(sheet, places, row, see=see))
    lost = {place for place in places if has_lost_digits(kept[place])}
    cells = ["" if column.place in lost else plain_text(text.get(column.place, "")) for column in sheet.columns]
    return [*cells, str(row.row), _why(sheet, row)]


def _why(sheet: Sheet, row: _Opened) -> str:
    """Everything that is wrong with a row, in one cell."""
    colon, end = (": ", "; ") if speaking.get() is Language.EN else ("：", "；")
    said = [(_heading(sheet, reason), reason.said.text) for reason in map(Reason.of, row.reasons)]
    return end.join(detail if heading is None else f"{heading}{colon}{detail}" for heading, detail in said)


def _heading(sheet: Sheet, reason: Reason) -> str | None:
    column: Column | None = sheet.column_of(reason.pointer) if reason.pointer else None
    return None if column is None else column.heading(speaking.get())
