"""What outside systems hold a house to: each topic states its promises beside its tests, and has each one looked up.

A route, a field, a code or a filter may be added, never taken away or moved. What is sent to a house takes the fields
of its body and no other.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from services.houses import HOUSES
from shared.http.described import described_house
from shared.http.openapi import operations

Document = dict[str, Any]
Operation = dict[str, Any]
Words = Mapping[str, str]
"""By name the words that belong to it, with a space between them."""
REQUEST_FIELDS = {
    "RequestOut": "request_id task_id household_code region_code kind member_no status reason answer_by requested_at "
    "answered_at updated_at correlation_id",
    "RequestTransitionIn": "action reason",
    "Page_RequestOut_": "items next_cursor",
}
REQUEST_CODES = {
    "MeasureKind": "job purchase asset_share transfer",
    "MeasureStatus": "requested accepted refused completed cancelled",
    "RefusalReason": "no_offer not_eligible declined other",
}
"""What every helping house says of the requests it is asked."""


def document_of(house: str) -> Document:
    """The published document of a house."""
    [definition] = [one for one in HOUSES if one.name == house]
    return described_house(definition).openapi()


def found(document: Document, reference: str) -> Any:
    """What a reference of a document refers to."""
    part: Any = document
    for step in reference.removeprefix("#/").split("/"):
        part = part[step]
    return part


def scopes_of(operation: Operation) -> str:
    """The scopes of which one is needed."""
    return " or ".join(scope for need in operation.get("security", []) for scope in need["oauth2"])


@dataclass(frozen=True)
class Promises:
    """What a topic of a house promises outside."""

    house: str
    routes: Words = field(default_factory=dict)
    """By method and path below `/<house>/v1` the scopes of which one is needed."""
    fields: Words = field(default_factory=dict)
    """By schema; one whose name ends with `In` or `Payload` is sent to us."""
    codes: Words = field(default_factory=dict)
    filters: Words = field(default_factory=dict)
    """By path of a list or a read."""

    def each(self) -> Iterator[Any]:
        """Every promise as a check with a name, for `parametrize`."""
        for kind, promised, check in (
            ("route", self.routes, self._route),
            ("fields", self.fields, self._fields),
            ("codes", self.codes, self._codes),
            ("filters", self.filters, self._filters),
        ):
            for name, words in promised.items():
                yield pytest.param(partial(check, name, words), id=f"{kind} {name}")

    def _route(self, name: str, scopes: str) -> None:
        method, path = name.split()
        there = {(verb, place): one for place, verb, one in operations(document_of(self.house))}
        assert scopes_of(there[method.lower(), f"/{self.house}/v1{path}"]) == scopes

    def _fields(self, name: str, words: str) -> None:
        schema = self._schema(name)
        assert set(words.split()) <= set(schema["properties"])
        if name.endswith(("In", "Payload")):
            assert set(words.split()) == set(schema["properties"])
            assert schema["additionalProperties"] is False

    def _codes(self, name: str, words: str) -> None:
        assert set(words.split()) <= set(self._schema(name)["enum"])

    def _filters(self, path: str, words: str) -> None:
        operation = document_of(self.house)["paths"][f"/{self.house}/v1{path}"]["get"]
        assert set(words.split()) <= {parameter["name"] for parameter in operation["parameters"]}

    def _schema(self, name: str) -> Document:
        schema: Document = document_of(self.house)["components"]["schemas"][name]
        return schema


Check = Callable[[], None]
"""Looks whether a promise is kept."""


def every(promises: Promises) -> pytest.MarkDecorator:
    """Have a test take each promise as `check`."""
    return pytest.mark.parametrize("check", list(promises.each()))
