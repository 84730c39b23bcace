"""RFC 9457 problem documents: one shape for every refusal, `type` is `urn:problem:<house>:<code>`."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from pydantic_core import ErrorDetails
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Match

from shared.db.trouble import is_transient, is_unstorable, sentence_of
from shared.errors import (
    DomainError,
    Invalid,
    MalformedRequest,
    Unauthenticated,
    Unavailable,
    UnsupportedEncoding,
    UnsupportedMediaType,
    something_failed,
)
from shared.findings import Finding, WrongValue
from shared.http.body import is_json
from shared.words.said import Said, says

MEDIA_TYPE = "application/problem+json"
METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
MAX_PROBLEMS = 100
"""Field problems named in one answer; the sentence of the problem says how many there are."""
PROBLEM_REF = "#/components/schemas/Problem"
_MEMBER: Final = re.compile(r"<[\w.]+: ('[^']*')>")
"""How the framework writes a code of which it expects one."""
_CODE: Final = re.compile(r"'([^']*)'")
log = structlog.get_logger()


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    pointer: str = Field(
        examples=["/payload/amount"], description="JSON pointer into the body, or the parameter's name"
    )
    code: str = Field(examples=["missing"], description="Which finding it is, whatever the language")
    detail: str


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    type: str = Field(examples=["urn:problem:monitoring:household-not-found"])
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] | None = None


class ProblemResponse(JSONResponse):
    """A problem on the wire."""

    media_type = MEDIA_TYPE


Responses = dict[int | str, dict[str, Any]]
"""The `responses=` of a route."""


def problem_document(house: str, error: DomainError) -> dict[str, Any]:
    """The document that tells a caller about this error."""
    return {
        "type": f"urn:problem:{house}:{error.code}",
        "title": error.titled().text,
        "status": error.status,
        "detail": error.detail,
        **error.extra,
    }


def problem_response(house: str, error: DomainError) -> Response:
    """The answer for this error."""
    return ProblemResponse(problem_document(house, error), status_code=error.status, headers=_headers_with(error))


def _headers_with(error: DomainError) -> dict[str, str]:
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, Unauthenticated) else {}
    if isinstance(error, UnsupportedEncoding):
        headers["Accept-Encoding"] = "gzip"
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    return headers


def field_problems(errors: Iterable[ErrorDetails | Mapping[str, Any]], skip: int = 0) -> list[Finding]:
    """Pydantic's first findings as pointers and sentences; the offending input itself is never repeated."""
    return [
        Finding("/" + "/".join(str(part) for part in error["loc"][skip:]), _said_of(error))
        for error in islice(errors, MAX_PROBLEMS)
    ]


_BOUNDS: Final = {"too_short": ("at least", "min_length"), "too_long": ("at most", "max_length")}
"""What is wrong with a length, and which part of the finding says how long."""


def _said_of(error: ErrorDetails | Mapping[str, Any]) -> Said:
    """What a validator found: in our words where it has them, else in those of the framework."""
    context = dict(error.get("ctx", {}))
    cause = context.pop("error", None)
    if isinstance(cause, WrongValue):
        return cause.said
    if codes := _CODE.findall(_MEMBER.sub(r"\1", str(context.get("expected", "")))):
        context["expected"] = codes
    if context.get("field_type") == "Value" and error["type"] in _BOUNDS:
        return _said_of_a_text(str(error["type"]), context)
    said = _MEMBER.sub(r"\1", str(error["msg"]).removeprefix("Value error, "))
    return Said(str(error["type"]), context, otherwise=said)


def _said_of_a_text(kind: str, context: dict[str, Any]) -> Said:
    """The length of a text, which the framework measures behind a validator as that of a value of so many items."""
    bound, name = _BOUNDS[kind]
    characters = "character" if context[name] == 1 else "characters"
    return Said(f"string_{kind}", context, otherwise=f"String should have {bound} {context[name]} {characters}")


def invalid_from(errors: Sequence[ErrorDetails | Mapping[str, Any]], skip: int = 0) -> Invalid:
    """One 422 for all that is wrong with a payload."""
    return Invalid.of(field_problems(errors, skip), further=len(errors) - 1)


def keep_first_problems(documents: Iterable[dict[str, Any]]) -> None:
    """Of an answer that holds several problem documents, name the first field problems only; the sentences stay."""
    left = MAX_PROBLEMS
    for document in documents:
        if "errors" in document:
            document["errors"] = document["errors"][:left]
            left -= len(document["errors"])


def database_problem(house: str, error: sa.exc.SQLAlchemyError) -> Response:
    """503 where trying again is right, 422 where a value cannot be stored, else 500."""
    if is_transient(error):
        log.warning("database.unavailable", house=house, error=type(error).__name__, reason=sentence_of(error))
        return problem_response(house, Unavailable(says("database-at-its-limit")))
    if is_unstorable(error):
        return problem_response(house, Invalid(says("value-not-storable")))
    log.error("request.failed", house=house, exc_info=error)
    return problem_response(house, something_failed())


def responses(*errors: type[DomainError]) -> Responses:
    """The `responses=` of a route that may refuse in these ways; `shared.http.openapi` adds what all routes share."""
    by_status: dict[int | str, dict[str, Any]] = {}
    for error in errors:
        by_status.setdefault(error.status, {})[error.code] = {"summary": str(error.titled())}
    return {
        status: {"content": {MEDIA_TYPE: {"schema": {"$ref": PROBLEM_REF}, "examples": examples}}}
        for status, examples in by_status.items()
    }


def install_problem_handlers(app: FastAPI, house: str) -> None:
    """Answer every error of this app with a problem document."""

    async def on_domain_error(_: Request, error: Exception) -> Response:
        assert isinstance(error, DomainError)
        return problem_response(house, error)

    async def on_invalid_request(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        found = error.errors()
        in_body = any(item["loc"][0] == "body" for item in found)
        if in_body and not is_json(request.headers.get("content-type", "")):
            return problem_response(house, UnsupportedMediaType(says("send-json")))
        if any(item["type"] == "json_invalid" or _is_without_body(item) for item in found):
            return problem_response(house, MalformedRequest(says("body-not-json")))
        return problem_response(house, invalid_from(found, skip=1))

    async def on_http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if isinstance(error.__cause__, DomainError):
            return problem_response(house, error.__cause__)
        if error.status_code == MalformedRequest.status:
            return problem_response(house, MalformedRequest(says("body-unreadable")))
        title = Said(f"title.http-{error.status_code}", {}, otherwise=str(error.detail))
        document = {
            "type": f"urn:problem:{house}:http-{error.status_code}",
            "title": title.text,
            "status": error.status_code,
            "detail": title.text,
        }
        return ProblemResponse(document, error.status_code, _headers_of(error, request))

    async def on_database_error(_: Request, error: Exception) -> Response:
        assert isinstance(error, sa.exc.SQLAlchemyError)
        return database_problem(house, error)

    async def on_unexpected(_: Request, __: Exception) -> Response:
        """The edge logs it: this only shapes the answer."""
        return problem_response(house, something_failed())

    app.add_exception_handler(Exception, on_unexpected)
    app.add_exception_handler(DomainError, on_domain_error)
    app.add_exception_handler(RequestValidationError, on_invalid_request)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(sa.exc.SQLAlchemyError, on_database_error)


def _is_without_body(item: Mapping[str, Any]) -> bool:
    return item["type"] == "missing" and tuple(item["loc"]) == ("body",)


def _headers_of(error: HTTPException, request: Request) -> Mapping[str, str] | None:
    """The headers of a refusal; `Allow` names every method of the path, not those of its first route alone."""
    if error.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
        return error.headers
    routes = request.app.routes
    return {"Allow": ", ".join(method for method in METHODS if any(_takes(route, request, method) for route in routes))}


def _takes(route: BaseRoute, request: Request, method: str) -> bool:
    match, _ = route.matches({**request.scope, "method": method})
    return match is Match.FULL


def encode_problem(house: str, error: DomainError) -> bytes:
    """The document as bytes, for answers given outside any app."""
    return json.dumps(problem_document(house, error), ensure_ascii=False).encode()
