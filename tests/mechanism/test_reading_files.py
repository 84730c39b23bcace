"""Files as people make them, and as nobody should: rows are read, or refused in one of the agreed ways."""

import contextlib
import datetime as dt
import io
import random
import re
import string
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.codes.monitoring import Relation
from shared.findings import WrongValue
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.reading import ColumnsWrong, FileUnreadable, open_table, read_file
from shared.sheets.values import read_cell
from shared.words.said import says
from tests.sheets import csv_file, xlsx_file

CODE = Column("code", "编号", "Code", needed=True)
SHEET = Sheet(
    "things",
    "物品",
    "Things",
    (
        CODE,
        Column("payload/name", "名称", "Name"),
        Column("payload/since", "日期", "Since", Form.DAY),
        Column("id_number", "公民身份号码", "Identity number", Form.IDENTIFIER),
    ),
    fixed={"type": "thing"},
)
HEADINGS = ("编号", "名称", "日期", "公民身份号码")
ROW = ("A-1", "锄头", "2026年5月1日", "52222619800101001X")
DOCUMENT = {
    "type": "thing",
    "code": "A-1",
    "payload": {"name": "锄头", "since": "2026-05-01"},
    "id_number": "52222619800101001X",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file"


def documents(path: Path, content: bytes) -> list[dict[str, Any]]:
    path.write_bytes(content)
    return [dict(read.document) for read in read_file(path, SHEET)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("above", [[], [("物品登记表",), ("填报单位：德江县", "", "", "")]], ids=["plain", "titled"])
def test_a_csv_is_read_in_either_encoding_below_its_titles(
    path: Path, encoding: str, delimiter: str, above: list[tuple[str, ...]]
) -> None:
    content = csv_file(*above, HEADINGS, ROW, encoding=encoding, delimiter=delimiter)
    assert documents(path, content) == [DOCUMENT]


def test_rare_characters_of_names_are_read_in_gb18030(path: Path) -> None:
    name = "𬱖㛃䶮"
    assert documents(path, csv_file(HEADINGS, ("A", name, "", ""), encoding="gb18030"))[0]["payload"] == {"name": name}


@pytest.mark.parametrize(
    "headings",
    [
        ("Code", "name", "payload/since", "identity NUMBER"),
        (" 编 号*", "名称", "日 期", "公民身份号码"),
        ("code", "Name", "Since", "id_number"),
    ],
)
def test_headings_are_known_in_chinese_in_english_and_by_field(path: Path, headings: tuple[str, ...]) -> None:
    assert documents(path, xlsx_file(headings, ROW)) == [DOCUMENT]


def test_columns_may_stand_in_any_order_and_away_from_the_corner(path: Path) -> None:
    moved = [("", "", *cells[::-1]) for cells in (HEADINGS, ROW)]
    content = xlsx_file((), (), *moved, (), ("", "", *ROW[::-1]))
    path.write_bytes(content)
    rows = list(open_table(path, SHEET).rows)
    assert [row.number for row in rows] == [4, 6], "as Excel counts them, the empty ones left out"
    assert documents(path, content) == [DOCUMENT, DOCUMENT]


def test_a_row_may_end_early_or_go_on_behind_the_headings(path: Path) -> None:
    content = "编号,名称\nA-1\nA-2,锄头,更多\n".encode()
    assert [one["code"] for one in documents(path, content)] == ["A-1", "A-2"]


def test_a_line_within_a_cell_is_one_row(path: Path) -> None:
    path.write_bytes('编号,名称\r\nA-1,"锄\n头"\r\nA-2,犁\r\n'.encode())
    assert [row.number for row in open_table(path, SHEET).rows] == [2, 3]


DAY = Column("on", "日期", "On", Form.DAY)
MONTH = Column("month", "月份", "Month", Form.MONTH)
YUAN = Column("amount", "金额", "Amount", Form.YUAN)
WHOLE = Column("number", "数量", "Number", Form.WHOLE)
FLAG = Column("flag", "是否", "Flag", Form.FLAG)
RELATION = Column("relation", "关系", "Relation", Form.CODE, Relation)
ID = Column("id_number", "号码", "Number", Form.IDENTIFIER)


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        *((DAY, cell, "2026-05-01") for cell in ("2026-05-01", "2026/5/1", "2026.5.1", "2026年5月1日", "20260501")),
        *(
            (DAY, cell, "2026-05-01")
            for cell in (dt.date(2026, 5, 1), dt.datetime.fromisoformat("2026-05-01"), 20260501.0)
        ),
        (DAY, "2026-13-41", "2026-13-41"),
        (DAY, "五月一日", "五月一日"),
        *((MONTH, cell, "2026-05") for cell in ("2026-05", "2026/5", "2026年5月", "202605", 202605)),
        (MONTH, dt.date(2026, 5, 9), "2026-05"),
        *((YUAN, cell, "1234.50") for cell in ("1,234.50", "1，234.50", "1234.50", " 1234.50 ")),
        (YUAN, 1234.5, "1234.5"),
        (YUAN, 0.1, "0.1"),
        (YUAN, 1e22, "10000000000000000000000"),
        (YUAN, "12,34", "12,34"),
        (WHOLE, "3", 3),
        (WHOLE, 3.0, 3),
        (WHOLE, "三", "三"),
        *((FLAG, cell, True) for cell in ("是", "Y", "yes", "1", 1.0, "√", True)),
        *((FLAG, cell, False) for cell in ("否", "n", "No", "0", 0, False)),
        *((RELATION, cell, "spouse") for cell in ("spouse", "SPOUSE", "配偶", " 配偶 ")),
        (ID, "'52222619800101001X", "52222619800101001X"),
        (CODE, 520626001.0, "520626001"),
        *((column, cell, None) for column in (DAY, FLAG, RELATION, ID) for cell in ("", "  ", None)),
    ],
)
def test_a_cell_is_understood_as_people_write_it(column: Column, cell: Any, value: Any) -> None:
    assert read_cell(column, cell) == value


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        (ID, 522226198001010000.0, "id-number-as-number"),
        (ID, 13800138000, "id-number-as-number"),
        (CODE, 522226198001010000.0, "id-number-as-number"),
        (FLAG, "也许", "not-a-flag"),
        (RELATION, "表弟", "not-in-list"),
    ],
)
def test_what_only_a_cell_can_be_wrong_with_is_refused(column: Column, cell: Any, code: str) -> None:
    with pytest.raises(WrongValue) as refused:
        read_cell(column, cell)
    assert refused.value.said.code == code


def reads_or_refuses(path: Path, content: bytes) -> str:
    """How a file ended: read, or refused in one of the agreed ways. Any other error is raised."""
    try:
        documents(path, content)
    except (FileUnreadable, ColumnsWrong) as refused:
        return refused.findings[0].said.code
    return "read"


GOOD = xlsx_file(HEADINGS, ROW, *[(f"A-{number}", "锄头", "", "") for number in range(50)])
CELL = st.one_of(
    *(st.none(), st.booleans(), st.floats(), st.integers(), st.dates()),
    st.text(string.printable + "是年月锄'=\u0000\ufeff"),
)


@given(st.binary(max_size=2000))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any-bytes"
    for head in (b"", b"PK\x03\x04", b"\xef\xbb\xbf", "编号,名称\n".encode(), "编号,名称\n".encode("gb18030")):
        reads_or_refuses(path, head + content)


@given(st.lists(CELL, min_size=4, max_size=4))
def test_any_cells_are_read(cells: Sequence[Any]) -> None:
    for column in (*SHEET.columns, MONTH, YUAN, WHOLE, FLAG, RELATION):
        for cell in cells:
            with contextlib.suppress(WrongValue):
                value = read_cell(column, cell)
                assert value is None or isinstance(value, str | int | bool)


def cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def flipped(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randrange(1, 20)):
        changed[chance.randrange(4, len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def rewritten(change: Callable[[str, bytes], bytes | None]) -> bytes:
    """The good file with its parts changed, or left out, and packed anew."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = change(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
    return buffer.getvalue()


def in_the_sheet(old: bytes, new: bytes, without: bytes = b"") -> bytes:
    """The good file with something else in its sheet, and something left out."""
    return rewritten(lambda name, part: part.replace(old, new).replace(without, b"") if "sheet1" in name else part)


MARGINS = re.findall(rb"<pageMargins[^>]*>", zipfile.ZipFile(io.BytesIO(GOOD)).read("xl/worksheets/sheet1.xml"))[0]
"""What a sheet says of the paper, and a reader does not need."""


@pytest.mark.parametrize("damage", [cut, flipped])
def test_a_damaged_excel_file_is_read_or_refused(path: Path, damage: Callable[[bytes, random.Random], bytes]) -> None:
    chance = random.Random(20261116)
    endings = [reads_or_refuses(path, damage(GOOD, chance)) for _ in range(300)]
    assert "file-broken" in endings


PARTS = sorted(zipfile.ZipFile(io.BytesIO(GOOD)).namelist())


@pytest.mark.parametrize("lost", PARTS)
def test_an_excel_file_without_one_of_its_parts_is_read_or_refused(path: Path, lost: str) -> None:
    content = rewritten(lambda name, part: None if name == lost else part)
    assert reads_or_refuses(path, content) in {"read", "file-broken", "file-without-rows", "column-missing"}


@pytest.mark.parametrize("emptied", PARTS)
def test_an_excel_file_with_an_empty_part_is_read_or_refused(path: Path, emptied: str) -> None:
    reads_or_refuses(path, rewritten(lambda name, part: b"" if name == emptied else part))
    reads_or_refuses(path, rewritten(lambda name, part: part[: len(part) // 2] if name == emptied else part))
    reads_or_refuses(path, rewritten(lambda name, part: b"<x>" + part if name == emptied else part))


def test_cells_far_away_are_refused_before_they_take_memory(path: Path) -> None:
    assert reads_or_refuses(path, GOOD) == "read"
    for far in (b'r="XFD1048576"', b'r="B1048576"', b'r="AAA9"', b'r="ZZ9"', b"r='AAA9'", b'\nr = "AAA9"'):
        assert reads_or_refuses(path, in_the_sheet(b'r="B9"', far)) == "file-bomb", far
        assert reads_or_refuses(path, in_the_sheet(b'r="B9"', far, without=MARGINS)) == "file-bomb", far


def test_a_file_of_nothing_but_the_same_is_a_bomb(path: Path) -> None:
    content = rewritten(lambda name, part: part + b" " * 30_000_000 if "sheet1" in name else part)
    assert reads_or_refuses(path, content) == "file-bomb"


def test_a_part_that_holds_more_than_it_says_is_a_bomb(path: Path) -> None:
    """The library would unpack all of it, whatever the zip says; the check sum is that of what it says."""
    true = zlib.compress(b"<sst>" + b"<si><t>x</t></si>" * 100_000)[2:-4]
    content = bytearray(rewritten(lambda name, part: b"<sst/>" if name == "xl/sharedStrings.xml" else part))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        part = archive.getinfo("xl/sharedStrings.xml")
    with zipfile.ZipFile(buffer := io.BytesIO(), "w") as forged, zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name != part.filename:
                forged.writestr(name, archive.read(name), zipfile.ZIP_DEFLATED)
        lie = zipfile.ZipInfo(part.filename)
        lie.compress_type = zipfile.ZIP_STORED
        forged.writestr(lie, true)
        lie.compress_type, lie.file_size, lie.CRC = zipfile.ZIP_DEFLATED, 6, zlib.crc32(b"<sst>" + b"<")
        offset = lie.header_offset
    lied = bytearray(buffer.getvalue())
    lied[offset + 8 : offset + 10] = struct.pack("<H", zipfile.ZIP_DEFLATED)
    lied[offset + 14 : offset + 26] = struct.pack("<III", lie.CRC, len(true), 6)
    assert reads_or_refuses(path, bytes(lied)) == "file-bomb"


HOSTILE = {
    "an entity of a file": (b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', b"&e;"),
    "entities of entities": (b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY e "&a;&a;&a;&a;">]>', b"&e;"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_entities_are_not_followed(path: Path, name: str) -> None:
    declared, named = HOSTILE[name]

    def change(part_name: str, part: bytes) -> bytes:
        return part.replace(b"?>", b"?>" + declared, 1).replace(b"A-1<", named + b"<", 1)

    content = rewritten(lambda name, part: change(name, part) if name == "xl/sharedStrings.xml" else part)
    assert content != GOOD
    assert reads_or_refuses(path, content) == "file-broken"


def added(*parts: str) -> bytes:
    buffer = io.BytesIO(GOOD)
    with zipfile.ZipFile(buffer, "a") as archive:
        for name in parts:
            archive.writestr(name, b"<x/>")
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        added("xl/vbaProject.bin"),
        added("xl/externalLinks/externalLink1.xml"),
        added("../../outside"),
        in_the_sheet(b"<v>0</v>", b'<f>WEBSERVICE("http://127.0.0.1/")</f><v>0</v>'),
        in_the_sheet(b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>'),
    ],
    ids=["macro", "external link", "path outside", "formula", "wrong dimension"],
)
def test_what_does_something_in_excel_does_nothing_here(path: Path, content: bytes) -> None:
    assert documents(path, content) == documents(path, GOOD)


@pytest.mark.parametrize("row", [b"0", b"-2", b"99999999999999999999"])
def test_rows_that_are_nowhere_are_refused(path: Path, row: bytes) -> None:
    assert reads_or_refuses(path, in_the_sheet(b'r="A2"', b'r="A' + row + b'"')) in {"file-broken", "file-bomb"}


@pytest.mark.parametrize("value", [b"NaN", b"1e999", b"-0", b"1e-400"])
def test_numbers_that_are_none_are_read_as_they_are(path: Path, value: bytes) -> None:
    """A row is refused by the check of its body."""
    content = in_the_sheet(b' t="s"><v>4</v>', b"><v>" + value + b"</v>")
    assert content != GOOD
    reads_or_refuses(path, content)


def test_a_shared_text_that_is_not_there_is_refused(path: Path) -> None:
    content = in_the_sheet(b"<v>", b"<v>99999")
    assert reads_or_refuses(path, content) != "read"


def test_headings_that_are_too_many_are_named_in_part(path: Path) -> None:
    path.write_bytes(csv_file(("编号", *(f"列{number}" * 40 for number in range(500))), ROW))
    with pytest.raises(ColumnsWrong) as refused:
        open_table(path, SHEET)
    assert len(refused.value.findings) == 50
    assert max(len(finding.pointer) for finding in refused.value.findings) <= 65
    assert refused.value.findings[0].said == says("column-unknown")
