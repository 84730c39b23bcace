"""One OpenAPI document for all houses, made of the documents of each: what clients are generated from.

A house keeps its document, and its names in it. Here a schema or an operation whose name stands for different things in
two houses carries the house before its name; the tag of an operation is its house, so that a generated client has one
class for each.
"""

import copy
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from shared.http.openapi import operations

Document = dict[str, Any]
PROCESS = "process"
"""The tag of what belongs to no house: tokens, health, metrics."""
_SCHEMAS = "#/components/schemas/"


def one_document(front: Document, houses: Mapping[str, Document]) -> Document:
    """The document of a process with these houses, by name; ``front`` describes what belongs to no house."""
    documents = {PROCESS: front, **houses}
    contested = _contested_schemas(documents)
    repeated = _repeated_operations(documents)
    kept = {part: _named_apart(part, document, contested, repeated) for part, document in documents.items()}
    whole = copy.deepcopy({name: front[name] for name in front if name not in {"paths", "components"}})
    whole["tags"] = [
        {"name": part, "description": f"{document['info']['title']}: {document['info']['summary']}"}
        for part, document in documents.items()
    ]
    whole["paths"] = {path: methods for document in kept.values() for path, methods in document["paths"].items()}
    whole["components"] = {kind: _together(kept, kind) for kind in ("schemas", "securitySchemes")}
    return whole


def _named_apart(part: str, document: Document, contested: frozenset[str], repeated: frozenset[str]) -> Document:
    """A copy in which each name stands for one thing in all documents."""
    names = {name: f"{_capitalised(part)}{name}" for name in contested}
    again: Document = _refer_to(document, {f"{_SCHEMAS}{name}": f"{_SCHEMAS}{names[name]}" for name in names})
    components = again.setdefault("components", {})
    components["schemas"] = {
        names.get(name, name): schema | {"title": names[name]} if name in names else schema
        for name, schema in components.get("schemas", {}).items()
    }
    for _, _, operation in operations(again):
        operation["tags"] = [part]
        if operation["operationId"] in repeated:
            operation["operationId"] = part + _capitalised(operation["operationId"])
    return again


def _contested_schemas(documents: Mapping[str, Document]) -> frozenset[str]:
    """Names under which two documents hold different schemas, or the same ones that refer to different schemas."""
    held: dict[str, list[Any]] = {}
    for document in documents.values():
        for name, schema in document.get("components", {}).get("schemas", {}).items():
            held.setdefault(name, []).append(schema)
    contested = {name for name, schemas in held.items() if any(schema != schemas[0] for schema in schemas)}
    shared = {name: set(_references(schemas[0])) for name, schemas in held.items() if len(schemas) > 1}
    while more := {name for name, named in shared.items() if named & contested} - contested:
        contested |= more
    return frozenset(contested)


def _references(part: Any) -> Iterator[str]:
    """The schemas to which a part refers, by name."""
    if isinstance(part, dict):
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)
    elif isinstance(part, str) and part.startswith(_SCHEMAS):
        yield part.removeprefix(_SCHEMAS)


def _repeated_operations(documents: Mapping[str, Document]) -> frozenset[str]:
    names = Counter(
        operation["operationId"] for document in documents.values() for _, _, operation in operations(document)
    )
    return frozenset(name for name, times in names.items() if times > 1)


def _refer_to(part: Any, others: Mapping[str, str]) -> Any:
    """A copy of a part of a document that refers to other schemas in place of these."""
    if isinstance(part, dict):
        return {name: _refer_to(value, others) for name, value in part.items()}
    if isinstance(part, list):
        return [_refer_to(value, others) for value in part]
    return others.get(part, part) if isinstance(part, str) else part


def _together(documents: Mapping[str, Document], kind: str) -> dict[str, Any]:
    """What stands in the documents under a name, by name; nothing in two that differs."""
    found: dict[str, Any] = {}
    for document in documents.values():
        found |= document["components"].get(kind, {})
    return dict(sorted(found.items()))


def _capitalised(name: str) -> str:
    return name[:1].upper() + name[1:]
