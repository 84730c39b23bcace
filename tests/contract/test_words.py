"""The sentences that people read: each is there in both languages, names the same values in both, and is used."""

import ast
import importlib
import pkgutil
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

import services
import shared
from shared.errors import DomainError
from shared.words.catalogues import FOLDER, parts, read_part, sentences
from shared.words.forms import form
from shared.words.language import Language

ROOT = Path(__file__).parents[2]
PARTS = sorted(path.name for path in parts(Language.EN))
OF_THE_FRAMEWORK = "fields.po"
"""What the framework says in English itself."""
LATIN_IN_CHINESE = re.compile(
    r"[A-Z][A-Z0-9-]+|YYYY-MM(-DD)?|application/json|[a-z_]+(?==)|`[^`]*`|true|false|https?://\S+|Idempotency-Key|If-Match"
)
"""What stays as it is in a Chinese sentence: names of the protocol, and what is quoted."""


def placeholders(template: str) -> list[tuple[str, str]]:
    """The values that a sentence names, each with its form."""
    return [(name, form or "") for _, name, form, _ in string.Formatter().parse(template) if name is not None]


def modules() -> Iterator[str]:
    for package in (services, shared):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not re.search(r"migrations|alembic|__main__|\.demo", module.name):
                yield module.name


def situations(base: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    yield base
    for one in base.__subclasses__():
        yield from situations(one)


def said_in_code() -> set[str]:
    """The codes written in the code, found as babel finds texts to translate."""
    found = set()
    for root in ("services", "shared"):
        for _, _, message, _, _ in extract_from_dir(ROOT / root, [("**.py", "python")], keywords={"says": None}):
            found.add(message if isinstance(message, str) else message[0])
    return found


def titles() -> set[str]:
    for name in modules():
        importlib.import_module(name)
    ours = [one for one in situations() if one.__module__.startswith(("services.", "shared."))]
    return {one.titled().code for one in ours if "{" not in one.code}


def test_both_languages_have_the_same_parts() -> None:
    assert sorted(path.name for path in parts(Language.ZH)) == sorted([*PARTS, OF_THE_FRAMEWORK])


@pytest.mark.parametrize("part", PARTS)
def test_a_part_says_the_same_in_both_languages(part: str) -> None:
    english, chinese = (read_part(FOLDER / language / part) for language in (Language.EN, Language.ZH))
    said = {message.id: str(message.string) for message in english if message.id}
    translated = {message.id: str(message.string) for message in chinese if message.id}
    assert list(said) == list(translated), "the same sentences in the same order"
    for code, sentence in said.items():
        names, others = ({name for name, _ in placeholders(text)} for text in (sentence, translated[code]))
        assert names == others, code


@pytest.mark.parametrize("language", Language)
def test_a_code_stands_in_one_part_alone(language: Language) -> None:
    codes = [message.id for path in parts(language) for message in read_part(path) if message.id]
    assert sorted(codes) == sorted(set(codes))


@pytest.mark.parametrize("language", Language)
def test_a_sentence_is_whole_and_its_forms_are_known(language: Language) -> None:
    for code, sentence in sentences(language).items():
        assert sentence.strip() == sentence != "", code
        for _, name in placeholders(sentence):
            if name:
                form(name)


def test_a_chinese_sentence_is_chinese() -> None:
    for code, sentence in sentences(Language.ZH).items():
        plain = LATIN_IN_CHINESE.sub("", re.sub(r"{[^}]*}", "", sentence))
        assert not plain.strip() or re.search(r"[\u4e00-\u9fff：；]", plain), code
        assert not re.search(r"[A-Za-z]{3,}", plain), (code, sentence)


def test_the_code_says_what_the_catalogues_hold() -> None:
    held = {code for code in sentences(Language.EN) if not code.startswith(("title.", "thing."))}
    assert said_in_code() == held


def test_every_situation_has_its_title_and_every_title_its_situation() -> None:
    held = {code for code in sentences(Language.EN) if code.startswith("title.")}
    assert titles() == {code for code in held if not code.startswith("title.http-")}


def test_a_sentence_is_named_by_text_written_in_the_code() -> None:
    for root in ("services", "shared"):
        for path in sorted((ROOT / root).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "says":
                    assert isinstance(node.args[0], ast.Constant), f"{path.name}:{node.lineno}"
