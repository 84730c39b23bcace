"""What looks the same on paper is the same record; what nobody sees is refused."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.http.fields import Code, Identifier, Reference, Remark, Source, Text
from tests.builders import resident_id

UNSEEN = ("\u200b", "\u2060", "\ufeff", "\u00ad", "\u202e", "\u3164", "\ufe0f", "\u2800", "\x00", "\x7f", "\u2028")
_READ = {kind: TypeAdapter(kind) for kind in (Text, Remark, Identifier, Source, Reference, Code)}


def read(kind: Any, text: str) -> str | None:
    """The text as it is kept; None where it is refused."""
    try:
        return str(_READ[kind].validate_python(text))
    except ValidationError:
        return None


@pytest.mark.parametrize(
    "spelling", ["payroll 7", " payroll 7", "payroll  7", "payroll\u00a07", "\u3000payroll 7 ", "ｐayroll 7"]
)
def test_spellings_that_look_the_same_are_one_reference(spelling: str) -> None:
    assert read(Reference, spelling) == read(Identifier, spelling) == "payroll 7"


@pytest.mark.parametrize("spelling", ["employment", "Employment", "employment ", "ｅmployment", "EMPLOYMENT\u3000"])
def test_sources_are_compared_without_case(spelling: str) -> None:
    assert read(Source, spelling) == "employment"


@pytest.mark.parametrize("unseen", UNSEEN)
@pytest.mark.parametrize("kind", [Text, Remark, Identifier, Source, Reference, Code])
def test_a_character_that_nobody_sees_is_refused(kind: Any, unseen: str) -> None:
    assert read(kind, f"pay{unseen}roll") is None


@pytest.mark.parametrize("blank", ["", " ", "\u3000", "\u00a0", "\u200b", "\t"])
def test_a_name_is_never_blank(blank: str) -> None:
    assert read(Text, blank) is None


def test_a_name_keeps_its_own_characters() -> None:
    assert read(Text, "  绿茶（特级） ") == "绿茶（特级）"


def test_a_remark_may_have_several_lines() -> None:
    assert read(Remark, "到户核实\r\n\t情况属实\n") == "到户核实\r\n\t情况属实"


@pytest.mark.parametrize("code", [".", "..", "...", "a/b", "a b", "ａ", resident_id(dt.date(1980, 5, 1))])
def test_a_code_is_no_path_and_no_identity_number(code: str) -> None:
    assert read(Code, code) is None


def test_an_identity_number_does_not_hide_in_a_longer_code() -> None:
    number = resident_id(dt.date(1980, 5, 1))
    assert read(Code, f"H-{number}") is None
    assert read(Code, f"H.{number.lower()}-1") is None


@pytest.mark.parametrize("code", ["DJ-0001", "a.b", "-", "522226198005010018", "5222261980050100190"])
def test_other_codes_are_taken_as_they_are(code: str) -> None:
    assert read(Code, code) == code


@given(st.text(max_size=40))
def test_what_was_brought_into_one_spelling_stays_as_it_is(text: str) -> None:
    for kind in (Text, Identifier, Source):
        once = read(kind, text)
        if once is not None:
            assert read(kind, once) == once
