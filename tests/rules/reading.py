"""Verdicts as somebody reads them, in one language or the other."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

from services.monitoring.risks.rules.verdicts import Verdict
from services.monitoring.risks.schemas import ReasonOut
from shared.words.language import Language, speaking

_GRADE = re.compile("[A-D]级")
"""房屋安全等级: the one Latin letter that officials write."""


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
        assert text[0].isupper(), text
        assert text.endswith(".")
    for text in texts(verdict, Language.ZH):
        assert "…" not in text
        assert ".." not in text
        assert not re.search("[A-Za-z]", _GRADE.sub("", text)), text
        assert text.endswith("。")
