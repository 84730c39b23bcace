"""Every mapping that ships keeps to this: what goes out under its headings comes in again, and is the same."""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Final

import pytest

from deploy.files_page import KINDS, lists_of
from services.houses import HOUSES
from shared.http.described import described_house
from shared.mappings.applying import foreign_sheet
from shared.mappings.reading import MappedTable, shipped
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.reading import Reader, open_table
from shared.sheets.writing import Table, cells_of, headed
from shared.words.language import Language

TABLES: Final[Sequence[tuple[str, MappedTable, str]]] = [
    (mapping.name, table, kind) for mapping in shipped().values() for table in mapping.tables for kind in table.kinds
]
IDS: Final = [f"{name}-{kind}" for name, _, kind in TABLES]
EXAMPLES: Final[dict[Form, Sequence[Any]]] = {
    Form.TEXT: ("DJ-0001", "=户", "铜仁，德江"),
    Form.IDENTIFIER: ("52262419800101123X",),
    Form.DAY: ("2026-10-31",),
    Form.MONTH: ("2026-10",),
    Form.MOMENT: ("2026-10-31T02:30:00Z",),
    Form.YUAN: ("1234567.05",),
    Form.DECIMAL: ("0.500",),
    Form.WHOLE: (7,),
    Form.FLAG: (True, False),
}


def sheets(house: str, kind: str) -> Iterator[Sheet]:
    """The sheets of a kind of file, in and out."""
    [definition] = [each for each in HOUSES if each.name == house]
    if kind in KINDS[house]:
        yield KINDS[house][kind].sheet
    lists = (listed.query.sheet for listed in lists_of(definition))
    yield from (sheet for sheet in chain(lists, definition.files_out) if sheet.kind == kind)


def values_of(column: Column) -> Sequence[Any]:
    if column.codes is not None:
        return [code.value for code in column.codes]
    return EXAMPLES[column.form]


def rows_of(columns: Sequence[Column]) -> list[list[Any]]:
    """Column by column what answers may hold, so many rows that every code stands in one."""
    values = [values_of(column) for column in columns]
    most = max(map(len, values))
    told = [[several[row % len(several)] for row in range(most)] for several in values]
    return [[[value] for value in of] if column.each else of for column, of in zip(columns, told, strict=True)]


def file_of(sheet: Sheet, values: Sequence[Sequence[Any]], path: Path) -> Path:
    table = Table(path, sheet.title(Language.ZH), headed(sheet, Language.ZH))
    table.write(zip(*cells_of(sheet, values, Language.ZH), strict=True))
    table.close()
    return path


def documents_of(sheet: Sheet, path: Path) -> list[Any]:
    table = open_table(path, sheet)
    reader = Reader(sheet, table.columns)
    read = [reader.read([row]) for row in table.rows]
    assert [one.findings for one in read if one.findings] == []
    return [one.document for one in read]


@pytest.mark.parametrize("house", [house.name for house in HOUSES])
def test_a_house_starts_with_the_mappings_of_its_files(house: str) -> None:
    [definition] = [each for each in HOUSES if each.name == house]
    described_house(definition)


@pytest.mark.parametrize(("_name", "table", "kind"), TABLES, ids=IDS)
def test_what_goes_out_comes_in_again_and_says_what_our_own_columns_would(
    _name: str, table: MappedTable, kind: str, tmp_path: Path
) -> None:
    found = list(sheets(table.house, kind))
    assert found
    for sheet in found:
        foreign = foreign_sheet(sheet, table)
        by_place = {column.place: column for column in sheet.columns}
        shown = [by_place[place] for place in table.columns]
        own = Sheet(sheet.kind, sheet.zh, sheet.en, shown, fixed=foreign.fixed)
        values = rows_of(shown)
        out = file_of(foreign, values, tmp_path / "out.xlsx")
        documents = documents_of(foreign, out)
        assert documents == documents_of(own, file_of(own, values, tmp_path / "own.xlsx"))


def test_every_mapping_says_where_its_columns_come_from() -> None:
    assert {mapping.status for mapping in shipped().values()} == {"assumed"}, "no document of other columns was seen"
    assert all(len(mapping.reference) > 40 for mapping in shipped().values())
