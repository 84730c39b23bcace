"""The published document of an app, completed: every schema it refers to and every refusal a caller can meet."""

import copy
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from pydantic import TypeAdapter

from shared import VERSION
from shared.db.trouble import Busy, DatabaseUnreachable
from shared.errors import (
    DomainError,
    Invalid,
    MalformedRequest,
    PayloadTooLarge,
    Unavailable,
    UnsupportedEncoding,
    UnsupportedMediaType,
)
from shared.http.codes import describe_code_lists
from shared.http.files import MEDIA_TYPES
from shared.http.idempotency import IdempotencyKeyReused
from shared.http.problems import MEDIA_TYPE, Problem, responses
from shared.partners.errors import NetworkNotAllowed, TooManyRequests
from shared.partners.visits import TooManyVisits
from shared.security.actor import ScopeMissing
from shared.security.issuer import TOKEN_PATH
from shared.security.tokens import ClientDisabled, TokenExpired, TokenInvalid, TokenMissing
from shared.sheets.printing import PDF_TYPE

NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""The framework's own would tell paths, queries and errors, which name households; `shared.tracing` tells routes."""
_CONTACT = {"name": "守线 ShouXian: the operators of this installation"}
_SERVERS = [{"url": "/", "description": "This process, or the gateway before it"}]
_METHODS = frozenset({"get", "put", "post", "patch", "delete"})
_REF = "#/components/schemas/{model}"
_BROUGHT_SCHEMAS = "x-schemas"
_FILE = {"type": "string", "format": "binary"}
_FILES = {str(form): media_type for form, media_type in MEDIA_TYPES.items()} | {"pdf": PDF_TYPE}
"""What each format of a list or a report is sent as."""
_FRAMEWORK_SCHEMAS = ("HTTPValidationError", "ValidationError")


class DocumentedApp(FastAPI):
    """An app whose document is completed when it is first asked for. ``house`` names the problems' types."""

    def __init__(self, house: str, *, token_url: str = TOKEN_PATH, **kwargs: Any) -> None:
        super().__init__(
            version=VERSION,
            docs_url=None,
            redoc_url=None,
            contact=_CONTACT,
            servers=_SERVERS,
            telemetry=NO_TELEMETRY,
            **kwargs,
        )
        self.house = house
        self._token_url = token_url
        self._document: dict[str, Any] | None = None

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        if self._document is None:
            self._document = _completed(super().openapi(), self.house)
            for scheme in self._document["components"].get("securitySchemes", {}).values():
                scheme["flows"]["clientCredentials"]["tokenUrl"] = self._token_url
        return self._document


def json_body_of(body: TypeAdapter[Any]) -> dict[str, Any]:
    """The `openapi_extra=` of a route that reads its JSON body by hand: the body is documented as this type."""
    schema = body.json_schema(ref_template=_REF)
    brought = schema.pop("$defs", {})
    if "properties" in schema:  # a model, which is known by its name
        brought[schema["title"]], schema = schema, {"$ref": _REF.format(model=schema["title"])}
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        _BROUGHT_SCHEMAS: brought,
    }


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and operation of everything a document offers, in its order."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method in _METHODS:
                yield path, method, operation


def _completed(document: dict[str, Any], house: str) -> dict[str, Any]:
    """A completed copy: what the framework made shares parts with the routes."""
    document = copy.deepcopy(document)
    problem = Problem.model_json_schema(ref_template=_REF)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas.update({**problem.pop("$defs"), "Problem": problem})
    for name in _FRAMEWORK_SCHEMAS:
        schemas.pop(name, None)
    for _, _, operation in operations(document):
        for name, schema in operation.pop(_BROUGHT_SCHEMAS, {}).items():
            schemas.setdefault(name, schema)
        _declare_refusals(operation, house)
        _declare_files(operation)
        if "security" in operation:
            operation["security"] = _alternatives(operation["security"])
    describe_code_lists(schemas)
    return document


def _alternatives(needs: list[dict[str, list[str]]]) -> list[dict[str, list[str]]]:
    """One requirement for each scope: of the scopes a route names, one is enough."""
    return [{scheme: [scope]} for need in needs for scheme, scopes in need.items() for scope in scopes]


def _common_refusals(operation: dict[str, Any]) -> Iterator[type[DomainError]]:
    """What an operation can refuse by its shape alone."""
    parameters = operation.get("parameters", [])
    body = operation.get("requestBody", {}).get("content", {})
    if operation.get("security"):
        yield from (TokenMissing, TokenExpired, TokenInvalid, ClientDisabled, ScopeMissing)
        yield from (NetworkNotAllowed, TooManyRequests)
        yield from (Unavailable, DatabaseUnreachable, Busy)
    elif "security" in operation:
        yield from (TooManyVisits, Unavailable, DatabaseUnreachable)
    reads_json = "application/json" in body
    if parameters or reads_json:
        yield Invalid
    if body:
        yield from (PayloadTooLarge, MalformedRequest, UnsupportedEncoding)
    if reads_json:
        yield UnsupportedMediaType
    if any(parameter["name"] == "Idempotency-Key" for parameter in parameters):
        yield IdempotencyKeyReused


def _declare_refusals(operation: dict[str, Any], house: str) -> None:
    answers = operation["responses"]
    if _is_the_frameworks(answers.get("422")):
        del answers["422"]
    for status, refusal in responses(*_common_refusals(operation)).items():
        known = answers.setdefault(str(status), refusal)
        if MEDIA_TYPE in known["content"]:  # RFC 6749 has a document of its own
            known["content"][MEDIA_TYPE]["examples"] |= refusal["content"][MEDIA_TYPE]["examples"]
    for status, answer in answers.items():
        answer.get("content", {}).get("application/json", {}).get("schema", {}).pop("title", None)
        if MEDIA_TYPE in answer.get("content", {}):
            _write_out(answer, int(status), house)
    operation["responses"] = dict(sorted(answers.items()))


def _declare_files(operation: dict[str, Any]) -> None:
    """What has a format is answered as a file, too."""
    for parameter in operation.get("parameters", []):
        if parameter["name"] == "format":
            files = [_FILES[form] for form in parameter["schema"]["enum"] if form in _FILES]
            operation["responses"]["200"]["content"] |= {media_type: {"schema": _FILE} for media_type in files}


def _is_the_frameworks(answer: dict[str, Any] | None) -> bool:
    """Whether this is the 422 the framework declares by itself, in a shape that is never sent."""
    return answer is not None and MEDIA_TYPE not in answer["content"]


def _write_out(answer: dict[str, Any], status: int, house: str) -> None:
    """Describe a refusal by the problems it can be, each with an example."""
    examples = answer["content"][MEDIA_TYPE]["examples"]
    answer["description"] = "; ".join(f"`{code}`: {example['summary']}" for code, example in examples.items())
    for code, example in examples.items():
        title = example["summary"]
        example["value"] = {
            "type": f"urn:problem:{house}:{code}",
            "title": title,
            "status": status,
            "detail": f"{title}.",
        }
