"""Refusals as a client reads them: one problem document each, under a code that is documented for the route."""

import re
from functools import cache
from typing import Any

import httpx

from services.houses import HOUSES
from shared.http.described import described_house

IN_CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.1"}


def problem(answer: httpx.Response) -> tuple[int, str, list[str]]:
    """Status, code and pointers of a refusal; fails when it is not one problem document, or its code undocumented."""
    document = problem_document(answer)
    return answer.status_code, document["type"].rpartition(":")[2], pointers(document)


def assert_problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The answer is this problem and no other; what it says beside."""
    document = problem_document(answer)
    assert (answer.status_code, document["type"].rpartition(":")[2]) == (status, code), answer.text
    return document


def problem_document(answer: httpx.Response) -> dict[str, Any]:
    """A refusal that is what it promises to be."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    document: dict[str, Any] = answer.json()
    assert document["status"] == answer.status_code
    assert document["title"]
    assert document["detail"]
    path = answer.request.url.path
    urn, house, code = document["type"].rsplit(":", 2)
    assert (urn, house) == ("urn:problem", path.split("/")[1])
    assert code in _documented(house, answer.request.method, path, answer.status_code)
    return document


async def read_in_both(
    client: httpx.AsyncClient, method: str, path: str, body: Any = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """One refusal in English, for a client that names no language, and in Chinese: the facts are the same."""
    english = await client.request(method, path, json=body)
    chinese = await client.request(method, path, json=body, headers=IN_CHINESE)
    assert (english.headers["content-language"], chinese.headers["content-language"]) == ("en", "zh")
    told = problem_document(english), problem_document(chinese)
    assert _facts(told[0]) == _facts(told[1])
    return told


async def sentences_of(client: httpx.AsyncClient, method: str, path: str, body: Any = None) -> list[str]:
    """The sentences of a refusal in English and in Chinese."""
    return [document["detail"] for document in await read_in_both(client, method, path, body)]


def _facts(document: dict[str, Any]) -> dict[str, Any]:
    """What a refusal says to machines."""
    errors = [(error["pointer"], error["code"]) for error in document.get("errors", [])]
    return {**document, "title": None, "detail": None, "errors": errors}


def pointers(document: dict[str, Any]) -> list[str]:
    """The fields a problem names."""
    return [error["pointer"] for error in document.get("errors", [])]


def _documented(house: str, method: str, path: str, status: int) -> set[str]:
    """The codes that the OpenAPI document names for this status of the route at a path."""
    for template, operations in _paths(house).items():
        if method.lower() in operations and re.fullmatch(re.sub(r"{[^}]*}", "[^/]+", template), path):
            description = operations[method.lower()]["responses"].get(str(status), {}).get("description", "")
            return set(re.findall(r"`([a-z-]+)`", description))
    return set()


@cache
def _paths(house: str) -> dict[str, Any]:
    (definition,) = [each for each in HOUSES if each.name == house]
    paths: dict[str, Any] = described_house(definition).openapi()["paths"]
    return paths
