"""Verdicts as somebody reads them, in one language or the other."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from services.monitoring.risks.rules.verdicts import Verdict
from services.monitoring.risks.schemas import ReasonOut
from shared.words.language import Language, speaking


@contextmanager
def spoken(language: Language) -> Iterator[None]:
    """Read in a language."""
    token = speaking.set(language)
    yield
    speaking.reset(token)


def texts(verdict: Verdict, language: Language) -> list[str]:
    """The reasons of a verdict, as a row keeps them and an answer shows them."""
    kept = json.loads(json.dumps([reason.as_document() for reason in verdict.reasons]))
    with spoken(language):
        return [ReasonOut.of(reason).text for reason in kept]


def assert_readable(verdict: Verdict) -> None:
    """Every value stands in its sentence, and in Chinese nothing is left that only machines or English say."""
    for text in texts(verdict, Language.EN):
        assert "…" not in text
        assert text.endswith(".")
    for text in texts(verdict, Language.ZH):
        assert "…" not in text
        assert ".." not in text
        assert not any(letter.isascii() and letter.isalpha() for letter in text), text
        assert text.endswith("。")
