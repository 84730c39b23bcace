"""A sentence as data."""

import datetime as dt
import string
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any, Final, NamedTuple, Self
from uuid import UUID

from shared.words.catalogues import sentences
from shared.words.forms import BETWEEN, form
from shared.words.language import Language, speaking

_LACKING: Final = "…"
"""Stands for a value that a sentence names and a kept one lacks."""


class Said(NamedTuple):
    """A sentence 用语 as data: its code in the catalogues, and the values that stand in it."""

    code: str
    inputs: Mapping[str, Any]
    otherwise: str | None = None
    """What is said in a language whose catalogue lacks the sentence: that of a library, or of an earlier release."""

    @property
    def text(self) -> str:
        """The sentence in the language of whoever reads it."""
        return self.written(speaking.get())

    def written(self, language: Language) -> str:
        """The sentence in a language; the code alone where nobody knows it."""
        template = sentences(language).get(self.code)
        if template is None:
            return self.code if self.otherwise is None else self.otherwise
        return "".join(
            text if name is None else text + _written(self.inputs.get(name, _LACKING), form, language)
            for text, name, form in _parts(template)
        )

    def __str__(self) -> str:
        """The sentence as logs hold it."""
        return self.written(Language.EN)

    def with_inputs(self, inputs: Mapping[str, Any]) -> Self:
        """The same sentence with further values; its own come first."""
        return self._replace(inputs={**inputs, **self.inputs})

    def as_document(self) -> dict[str, Any]:
        """The sentence as it is kept."""
        kept = {"code": self.code, "inputs": {name: _plain(value) for name, value in self.inputs.items()}}
        return kept if self.otherwise is None else {**kept, "otherwise": self.otherwise}

    @classmethod
    def of(cls, kept: Mapping[str, Any] | str) -> Self:
        """A sentence that was kept; earlier releases kept it as text."""
        if isinstance(kept, str):
            return cls("", {}, otherwise=kept)
        inputs = {name: _read(value) for name, value in kept["inputs"].items()}
        return cls(kept["code"], inputs, kept.get("otherwise"))


@cache
def _parts(template: str) -> tuple[tuple[str, str | None, str], ...]:
    """The sentence in parts: text as it is, then the name and the form of the value behind it."""
    return tuple((text, name, form or "") for text, name, form, _ in string.Formatter().parse(template))


def _written(value: Any, name: str, language: Language) -> str:
    """A value in its form; a sentence within a sentence in the same language, and a list as its parts."""
    if isinstance(value, Said):
        return value.written(language)
    if isinstance(value, (list, tuple)):
        return BETWEEN[language].join(_written(one, name, language) for one in value)
    return form(name)(value, language) if name and value is not _LACKING else str(value)


def says(code: str, /, **inputs: Any) -> Said:
    """The sentence of a code, written here as literal text, so that the catalogues can be checked against the code."""
    return Said(code, inputs)


def joined(said: Sequence[Said]) -> str:
    """Several sentences, one after the other."""
    return ("" if speaking.get() is Language.ZH else " ").join(one.text for one in said)


def _plain(value: Any) -> Any:
    """A value as JSON holds it."""
    if isinstance(value, Said):
        return value.as_document()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (dt.date, UUID)):
        return str(value)
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, (str, int, float)) else str(value)


def _read(value: Any) -> Any:
    """A kept value; an object is a sentence within the sentence."""
    if isinstance(value, list):
        return [_read(one) for one in value]
    return Said.of(value) if isinstance(value, dict) else value
