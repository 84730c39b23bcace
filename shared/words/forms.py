"""How values stand in a sentence: `{on:day}` is 2026-05-01 in English and 2026年5月1日 in Chinese."""

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from shared.codes.code import Code
from shared.words.catalogues import sentences
from shared.words.language import Language

BETWEEN: Final[Mapping[Language, str]] = {Language.EN: ", ", Language.ZH: "、"}
"""What stands between the parts of a list."""


def _day(value: dt.date | str, language: Language) -> str:
    day = dt.date.fromisoformat(str(value))
    return day.isoformat() if language is Language.EN else f"{day.year}年{day.month}月{day.day}日"


def _month(value: str, language: Language) -> str:
    year, _, month = value.partition("-")
    return value if language is Language.EN else f"{year}年{int(month)}月"


def _months(value: str, language: Language) -> str:
    first, _, last = value.partition("..")
    return value if language is Language.EN else f"{_month(first, language)}至{_month(last, language)}"


def _percent(value: str, language: Language) -> str:
    return value if language is Language.EN else value.replace(" ", "")


def _thing(value: str, language: Language) -> str:
    """What is spoken of, as the catalogues call it."""
    return sentences(language).get(f"thing.{value}", value)


def _member(value: int | None, language: Language) -> str:
    """A member of a household by number; without one nobody is named."""
    if value is None:
        return _thing("member-not-named", language)
    return f"member {value}" if language is Language.EN else f"{value} 号成员"


def _label(code_list: type[Code]) -> Callable[[str, Language], str]:
    def label(value: str, language: Language) -> str:
        return _own_label(code_list.read(value), language)

    return label


def _own_label(value: Any, language: Language) -> str:
    """The label of a code that is still one; other text as it is."""
    if isinstance(value, Code):
        return value.label_en if language is Language.EN else value.label_zh
    return str(value)


_FORMS: Final[Mapping[str, Callable[[Any, Language], str]]] = {
    "day": _day,
    "label": _own_label,
    "month": _month,
    "months": _months,
    "percent": _percent,
    "thing": _thing,
    "member": _member,
}


@cache
def form(name: str) -> Callable[[Any, Language], str]:
    """A form by its name; the name of a code list writes the label of a code. Raises KeyError for any other."""
    return _FORMS.get(name) or _label({code_list.__name__: code_list for code_list in Code.__subclasses__()}[name])
