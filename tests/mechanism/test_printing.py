"""Printed sheets: what stands on the pages, read back."""

import io

from pypdf import PdfReader

from shared.sheets.columns import Column, Sheet
from shared.sheets.printing import Block, printed
from shared.words.language import Language

_VILLAGE = Sheet(
    "village", "村基本情况", "The village", [Column("name", "村名", "Village"), Column("head", "负责人", "Head")]
)
_PEOPLE = Sheet(
    "people", "人员名单", "People", [Column("name", "姓名", "Name"), Column("note", "备注", "Note", width=40)]
)


def _pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def test_headings_stand_on_every_page_and_pages_have_numbers() -> None:
    pages = _pages(printed([Block(_PEOPLE, [[f"张{place}", "务工 <b>&"] for place in range(120)])], Language.ZH))
    assert len(pages) > 1
    assert all("姓名" in page and "备注" in page for page in pages)
    assert [page.split("\n").count(str(number)) for number, page in enumerate(pages, 1)] == [1] * len(pages)
    assert "务工 <b>&" in pages[0], "what looks like markup is text"
    assert "张119" in pages[-1]


def test_a_form_stands_as_pairs_above_a_table() -> None:
    [page] = _pages(
        printed([Block(_VILLAGE, [["煎茶村", "李*"]], is_form=True), Block(_PEOPLE, [["张三", ""]])], Language.ZH)
    )
    assert page.split() == ["1", "村基本情况", "村名", "煎茶村", "负责人", "李*", "人员名单", "姓名", "备注", "张三"]


def test_nothing_to_tell_is_a_page_as_well() -> None:
    [page] = _pages(printed([Block(_PEOPLE, [])], Language.EN))
    assert page.split() == ["1", "People", "Name", "Note"]
