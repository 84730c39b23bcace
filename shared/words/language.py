"""Languages, and which one whoever asks reads."""

from contextvars import ContextVar
from enum import StrEnum
from typing import Final


class Language(StrEnum):
    """A language of the catalogues."""

    EN = "en"
    ZH = "zh"


speaking: Final[ContextVar[Language]] = ContextVar("speaking", default=Language.EN)
"""The language of the request in hand; outside of requests that of the process."""


def accepted(header: str | None, otherwise: Language) -> Language:
    """The language that an `Accept-Language` likes best of those we have; ``otherwise`` where it names none (RFC 9110).

    Regions and scripts make no difference: `zh-CN`, `zh-Hans` and `zh` are one.
    """
    best, weight = otherwise, 0.0
    for part in (header or "").split(","):
        tag, _, quality = part.partition(";")
        language = _LANGUAGES.get(tag.strip().lower().partition("-")[0])
        liked = _weight(quality)
        if language is not None and liked > weight:
            best, weight = language, liked
    return best


_LANGUAGES: Final = {language.value: language for language in Language}


def _weight(quality: str) -> float:
    """The weight that `q=0.8` gives; 1 without one, 0 for what is no weight."""
    name, _, value = quality.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name.strip() == "q" else 0.0
    except ValueError:
        return 0.0
