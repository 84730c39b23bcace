"""Cells and files of rows: what stands in them, and that a spreadsheet reads what was written."""

import csv
import datetime as dt
import io
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from shared.codes.records import RecordStatus
from shared.http.files import write_xlsx
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.values import write_column
from shared.sheets.writing import Table, cells_of, csv_head, csv_lines, headed, values_of
from shared.words.language import Language

ZH, EN = Language.ZH, Language.EN
SHEET = Sheet(
    "wages",
    "务工月报",
    "Wages",
    (
        Column("source", "来源", "source", width=24),
        Column("status", "状态", "status", Form.CODE, RecordStatus),
        Column("lines/*/amount", "金额（元）", "amounts", Form.YUAN),
        Column("payload/by/name", "姓名", "name"),
    ),
)


@pytest.mark.parametrize(
    ("form", "value", "chinese", "english"),
    [
        (Form.TEXT, "=1+1", "'=1+1", "'=1+1"),
        (Form.TEXT, "+86 13812345678", "'+86 13812345678", "'+86 13812345678"),
        (Form.TEXT, "-", "'-", "'-"),
        (Form.TEXT, "@sum", "'@sum", "'@sum"),
        (Form.TEXT, "\t=1", "'\t=1", "'\t=1"),
        (Form.TEXT, "a=1", "a=1", "a=1"),
        (Form.TEXT, "", "", ""),
        (Form.TEXT, {"枚举": [1, None]}, '{"枚举":[1,null]}', '{"枚举":[1,null]}'),
        (Form.IDENTIFIER, "522226198005010019", "522226198005010019", "522226198005010019"),
        (Form.DAY, "2026-05-01", "2026-05-01", "2026-05-01"),
        (Form.DAY, dt.date(2026, 5, 1), "2026-05-01", "2026-05-01"),
        (Form.MONTH, "2026-05", "2026-05", "2026-05"),
        (Form.MONTH, 2026 * 12 + 4, "2026-05", "2026-05"),
        (Form.MOMENT, "2026-12-31T16:30:59.999999Z", "2027-01-01 00:30:59", "2027-01-01 00:30:59"),
        (Form.MOMENT, "2026-12-31 15:59:59.000000", "2026-12-31 23:59:59", "2026-12-31 23:59:59"),
        (Form.MOMENT, dt.datetime(2026, 1, 2, 3, tzinfo=dt.UTC), "2026-01-02 11:00:00", "2026-01-02 11:00:00"),
        (Form.YUAN, "-12.30", "-12.30", "-12.30"),
        (Form.YUAN, -1230, "-12.30", "-12.30"),
        (Form.DECIMAL, "-2.500", "-2.500", "-2.500"),
        (Form.WHOLE, 0, "0", "0"),
        (Form.FLAG, True, "是", "yes"),
        (Form.FLAG, 0, "否", "no"),
    ],
)
def test_a_value_is_written_as_people_read_it(form: Form, value: Any, chinese: str, english: str) -> None:
    column = Column("it", "它", "it", form)
    assert write_column(column, [value, None], ZH) == [chinese, ""]
    assert write_column(column, [value, None], EN) == [english, ""]


def test_a_code_is_written_by_its_label_and_one_of_a_later_release_as_it_came() -> None:
    column = Column("status", "状态", "status", Form.CODE, RecordStatus)
    assert write_column(column, ["withdrawn", "sealed"], ZH) == ["已撤回", "sealed"]
    assert write_column(column, ["withdrawn", "sealed"], EN) == ["withdrawn", "sealed"]


def test_a_column_of_codes_without_a_list_is_a_mistake_that_is_named() -> None:
    with pytest.raises(AssertionError, match="status is a code and names no list"):
        write_column(Column("status", "状态", "status", Form.CODE), [], ZH)


def test_values_are_found_wherever_they_stand_and_those_of_a_list_share_a_cell() -> None:
    items: list[dict[str, Any]] = [
        {"source": "s", "status": "stands", "lines": [{"amount": "1.00"}, {"amount": None}], "payload": {"by": None}},
        {"source": "t", "status": "withdrawn", "lines": None, "payload": {}},
        {"source": "u", "status": None, "lines": [], "payload": {"by": {"name": "王小明"}}},
    ]
    rows = [list(row) for row in zip(*cells_of(SHEET, values_of(SHEET, items), ZH), strict=True)]
    assert rows == [["s", "有效", "1.00、", ""], ["t", "已撤回", "", ""], ["u", "", "", "王小明"]]


CELLS = st.text(alphabet=st.sampled_from('a中,"\r\n\t;'), max_size=5)


@given(st.integers(2, 4).flatmap(lambda wide: st.lists(st.tuples(*[CELLS] * wide), max_size=6)))
def test_a_csv_is_what_the_standard_library_writes(rows: list[tuple[str, ...]]) -> None:
    plain = io.StringIO(newline="")
    csv.writer(plain).writerows(rows)
    assert csv_lines([list(column) for column in zip(*rows, strict=True)]).decode() == plain.getvalue()


def test_a_csv_begins_with_the_mark_that_excel_needs_and_its_headings() -> None:
    assert csv_head(SHEET, ZH) == "\ufeff来源,状态,金额（元）,姓名\r\n".encode()
    assert csv_head(SHEET, EN) == "\ufeffsource,status,amounts,name\r\n".encode()


def test_an_excel_file_goes_on_in_the_next_sheet_with_its_headings(tmp_path: Path) -> None:
    table = Table(tmp_path / "list.xlsx", "务工月报", headed(SHEET, ZH), rows_of_a_sheet=2)
    table.write([["一", "", "", ""], ["二", "", "", ""]])
    table.write([["三", "", "", "522226198005010019"]])
    table.close()
    workbook = CalamineWorkbook.from_path(tmp_path / "list.xlsx")
    assert workbook.sheet_names == ["务工月报", "务工月报 2"]
    [first, second] = [workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names]
    headings = ["来源", "状态", "金额（元）", "姓名"]
    assert [row[0] for row in first] == ["来源", "一", "二"]
    assert second == [headings, ["三", "", "", "522226198005010019"]]
    assert [path.name for path in tmp_path.iterdir()] == ["list.xlsx"]


async def in_blocks(*blocks: Sequence[Sequence[str]]) -> AsyncIterator[Sequence[Sequence[str]]]:
    for block in blocks:
        yield block


async def test_an_excel_file_without_rows_has_its_headings(tmp_path: Path) -> None:
    await write_xlsx(tmp_path / "none.xlsx", "表", [("甲", 10), ("乙", 10)], in_blocks())
    assert CalamineWorkbook.from_path(tmp_path / "none.xlsx").get_sheet_by_index(0).to_python() == [["甲", "乙"]]


async def test_text_in_an_excel_file_is_neither_formula_nor_number(tmp_path: Path) -> None:
    await write_xlsx(tmp_path / "text.xlsx", "表", [("甲", 10)], in_blocks([["=1+1"], ["007"]], [["1e5"]]))
    rows = CalamineWorkbook.from_path(tmp_path / "text.xlsx").get_sheet_by_index(0).to_python()
    assert rows == [["甲"], ["=1+1"], ["007"], ["1e5"]]
