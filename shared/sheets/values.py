"""How a value stands in a cell, and what of a cell stands in a body."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import cache, lru_cache, partial
from typing import Any, Final

from pydantic_core import to_json

from shared.clock import BUSINESS_ZONE
from shared.codes.code import Code
from shared.findings import WrongValue
from shared.money import format_yuan
from shared.months import format_month
from shared.sheets.columns import Column, Form
from shared.words.forms import BETWEEN
from shared.words.language import Language
from shared.words.said import says

_BETWEEN = re.compile(r"\s*[、,，;；/]\s*").split
_EXACT: Final = 10**15
"""Excel keeps fifteen digits of a number."""
YES: Final = frozenset({"是", "有", "y", "yes", "true", "1", "√"})
NO: Final = frozenset({"否", "无", "n", "no", "false", "0", "×"})
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?").fullmatch
_PLAIN_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})").fullmatch
_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?").fullmatch
_PLAIN_MONTH = re.compile(r"(\d{4})(\d{2})").fullmatch
_WHOLE = re.compile(r"-?[0-9]{1,18}").fullmatch
_THOUSANDS = re.compile(r"-?\d{1,3}([,，]\d{3})+(\.\d+)?").fullmatch


def read_cell(column: Column, cell: Any) -> Any:
    """What of a cell stands in a body; None for an empty one.

    What is not understood passes as it is: the body's own check says what is wrong with it. Raises WrongValue for what
    only a cell can be: a number where digits are text, a label that the list does not have. A column of several values
    gives a list.
    """
    if isinstance(cell, str):
        cell = cell.strip().removeprefix("'") or None
    if cell is None:
        return None
    if column.holds_several:
        return [_READ[column.form](column, part) for part in _BETWEEN(text_of(cell)) if part]
    return _READ[column.form](column, cell)


def is_empty(cell: Any) -> bool:
    """Whether nothing stands in a cell, or only blanks."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def text_of(cell: Any) -> str:
    """A cell as people see it: a number without the `.0` of Excel, a day without its midnight."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float | int):
        return _digits(cell)
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    return "" if cell is None else str(cell)


def has_lost_digits(cell: Any) -> bool:
    """Whether a cell holds a number that is longer than Excel keeps numbers."""
    return isinstance(cell, float | int) and abs(cell) >= _EXACT


def _text(_: Column, cell: Any) -> str:
    if has_lost_digits(cell):
        raise WrongValue(says("id-number-as-number"))
    return text_of(cell)


def _identifier(_: Column, cell: Any) -> str:
    if not isinstance(cell, str):
        raise WrongValue(says("id-number-as-number"))
    return cell


def _code(column: Column, cell: Any) -> str:
    codes = column.code_list()
    code = codes_by_word(column).get(text_of(cell).casefold())
    if code is None:
        choices = [f"{label_of(column, one, Language.ZH)} ({one.value})" for one in codes]
        raise WrongValue(says("not-in-list", choices=choices))
    return code.value


def label_of(column: Column, code: Code, language: Language) -> str:
    """What stands in a cell for a code: the first word of the system whose words the column has, else the label."""
    label = code.label_zh if language is Language.ZH else code.label_en
    return next((words[0] for value, words in column.words if value == code.value), label)


@cache
def codes_by_word(column: Column) -> Mapping[str, Code]:
    """The values of a column's list by code, by label, and before these by the words of the column."""
    codes = column.code_list()
    words = {word.casefold(): codes(value) for value, words in column.words for word in words}
    return {**codes_by_name(codes), **words}


@cache
def codes_by_name(codes: type[Code]) -> Mapping[str, Code]:
    """The values of a list by code and by label."""
    return {name.casefold(): code for code in codes for name in (code.label_en, code.label_zh, code.value) if name}


def _day(_: Column, cell: Any) -> str:
    found = _DAY(text := text_of(cell)) or _PLAIN_DAY(text)
    return text if found is None else f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}"


def _month(_: Column, cell: Any) -> str:
    if isinstance(cell, dt.date):
        return cell.isoformat()[:7]
    found = _MONTH(text := text_of(cell)) or _PLAIN_MONTH(text)
    return text if found is None else f"{found[1]}-{int(found[2]):02d}"


def _moment(_: Column, cell: Any) -> str:
    return cell.isoformat() if isinstance(cell, dt.date) else text_of(cell)


def _number_as_text(_: Column, cell: Any) -> str:
    text = text_of(cell)
    has_commas = "," in text or "，" in text
    return text.replace(",", "").replace("，", "") if has_commas and _THOUSANDS(text) else text


def _whole(_: Column, cell: Any) -> int | str:
    text = _number_as_text(_, cell)
    return int(text) if _WHOLE(text) else text


def _flag(_: Column, cell: Any) -> bool:
    if isinstance(cell, bool):
        return cell
    text = text_of(cell).casefold()
    if text not in YES | NO:
        raise WrongValue(says("not-a-flag"))
    return text in YES


def _digits(number: float) -> str:
    """A number as people write it: without the `.0` of Excel and without an exponent."""
    return format(Decimal(repr(number)).normalize(), "f")


_READ: Final[Mapping[Form, Callable[[Column, Any], Any]]] = {
    Form.TEXT: _text,
    Form.IDENTIFIER: _identifier,
    Form.CODE: _code,
    Form.DAY: _day,
    Form.MONTH: _month,
    Form.MOMENT: _moment,
    Form.YUAN: _number_as_text,
    Form.DECIMAL: _number_as_text,
    Form.WHOLE: _whole,
    Form.FLAG: _flag,
}

_FORMULA: Final = frozenset({"=", "+", "-", "@", "\t", "\r"})
"""What a spreadsheet takes for the beginning of a formula."""
_FLAGS: Final[Mapping[Language, tuple[str, str]]] = {Language.ZH: ("否", "是"), Language.EN: ("no", "yes")}
_HOUR: Final = len("2026-11-16T02")
_SECOND: Final = len("2026-11-16T02:30:00")

Write = Callable[[Any], str]
"""Writes a value that is there."""


def write_column(column: Column, values: Iterable[Any], language: Language) -> list[str]:
    """The cells of a column: codes by label, flags in words, moments in the zone of business, and no formula.

    A value is what an answer holds, as `model_dump(mode="json")` gives it, or what a row does: fen of an amount, the
    number of a month. Where the place of the column names `EACH`, it is a list, which stands in one cell.
    """
    write = _WRITE.get(column.form, _as_it_is)(column, language)
    if column.each:
        write = partial(_each, write, BETWEEN[language])
    return ["" if value is None else write(value) for value in values]


def plain_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula: what looks like one stands behind an apostrophe."""
    return f"'{text}" if text[:1] in _FORMULA else text


def _each(write: Write, between: str, values: Iterable[Any]) -> str:
    return between.join("" if value is None else write(value) for value in values)


def _as_it_is(_: Column, __: Language) -> Write:
    return str


def _writes_text(_: Column, __: Language) -> Write:
    return _write_text


def _write_text(value: Any) -> str:
    """Text; a document within the answer as JSON."""
    if type(value) is str:
        return plain_text(value)
    return to_json(value).decode() if isinstance(value, dict) else str(value)


def _writes_labels(column: Column, language: Language) -> Write:
    codes = column.code_list()
    return cache(lambda value: label_of(column, codes.read(value), language))


def _writes_flags(_: Column, language: Language) -> Write:
    return _FLAGS[language].__getitem__


def _writes_moments(_: Column, __: Language) -> Write:
    return _write_moment


def _write_moment(value: dt.datetime | str) -> str:
    """A moment in UTC as clocks show it in the zone of business, to the second."""
    text = str(value)
    return f"{_hour_of_business(text[:_HOUR])}{text[_HOUR:_SECOND]}"


@lru_cache(maxsize=4096)
def _hour_of_business(hour: str) -> str:
    return f"{dt.datetime.fromisoformat(hour).replace(tzinfo=dt.UTC).astimezone(BUSINESS_ZONE):%Y-%m-%d %H}"


def _writes_amounts(_: Column, __: Language) -> Write:
    return lambda value: format_yuan(value) if type(value) is int else value


def _writes_months(_: Column, __: Language) -> Write:
    return lambda value: format_month(value) if type(value) is int else value


_WRITE: Final[Mapping[Form, Callable[[Column, Language], Write]]] = {
    Form.TEXT: _writes_text,
    Form.IDENTIFIER: _writes_text,
    Form.CODE: _writes_labels,
    Form.FLAG: _writes_flags,
    Form.MOMENT: _writes_moments,
    Form.YUAN: _writes_amounts,
    Form.MONTH: _writes_months,
}
"""How each form is written; the others as they are."""
