"""The published documents of the houses: complete, readable by a machine, and exactly what was promised outside."""

from collections.abc import Iterator
from typing import Any

import pytest

from services.houses import HOUSES
from shared.http.described import described_front
from shared.http.openapi import operations
from shared.security.issuer import ALL_SCOPES
from tests.conftest import ClientFor, OpenHouse
from tests.promises import Document, Operation, document_of, found, scopes_of

PROBLEM = "application/problem+json"

DOCUMENTS: dict[str, Document] = {definition.name: document_of(definition.name) for definition in HOUSES}
FRONT = described_front(gives_tokens=True, keeps_clients=True, pages=False).openapi()
OPERATIONS = [
    (house, path, method, operation)
    for house, document in DOCUMENTS.items()
    for path, method, operation in operations(document)
]
documents = pytest.mark.parametrize("document", [*DOCUMENTS.values(), FRONT], ids=[*DOCUMENTS, "process"])
every_operation = pytest.mark.parametrize(
    ("house", "path", "operation"),
    [(house, path, operation) for house, path, _, operation in OPERATIONS],
    ids=[f"{method.upper()} {path}" for _, path, method, _ in OPERATIONS],
)

OF_EVERY_HOUSE = {
    "GET /audit": "ops:admin",
    "GET /codes": "{house}:read",
    "GET /dead-letters": "ops:admin",
    "POST /dead-letters/replay": "ops:admin",
    "DELETE /dead-letters/{letter_id}": "ops:admin",
    "GET /usage": "ops:admin",
}


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"]
        mapping = part.get("mapping", {})
        yield from (target for target in mapping.values() if isinstance(target, str) and target.startswith("#/"))
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def problem_codes(operation: Operation) -> set[str]:
    return {
        code
        for answer in operation["responses"].values()
        for code in answer.get("content", {}).get(PROBLEM, {}).get("examples", {})
    }


@documents
def test_everything_a_document_refers_to_stands_in_it(document: Document) -> None:
    missing = []
    for reference in set(references(document)):
        try:
            found(document, reference)
        except KeyError:
            missing.append(reference)
    assert missing == []


@documents
def test_a_document_holds_nothing_of_the_machinery_that_made_it(document: Document) -> None:
    assert document["openapi"].startswith("3.1")
    assert not {"HTTPValidationError", "ValidationError"} & set(document["components"]["schemas"])
    for _, _, operation in operations(document):
        assert not [key for key in operation if key.startswith("x-")]


TOKEN_PATH, TOKEN_ERRORS = "/oauth2/token", {"400", "401", "429"}


def refers_to(answer: Any, schema: str) -> bool:
    return bool(answer["content"] == {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}})


@documents
def test_every_refusal_is_a_problem_document_with_a_schema_and_an_example(document: Document) -> None:
    for path, method, operation in operations(document):
        for status, answer in operation["responses"].items():
            if status[0] != "4":
                continue
            if path == TOKEN_PATH and status in TOKEN_ERRORS:
                assert refers_to(answer, "TokenError"), "RFC 6749 has its own"
                continue
            assert set(answer["content"]) == {PROBLEM}, (method, path, status)
            assert found(document, answer["content"][PROBLEM]["schema"]["$ref"])["properties"]["type"]
            for code, example in answer["content"][PROBLEM]["examples"].items():
                assert example["value"]["type"].endswith(f":{code}")
                assert example["value"]["status"] == int(status)
                assert f"`{code}`" in answer["description"]


@every_operation
def test_an_operation_says_what_it_is_for_and_who_may_call_it(house: str, path: str, operation: Operation) -> None:
    assert operation["summary"][0].isupper()
    assert operation["tags"]
    for need in operation.get("security", []):
        [scope] = need["oauth2"]
        assert scope in ALL_SCOPES
        assert scope.startswith(f"{house}:") or scope == "ops:admin"


OPEN_TO_ALL = ("/consumption/v1/products", "/consumption/v1/price-bulletins", "/monitoring/v1/policy")
"""The catalogue and its prices are for everybody, and so is what holds."""


@every_operation
def test_an_operation_declares_what_its_shape_makes_it_refuse(house: str, path: str, operation: Operation) -> None:
    refused = {"token-missing", "token-expired", "token-invalid", "client-disabled", "scope-missing", "unavailable"}
    expected = refused if operation["security"] else {"too-many-visits", "unavailable"}
    names = {parameter["name"] for parameter in operation.get("parameters", [])}
    if names or "requestBody" in operation:
        expected.add("invalid")
    if "requestBody" in operation:
        expected |= {"malformed-request", "payload-too-large"}
    if "Idempotency-Key" in names:
        expected.add("idempotency-key-reused")
    if "region_code" in names and not path.endswith(OPEN_TO_ALL):
        expected.add("region-not-allowed")
    assert expected <= problem_codes(operation)
    if "{" in path and not {"200", "201"} <= operation["responses"].keys():  # unless it makes what is not there
        assert "404" in operation["responses"]


@pytest.mark.parametrize("house", DOCUMENTS)
def test_every_house_has_the_routes_of_operations_and_its_code_lists(house: str) -> None:
    there = {
        f"{method.upper()} {path.removeprefix(f'/{house}/v1')}": scopes_of(operation)
        for path, method, operation in operations(DOCUMENTS[house])
    }
    assert {route: scope.format(house=house) for route, scope in OF_EVERY_HOUSE.items()}.items() <= there.items()


def test_every_route_lies_below_the_name_and_version_of_its_house() -> None:
    assert [path for house, path, _, _ in OPERATIONS if not path.startswith(f"/{house}/v1/")] == []


def test_the_process_offers_access_and_health() -> None:
    assert {f"{method.upper()} {path}" for path, method, _ in operations(FRONT)} == {
        "POST /oauth2/token",
        "GET /oauth2/keys",
        "GET /oauth2/clients",
        "GET /oauth2/clients/{client_id}",
        "PUT /oauth2/clients/{client_id}",
        "POST /oauth2/clients/{client_id}/secrets",
        "DELETE /oauth2/clients/{client_id}/secrets/{secret_id}",
        "POST /oauth2/clients/{client_id}/keys",
        "DELETE /oauth2/clients/{client_id}/keys/{kid}",
        "GET /oauth2/clients/{client_id}/usage",
        "GET /healthz",
        "GET /readyz",
        "GET /metrics",
    }


async def test_the_document_is_served_as_described(open_house: OpenHouse, client_for: ClientFor) -> None:
    definition = HOUSES[0]
    client = client_for(await open_house(definition))
    answer = await client.get(f"/{definition.name}/openapi.json")
    assert answer.status_code == 200
    assert answer.json() == DOCUMENTS[definition.name]
    assert (await client.get(f"/{definition.name}/docs")).status_code == 200
