"""The one middleware, pure ASGI: chain context, metrics, body limit, content codings, last resort for errors."""

import time
from collections.abc import Mapping
from functools import cache
from typing import Any

import structlog
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import metrics
from shared.context import Context, chain_named
from shared.contracts.catalogue import HOUSES
from shared.errors import DomainError, PayloadTooLarge, something_failed
from shared.http.coding import Packing, unpacked
from shared.http.connections import LATE
from shared.http.deprecation import STATE as DEPRECATION
from shared.http.limits import LIMITS, REJECTED
from shared.http.problems import MEDIA_TYPE, encode_problem
from shared.http.under_way import UNDER_WAY, under_way
from shared.partners.usage import OF_A_REQUEST, Counted
from shared.tracing import Step, end_request, request_span
from shared.words.language import Language, accepted, speaking
from shared.words.said import says

log = structlog.get_logger()
_READ_AWAY_BYTES = 64 * 1024 * 1024
_ABANDONED = 499
"""The status counted where the caller went away before the request was whole."""
_REFUSALS = frozenset({401, 403, 429})
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
CORRELATION_HEADER = "x-correlation-id"


class BodyTooLarge(PayloadTooLarge):
    """The body exceeds what the service reads."""


class BodyTooLate(DomainError):
    """The body did not arrive in time."""

    status, code = 408, "request-timeout"


class _Body:
    """The body of one request, read up to the limit."""

    def __init__(self, receive: Receive, limit: int, state: Mapping[str, Any], coding: str) -> None:
        """``coding`` is how it comes packed; the limit is for what it says."""
        self._receive = receive
        self._unpacked = unpacked(self._take, coding)
        self._limit = limit
        self._state = state
        self._came = 0
        self._seen = 0
        self._more = True
        self._refused = False

    def declared(self, length: str) -> None:
        """Refuse a body that says it is too large before any of it is read."""
        if not length.isdecimal() or int(length) > self._limit:
            self._refuse()

    async def receive(self) -> Message:
        """The next part, unless it is one too many."""
        message = await self._unpacked()
        self._seen += len(message.get("body", b""))
        if self._seen > self._limit:
            self._refuse()
        if self._more and LATE in self._state:
            raise BodyTooLate(says("body-too-late"))
        return message

    async def read_away(self) -> None:
        """Take in what is still being sent, within reason: a caller who is cut off never sees why it was refused."""
        while self._refused and self._more and self._came < _READ_AWAY_BYTES and LATE not in self._state:
            await self._take()

    async def _take(self) -> Message:
        message = await self._receive()
        self._came += len(message.get("body", b""))
        self._more = message.get("more_body", False)
        return message

    def _refuse(self) -> None:
        self._refused = True
        raise BodyTooLarge(says("body-too-large", limit=self._limit))


class Edge:
    """Wraps everything a process serves."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_body_bytes: int,
        max_body_bytes_of: Mapping[str, int] | None = None,
        language: Language = Language.EN,
    ) -> None:
        """``language`` is that of a caller who names none."""
        self._app = Packing(app)
        self._language = language
        self._max_body_bytes = max_body_bytes
        self._max_body_bytes_of = max_body_bytes_of or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        asked = Headers(scope=scope)
        speaking.set(accepted(asked.get("accept-language"), self._language))
        caller = asked.get("traceparent")
        span = request_span(caller)
        step = Step(parent=caller) if span is None else Step.of(span)
        context = Context(chain_named(asked.get(CORRELATION_HEADER)), step)
        state = scope.setdefault("state", {})
        state["context"] = context
        limit = self._max_body_bytes_of.get(scope["path"], self._max_body_bytes)
        body = _Body(receive, limit, state, asked.get("content-encoding", ""))
        status = 500
        began = False

        async def send_with_context(message: Message) -> None:
            nonlocal status, began
            if message["type"] == "http.response.start":
                await body.read_away()
                status, began = message["status"], True
                _add_headers(message, context, state)
            await send(message)

        house = _house_of(scope)
        with (
            under_way(house, started) as request,
            structlog.contextvars.bound_contextvars(correlation_id=context.correlation_id, house=house),
        ):
            state[UNDER_WAY] = request
            try:
                body.declared(asked.get("content-length", "0"))
                await self._app(scope, body.receive, send_with_context)
            except ClientDisconnect:
                status = _ABANDONED
            except Exception as error:
                if not isinstance(error, DomainError):
                    log.exception("request.failed", house=house)
                    error = something_failed()
                if not began:
                    await _answer(send_with_context, house, error)
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = _route_of(scope)
        if status in _REFUSALS:
            tell_refusal(house, route, status, state, context)
        _count_usage(state, route, status)
        answered, seconds = _meters(house, route, method, status)
        answered.inc()
        seconds.observe(time.perf_counter() - started - request.waited)
        if span is not None:
            end_request(span, method=method, route=route, status=status, correlation_id=context.correlation_id)


def _count_usage(state: Mapping[str, Any], route: str, status: int) -> None:
    """Count the request for its client, where it is known whose it is."""
    counted: Counted | None = state.get(OF_A_REQUEST)
    if counted is not None:
        counted.usage.count(counted.client_id, route, status, rejected=REJECTED in state)


def _add_headers(message: Message, context: Context, state: Mapping[str, Any]) -> None:
    headers = MutableHeaders(scope=message)
    headers.append(CORRELATION_HEADER, context.correlation_id)
    headers.append("content-language", speaking.get())
    if "client" in state:
        headers.setdefault("cache-control", "no-store")
    for name, value in (*state.get(DEPRECATION, {}).items(), *state.get(LIMITS, {}).items()):
        headers.append(name, value)


def tell_refusal(house: str, route: str, status: int, state: Mapping[str, Any], context: Context) -> None:
    """Log and count that somebody was not let in; a client is named where its token or its secret's owner is known."""
    client = metrics.client_label(state.get("client"))
    metrics.ACCESS_REFUSED.labels(house, route, str(status), client).inc()
    log.warning(
        "access.refused",
        house=house,
        route=route,
        status=status,
        client=state.get("client"),
        correlation_id=context.correlation_id,
    )


@cache
def _meters(house: str, route: str, method: str, status: int) -> tuple[Counter, Histogram]:
    """The meters of one kind of answer; routes, methods and statuses are few."""
    return metrics.HTTP_REQUESTS.labels(house, route, method, status), metrics.HTTP_SECONDS.labels(house, route, method)


def _house_of(scope: Scope) -> str:
    segment = first_segment(scope)
    return segment if segment in HOUSES else "system"


def first_segment(scope: Scope) -> str:
    """What stands between the first two slashes of the path; empty where there is none, as in `OPTIONS *`."""
    path: str = scope["path"]
    return path.partition("/")[2].partition("/")[0]


def _route_of(scope: Scope) -> str:
    """The route's template, never the path asked for: labels stay bounded."""
    hot = scope["state"].get("route")
    if hot is not None:
        return str(hot)
    effective = scope.get("fastapi", {}).get("effective_route_context")
    template = getattr(effective or scope.get("route"), "path_format", None)
    return template if isinstance(template, str) else "unmatched"


async def _answer(send: Send, house: str, error: DomainError) -> None:
    body = encode_problem(house, error)
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
