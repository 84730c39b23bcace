"""What a code list is made of."""

from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum
from itertools import chain
from typing import Annotated, Any, Final, Self, TypeVar

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

CODE_LENGTH: Final = 32
"""The longest code, in characters."""


class Code(StrEnum):
    """A value of a code list: machines keep the code, people read the label of their language.

    A member is written as code, label in Chinese, label in English, and what it means where the labels do not say it.
    """

    label_zh: str
    label_en: str
    meaning: str

    def __new__(cls, code: str, label_zh: str = "", label_en: str = "", meaning: str = "") -> Self:
        """The text that is kept, with its labels; a look-up by value gives the code alone."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.label_zh, member.label_en, member.meaning = label_zh, label_en, meaning
        return member

    __hash__ = str.__hash__
    """That of the code: a member and its code are the same key."""

    @classmethod
    def read(cls, code: str) -> Self:
        """The value that an event or a row holds; one of a later release stays as it came and is not known.

        Raises ValueError for what is no code at all.
        """
        if isinstance(code, cls):
            return code
        known = cls._value2member_map_.get(code) if isinstance(code, str) else None
        return known if isinstance(known, cls) else cls._of_a_later_release(code)

    @classmethod
    def _of_a_later_release(cls, code: str) -> Self:
        if not (isinstance(code, str) and 0 < len(code) <= CODE_LENGTH and code.isprintable()):
            raise ValueError(f"a code has 1 to {CODE_LENGTH} characters")
        value = str.__new__(cls, code)
        value._name_ = value._value_ = value.label_zh = value.label_en = code
        value.meaning = ""
        return value

    @property
    def is_known(self) -> bool:
        """Whether this release knows the value."""
        return self._value_ in type(self)._value2member_map_

    @property
    def description(self) -> str:
        """What a document says of the value."""
        return f"{self.label_zh} ({self.label_en})" + (f": {self.meaning}" if self.meaning else "")


def one_list(name: str, lists: Iterable[type[Code]]) -> type[Code]:
    """The values of several lists as one, for where they stand in one column; a code that they share has all labels."""
    shared: defaultdict[str, list[Code]] = defaultdict(list)
    for code in chain.from_iterable(lists):
        shared[code.value].append(code)
    said = {
        value: (
            value,
            *(between.join(dict.fromkeys(label)) for label, between in zip(_labels(codes), ("／", " / "), strict=True)),
        )
        for value, codes in shared.items()
    }
    make: Any = Code  # called with names it makes a class
    found: type[Code] = make(name, said)
    return found


def _labels(codes: Iterable[Code]) -> tuple[list[str], list[str]]:
    """The labels of codes in Chinese and in English."""
    return [code.label_zh for code in codes], [code.label_en for code in codes]


class _ReadOpenly:
    """Reads a code by `Code.read`."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(source.read, handler(source))


CodeT = TypeVar("CodeT", bound=Code)
Open = Annotated[CodeT, _ReadOpenly()]
"""A code of an event: its reader takes what a later release says, so that a list may grow without stopping anybody."""
