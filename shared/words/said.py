"""A sentence as data."""

import datetime as dt
import string
from collections.abc import Mapping, Sequence
from enum import Enum
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
        return _WRITERS[language].vformat(template, (), self.inputs)

    def __str__(self) -> str:
        """The sentence as logs hold it."""
        return self.written(Language.EN)

    def with_inputs(self, inputs: Mapping[str, Any]) -> Self:
        """The same sentence with further values; its own come first."""
        return self._replace(inputs={**inputs, **self.inputs})

    def as_document(self) -> dict[str, Any]:
        """The sentence as it is kept."""
        return {"code": self.code, "inputs": {name: _plain(value) for name, value in self.inputs.items()}}

    @classmethod
    def of(cls, kept: Mapping[str, Any] | str) -> Self:
        """A sentence that was kept; earlier releases kept it as text."""
        if isinstance(kept, str):
            return cls("", {}, otherwise=kept)
        return cls(kept["code"], {name: _as_it_was(value) for name, value in kept["inputs"].items()})


class _Writer(string.Formatter):
    """Writes the values of a sentence out in one language."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """The value of a name."""
        return kwargs.get(str(key), _LACKING)

    def format_field(self, value: Any, format_spec: str) -> str:
        """A value in its form; a sentence within a sentence in the same language, and a list as its parts."""
        if isinstance(value, Said):
            return value.written(self._language)
        if isinstance(value, (list, tuple)):
            return BETWEEN[self._language].join(self.format_field(one, format_spec) for one in value)
        if format_spec and value is not _LACKING:
            return form(format_spec)(value, self._language)
        return str(value)


_WRITERS: Final = {language: _Writer(language) for language in Language}


def says(code: str, /, **inputs: Any) -> Said:
    """The sentence of a code, written here as literal text, so that the catalogues can be checked against the code."""
    return Said(code, inputs)


def as_said(said: Said | str) -> Said:
    """What is said; text as it is."""
    return said if isinstance(said, Said) else Said(said, {})


def joined(said: Sequence[Said]) -> str:
    """Several sentences, one after the other."""
    return ("" if speaking.get() is Language.ZH else " ").join(one.text for one in said)


def _as_it_was(value: Any) -> Any:
    """A value of a kept sentence; a sentence within it is one again."""
    return Said.of(value) if isinstance(value, Mapping) and value.keys() == _KEPT else value


_KEPT: Final = frozenset({"code", "inputs"})


def _plain(value: Any) -> Any:
    """A value as JSON holds it."""
    if isinstance(value, Said):
        return value.as_document()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (dt.date, UUID)):
        return str(value)
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value
