"""How a value stands in a cell, and what of a cell stands in a body."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final

from shared.codes.code import Code
from shared.findings import WrongValue
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
        cell = cell.strip().removeprefix("'")
    if is_empty(cell):
        return None
    if column.holds_several:
        return [_READ[column.form](column, part) for part in _BETWEEN(text_of(cell)) if part]
    return _READ[column.form](column, cell)


def is_empty(cell: Any) -> bool:
    """Whether nothing stands in a cell, or only blanks."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def text_of(cell: Any) -> str:
    """A cell as people see it: a number without the `.0` of Excel, a day without its midnight."""
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
    assert column.codes is not None, "a column of codes names its list"
    text = text_of(cell)
    code = codes_by_name(column.codes).get(text.casefold())
    if code is None:
        raise WrongValue(says("not-in-list", choices=[f"{one.label_zh} ({one.value})" for one in column.codes]))
    return code.value


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
    return text.replace(",", "").replace("，", "") if _THOUSANDS(text) else text


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

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""
_NUMBER = re.compile(r"-?\d+(\.\d+)?").fullmatch


def write_cell(column: Column, value: Any, language: Language) -> str:
    """A value of an answer as the text of a cell: codes by label, flags in words, and no formula.

    ``value`` is as `model_dump(mode="json")` gives it.
    """
    if value is None:
        return ""
    if isinstance(value, list):
        return BETWEEN[language].join(write_cell(column, one, language) for one in value)
    if column.form is Form.FLAG or isinstance(value, bool):
        return _FLAGS[language][bool(value)]
    if column.codes is not None:
        code = column.codes.read(value)
        return code.label_zh if language is Language.ZH else code.label_en
    return plain_text(str(value))


def plain_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula: one that looks like it stands behind an apostrophe."""
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER(text) else text


_FLAGS: Final[Mapping[Language, tuple[str, str]]] = {Language.ZH: ("否", "是"), Language.EN: ("no", "yes")}
