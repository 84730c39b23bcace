"""What a code list is made of."""

from enum import StrEnum
from typing import Self


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

    @property
    def description(self) -> str:
        """What a document says of the value."""
        return f"{self.label_zh} ({self.label_en})" + (f": {self.meaning}" if self.meaning else "")
