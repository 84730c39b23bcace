"""The one middleware, pure ASGI: chain context, metrics, body limit, last resort for errors."""

import time
from functools import cache

import structlog
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import metrics
from shared.context import new_context
from shared.contracts.catalogue import HOUSES
from shared.errors import DomainError, PayloadTooLarge
from shared.http.problems import MEDIA_TYPE, encode_problem

log = structlog.get_logger()
_READ_AWAY_BYTES = 64 * 1024 * 1024
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
CORRELATION_HEADER = "x-correlation-id"


class BodyTooLarge(PayloadTooLarge):
    """The body exceeds what the service reads."""


class Edge:
    """Wraps everything a process serves."""

    def __init__(self, app: ASGIApp, *, max_body_bytes: int) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        headers = Headers(scope=scope)
        context = new_context(headers.get(CORRELATION_HEADER), headers.get("traceparent"))
        scope.setdefault("state", {})["context"] = context
        status = 500
        began = False

        async def send_with_context(message: Message) -> None:
            nonlocal status, began
            if message["type"] == "http.response.start":
                status, began = message["status"], True
                MutableHeaders(scope=message).append(CORRELATION_HEADER, context.correlation_id)
            await send(message)

        house = _house_of(scope)
        with structlog.contextvars.bound_contextvars(correlation_id=context.correlation_id):
            try:
                self._refuse_large(headers)
                await self._app(scope, self._limited(receive), send_with_context)
            except Exception as error:
                if not isinstance(error, DomainError):
                    log.exception("request.failed", house=house)
                    error = DomainError("something went wrong here; it has been logged")
                if isinstance(error, BodyTooLarge):
                    await self._read_away(receive)
                if not began:
                    await _answer(send_with_context, house, error)
        answered, seconds = _meters(house, _route_of(scope), scope["method"], status)
        answered.inc()
        seconds.observe(time.perf_counter() - started)

    def _refuse_large(self, headers: Headers) -> None:
        declared = headers.get("content-length", "0")
        if not declared.isdigit() or int(declared) > self._max_body_bytes:
            raise BodyTooLarge(f"a body may hold {self._max_body_bytes} bytes at most")

    async def _read_away(self, receive: Receive) -> None:
        """Take in what is still being sent, within reason: a caller who is cut off never sees the answer."""
        left = _READ_AWAY_BYTES
        while left > 0:
            message = await receive()
            left -= len(message.get("body", b""))
            if message["type"] != "http.request" or not message.get("more_body", False):
                return

    def _limited(self, receive: Receive) -> Receive:
        seen = 0

        async def limited() -> Message:
            nonlocal seen
            message = await receive()
            if message["type"] == "http.request":
                seen += len(message.get("body", b""))
                if seen > self._max_body_bytes:
                    raise BodyTooLarge(f"a body may hold {self._max_body_bytes} bytes at most")
            return message

        return limited


@cache
def _meters(house: str, route: str, method: str, status: int) -> tuple[Counter, Histogram]:
    """The meters of one kind of answer; routes, methods and statuses are few."""
    method = method if method in _METHODS else "other"
    return metrics.HTTP_REQUESTS.labels(house, route, method, status), metrics.HTTP_SECONDS.labels(house, route, method)


def _house_of(scope: Scope) -> str:
    segment: str = scope["path"].split("/", 2)[1]
    return segment if segment in HOUSES else "system"


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
