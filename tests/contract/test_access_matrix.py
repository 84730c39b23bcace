"""Who may call what, over every operation that the houses publish and every kind of token there is."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.houses import HOUSES
from shared.house import HouseDefinition
from shared.http.described import described_house
from shared.http.openapi import operations
from shared.security.clients import ALL_SCOPES, narrowing_nothing
from tests.conftest import ClientFor, OpenHouse
from tests.mechanism.probe import ON_SQLITE

Operation = Mapping[str, Any]
every_house = pytest.mark.parametrize("definition", HOUSES, ids=lambda house: house.name)


def published(definition: HouseDefinition) -> list[tuple[str, str, Operation]]:
    """The operations that need a token."""
    everything = operations(described_house(definition).openapi())
    return [(path, method, operation) for path, method, operation in everything if operation["security"]]


def request_of(path: str, method: str, operation: Operation) -> dict[str, Any]:
    """A request of the operation's shape; what stands in it is of no matter before the caller is known."""
    filled = path
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            is_id = parameter["schema"].get("format") == "uuid" or parameter["name"].endswith("_id")
            filled = filled.replace(f"{{{parameter['name']}}}", str(UUID(int=1)) if is_id else "1")
    body: dict[str, Any] = {"json": {}} if "requestBody" in operation else {}
    return {"method": method.upper(), "url": filled, **body}


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status and problem code."""
    code = answer.json()["type"].rpartition(":")[2] if "problem" in answer.headers.get("content-type", "") else ""
    return answer.status_code, code


@ON_SQLITE
@every_house
async def test_nobody_gets_in_without_a_token_that_holds(
    definition: HouseDefinition, open_house: OpenHouse, client_for: ClientFor
) -> None:
    client = client_for(await open_house(definition))
    tokens = {None: (401, "token-missing"), "Basic eDp5": (401, "token-missing"), "Bearer x": (401, "token-invalid")}
    for token, expected in tokens.items():
        client.headers.pop("authorization", None)
        headers = {} if token is None else {"authorization": token}
        for path, method, operation in published(definition):
            answer = await client.request(**request_of(path, method, operation), headers=headers)
            assert refusal(answer) == expected, (method, path)


@ON_SQLITE
@every_house
async def test_each_scope_opens_what_is_published_for_it_and_nothing_else(
    definition: HouseDefinition, open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_house(definition)
    offered = published(definition)
    for scope in ALL_SCOPES:
        client = client_for(house, scopes=(scope,))
        for path, method, operation in offered:
            answer = await client.request(**request_of(path, method, operation))
            needed = {name for need in operation["security"] for name in need["oauth2"]}
            refused = refusal(answer) == (403, "scope-missing")
            assert refused is (scope not in needed), (scope, method, path, answer.text[:200])
            assert answer.status_code < 500, (scope, method, path, answer.text[:200])


@ON_SQLITE
@every_house
async def test_a_client_that_is_shut_out_is_refused_everywhere(
    definition: HouseDefinition, open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_house(definition)
    client = client_for(house, client_id="gone")
    gone = replace(narrowing_nothing("gone"), active=False)
    house.verifier._permits = lambda: {"gone": gone}
    for path, method, operation in published(definition):
        answer = await client.request(**request_of(path, method, operation))
        assert refusal(answer) == (401, "client-disabled"), (method, path)
