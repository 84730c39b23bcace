"""One document for all houses: nothing of the five is lost, and no name stands for two things."""

import json
from collections.abc import Mapping
from typing import Any, Final

import pytest
from openapi_spec_validator import validate

from deploy.reference import openapi_document
from services.houses import HOUSES
from shared.http.one_document import one_document
from shared.http.openapi import operations
from shared.security.issuer import ALL_SCOPES
from tests.conftest import ClientFor, OpenHouse
from tests.contract.test_openapi import references
from tests.promises import Document, document_of, found

WHOLE: Final[Document] = openapi_document()
PARTS: Final[Mapping[str, Document]] = {definition.name: document_of(definition.name) for definition in HOUSES}


def resolved(document: Document, part: Any, seen: tuple[str, ...] = ()) -> Any:
    """A part with what it refers to in place of the references; names of schemas are gone."""
    if isinstance(part, dict):
        if "$ref" in part:
            name = part["$ref"]
            return resolved(document, found(document, name), (*seen, name)) if name not in seen else "itself"
        return {key: resolved(document, value, seen) for key, value in part.items() if key not in {"title", "mapping"}}
    if isinstance(part, list):
        return [resolved(document, value, seen) for value in part]
    return part


def test_it_is_valid_and_everything_it_refers_to_stands_in_it() -> None:
    validate(WHOLE)
    for reference in set(references(WHOLE)):
        found(WHOLE, reference)


@pytest.mark.parametrize("house", PARTS)
def test_every_operation_of_a_house_says_in_it_what_it_says_at_the_house(house: str) -> None:
    for path, method, operation in operations(PARTS[house]):
        again = WHOLE["paths"][path][method]
        assert again["tags"] == [house]
        named_otherwise = {"tags", "operationId"}
        assert resolved(WHOLE, {name: again[name] for name in again if name not in named_otherwise}) == resolved(
            PARTS[house], {name: operation[name] for name in operation if name not in named_otherwise}
        )


def test_every_name_stands_for_one_thing() -> None:
    names = [operation["operationId"] for _, _, operation in operations(WHOLE)]
    assert len(set(names)) == len(names)
    assert {"monitoringListJobs", "assetsListJobs", "recordFacts"} <= set(names)
    schemas = WHOLE["components"]["schemas"]
    assert {"AssetsLineIn", "ConsumptionLineIn", "RequestOut", "Problem"} <= schemas.keys()
    assert "LineIn" not in schemas
    titles = [schema["title"] for schema in schemas.values()]
    assert len(set(titles)) == len(titles), "generators name classes by them"


def test_it_says_who_answers_and_with_which_scopes() -> None:
    assert WHOLE["info"]["contact"]["name"]
    assert WHOLE["servers"]
    assert [tag["name"] for tag in WHOLE["tags"]] == ["process", *PARTS]
    flow = WHOLE["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]
    assert set(flow["scopes"]) == set(ALL_SCOPES)


def test_what_refers_to_something_that_differs_differs_too() -> None:
    """Two houses that hold the same schema over another one of their own."""

    def house(kind: str) -> Document:
        inner, outer = {"type": kind, "title": "Inner"}, {"$ref": "#/components/schemas/Inner", "title": "Outer"}
        return {
            "info": {"title": "x", "summary": "x"},
            "paths": {},
            "components": {"schemas": {"Inner": inner, "Outer": outer, "Same": {"type": "null", "title": "Same"}}},
        }

    front = {"info": {"title": "x", "summary": "x"}, "paths": {}}
    schemas = one_document(front, {"one": house("string"), "two": house("integer")})["components"]["schemas"]
    assert set(schemas) == {"OneInner", "OneOuter", "TwoInner", "TwoOuter", "Same"}
    assert schemas["TwoOuter"]["$ref"] == "#/components/schemas/TwoInner"


async def test_a_process_with_every_house_serves_it(open_house: OpenHouse, client_for: ClientFor) -> None:
    houses = [await open_house(definition) for definition in HOUSES]
    served = (await client_for(*houses).get("/openapi.json")).json()
    assert served == json.loads(json.dumps(WHOLE))
    alone = (await client_for(houses[0]).get("/openapi.json")).json()
    assert {path.split("/")[1] for path in alone["paths"]} >= {"monitoring", "healthz"}
    assert not [path for path in alone["paths"] if path.startswith("/assets")]
