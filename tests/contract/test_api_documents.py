"""Other people's tools read the published documents: validators, generators of clients, Python and Java alike."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate

from services.houses import HOUSES
from shared.http.described import described_house
from shared.http.openapi import operations

DOCUMENTS: dict[str, Any] = {definition.name: described_house(definition).openapi() for definition in HOUSES}
each_document = pytest.mark.parametrize("house", DOCUMENTS)
_NAME = re.compile(r"[a-z]+([A-Z][a-z]*)+")
_ECMA_ONLY = re.compile(r"\\[pP]\{|\(\?<[a-zA-Z]")


def parts(of: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of a document, with where it stands."""
    if isinstance(of, dict):
        yield path, of
        for name, part in of.items():
            yield from parts(part, f"{path}/{name}")
    elif isinstance(of, list):
        for number, part in enumerate(of):
            yield from parts(part, f"{path}/{number}")


@each_document
def test_a_document_is_valid_by_the_specification(house: str) -> None:
    validate(DOCUMENTS[house])


@each_document
def test_every_pattern_can_be_read_by_python_and_java(house: str) -> None:
    for path, part in parts(DOCUMENTS[house]["components"]):
        if isinstance(part.get("pattern"), str):
            re.compile(part["pattern"])
            assert not _ECMA_ONLY.search(part["pattern"]), path


@each_document
def test_every_operation_has_a_name_in_the_words_of_the_field(house: str) -> None:
    names = [operation["operationId"] for _, _, operation in operations(DOCUMENTS[house])]
    assert [name for name in names if not _NAME.fullmatch(name)] == []
    assert len(set(names)) == len(names)


@each_document
def test_every_value_of_a_code_list_is_explained(house: str) -> None:
    lists = {name: schema for name, schema in DOCUMENTS[house]["components"]["schemas"].items() if "enum" in schema}
    assert lists
    for name, schema in lists.items():
        for value in schema["enum"]:
            assert f"- `{value}`: " in schema.get("description", ""), (name, value)


@each_document
def test_a_document_says_where_the_service_is_and_whom_to_ask(house: str) -> None:
    document = DOCUMENTS[house]
    assert [server["url"] for server in document["servers"]] == ["/"]
    assert document["info"]["contact"]["name"]
