"""One text, one spelling: what looks the same on paper is the same record.

Texts that identify something (sources, references, order numbers) are brought into one form; texts for people (names,
remarks) keep their characters and lose only blanks at their ends. Characters that nobody sees are refused in both.
"""

import re
import unicodedata
from typing import Final

from stdnum.cn import ric

from shared.findings import WrongValue
from shared.words.said import says

_UNSEEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_UNSEEN: Final = frozenset(
    chr(point)
    for first, last in (
        (0x034F, 0x034F),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x2800, 0x2800),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFFA0, 0xFFA0),
        (0xE0100, 0xE01EF),
    )
    for point in range(first, last + 1)
)
"""Fillers, blanks of other scripts and variation selectors: letters and marks by category, yet nothing is seen."""

_BREAKS: Final = frozenset("\n\r\t")
_ID_NUMBER: Final = re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])")


def one_line(value: object) -> object:
    """Text for people: NFC, trimmed. Raises WrongValue for characters that nobody sees; other values pass."""
    if not isinstance(value, str) or _is_plain(value):
        return value
    text = unicodedata.normalize("NFC", value).strip()
    _refuse_unseen(text)
    return text


def paragraphs(value: object) -> object:
    """As `one_line`, where line breaks and tabs are allowed."""
    if not isinstance(value, str) or _is_plain(value):
        return value
    text = unicodedata.normalize("NFC", value).strip()
    _refuse_unseen(text, allowed=_BREAKS)
    return text


def one_spelling(value: object) -> object:
    """Text that identifies: NFKC, trimmed, one blank between words. Raises WrongValue for characters nobody sees."""
    if not isinstance(value, str) or _is_plain(value):
        return value
    _refuse_unseen(value.strip())
    text = " ".join(unicodedata.normalize("NFKC", value).split())
    _refuse_unseen(text)
    return text


def source_spelling(value: object) -> object:
    """The name of a source: as `one_spelling`, in lower case, for sources are compared without case."""
    text = one_spelling(value)
    return text.casefold() if isinstance(text, str) else text


def check_code(code: str) -> str:
    """The code. Raises WrongValue where it is a path (`.`, `..`) or holds a resident identity number 公民身份号码."""
    if not code.strip("."):
        raise WrongValue(says("code-of-dots"))
    if any(ric.is_valid(number.upper()) for number in _ID_NUMBER.findall(code)):
        raise WrongValue(says("code-holds-id-number"))
    return code


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and "  " not in text and text == text.strip()


def _refuse_unseen(text: str, allowed: frozenset[str] = frozenset()) -> None:
    for character in text:
        if character not in allowed and (unicodedata.category(character) in _UNSEEN_CATEGORIES or character in _UNSEEN):
            point = f"U+{ord(character):04X}"
            raise WrongValue(says("unseen-character", point=point))
