"""A small reverse proxy for one machine: the processes of the five houses behind one port, at the URLs of one process.

The first path segment names the house; access tokens come from monitoring. Bodies are streamed both ways.
"""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

import httpx
import uvicorn
from starlette.types import Receive, Scope, Send

from deploy.local.ports import LOOPBACK
from shared.contracts.catalogue import HOUSES
from shared.errors import PayloadTooLarge
from shared.http.connections import guarded
from shared.settings import Settings
from shared.words.said import says

ISSUING_HOUSE = "monitoring"
"""The house whose api answers what belongs to no house: the token endpoint and its documentation."""

API = "-api"
"""Ending of the names of processes which take requests; the others only show health and metrics."""

_ISSUER_PATHS = frozenset({"oauth2", "docs", "openapi.json"})
_HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"expect",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
_BODY_HEADERS = frozenset({b"content-length", b"transfer-encoding"})
_TIMEOUT = httpx.Timeout(60.0, connect=5.0)
_PROBE_SECONDS = 2.0
"""What a process has to answer a probe; one that hangs hides nothing of the others."""
_DISCARDED_BYTES = 64 * 1024 * 1024
# Shorter than the time after which the houses close an idle connection, so that none is used which is being closed.
_LIMITS = httpx.Limits(max_connections=len(HOUSES), keepalive_expiry=2.0)

Headers = list[tuple[bytes, bytes]]


class ClientGoneError(Exception):
    """The client closed the connection before its request was complete."""


class Connections:
    """Connections to the houses, each lent to one request at a time.

    One pool for all of them would search through every connection on each request, which costs more than the
    request itself once some dozens are under way. Used as a context manager, it closes them at the end.
    """

    def __init__(self) -> None:
        self._idle: list[httpx.AsyncHTTPTransport] = []

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[httpx.AsyncHTTPTransport]:
        """Lend an idle connection, the one used last first, or a new one."""
        connection = self._idle.pop() if self._idle else httpx.AsyncHTTPTransport(verify=False, limits=_LIMITS)
        try:
            yield connection
        finally:
            self._idle.append(connection)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in self._idle:
            await connection.aclose()


_FILES = "/v1/imports"
"""The end of the paths that take files of rows."""


class Gateway:
    """The ASGI application.

    ``processes`` maps a name such as ``monitoring-api`` to the address of that process. A body above
    ``max_body_bytes``, and a file above ``max_file_bytes``, is refused here in the houses' own words: a house which
    answers before it has read the body closes the connection, and its answer could be lost on the way through.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        connections: Connections,
        processes: Mapping[str, str],
        *,
        max_body_bytes: int,
        max_file_bytes: int,
    ) -> None:
        self._client = client
        self._connections = connections
        self._processes = processes
        self._max_body_bytes = max_body_bytes
        self._max_file_bytes = max_file_bytes
        self._houses = {name.removesuffix(API): url for name, url in processes.items() if name.endswith(API)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, from here or from the house it is for."""
        path: str = scope["path"]
        segment = path[1:].partition("/")[0]
        if path == "/":
            await _send_json(send, HTTPStatus.OK, {"name": "ShouXian 守线", "docs": self._docs()})
        elif path in {"/healthz", "/readyz"}:
            await self._answer_for_all(path, send)
        elif path == "/metrics":
            await _send(send, HTTPStatus.OK, b"text/plain; version=0.0.4; charset=utf-8", await self._metrics())
        elif house := ISSUING_HOUSE if segment in _ISSUER_PATHS else segment if segment in self._houses else None:
            await self._forward(house, scope, receive, send)
        else:
            await _send_problem(send, HTTPStatus.NOT_FOUND, "not-found", "No house lives at this path", path)

    async def _forward(self, house: str, scope: Scope, receive: Receive, send: Send) -> None:
        started = False
        try:
            request = self._request(house, scope, receive)
            async with self._connections.lend() as connection:
                response = await connection.handle_async_request(request)
                try:
                    headers = _end_to_end(response.headers.raw)
                    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
                    started = True
                    async for part in response.aiter_raw():
                        await send({"type": "http.response.body", "body": part, "more_body": True})
                    await send({"type": "http.response.body", "body": b""})
                finally:
                    await response.aclose()
        except ClientGoneError:
            return
        except PayloadTooLarge as error:
            await _discard(receive)
            status, title = HTTPStatus(error.status), error.titled().text
            await _send_problem(send, status, error.code, title, error.detail, house=house)
        except httpx.TransportError as error:
            if started:
                raise
            await _send_upstream_problem(send, house, error)

    def _request(self, house: str, scope: Scope, receive: Receive) -> httpx.Request:
        target: bytes = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        lengths = [value for name, value in scope["headers"] if name == b"content-length"]
        limit = self._max_file_bytes if scope["path"].endswith(_FILES) else self._max_body_bytes
        if any(int(length) > limit for length in lengths):
            raise _too_large(limit)
        has_body = any(name in _BODY_HEADERS for name, _ in scope["headers"])
        return httpx.Request(
            scope["method"],
            httpx.URL(self._houses[house]).copy_with(raw_path=target),
            headers=_forwarded(scope),
            content=_body(receive, limit) if has_body else None,
            extensions={"timeout": _TIMEOUT.as_dict()},
        )

    def _docs(self) -> dict[str, str]:
        return {house: f"/{house}/docs" for house in self._houses}

    async def _answer_for_all(self, path: str, send: Send) -> None:
        """Say ok only when every process does."""
        failures = {name: reason for name, reason in await self._probe(path) if reason is not None}
        status = HTTPStatus.SERVICE_UNAVAILABLE if failures else HTTPStatus.OK
        await _send_json(send, status, {"status": "unavailable" if failures else "ok", "not_ready": failures})

    async def _probe(self, path: str) -> list[tuple[str, str | None]]:
        reasons = await asyncio.gather(*(self._fault(url + path) for url in self._processes.values()))
        return list(zip(self._processes, reasons, strict=True))

    async def _fault(self, url: str) -> str | None:
        try:
            response = await self._client.get(url)
        except httpx.TransportError as error:
            return f"does not answer ({type(error).__name__})"
        return None if response.is_success else f"answers {response.status_code}"

    async def _metrics(self) -> bytes:
        """Name every process and whether it is alive; its own metrics are read from the process itself."""
        lines = [
            "# The metrics of each process are at its own address.",
            "# HELP shouxian_process_up Whether the process answers /healthz.",
            "# TYPE shouxian_process_up gauge",
        ]
        for name, reason in await self._probe("/healthz"):
            up = int(reason is None)
            lines.append(f'shouxian_process_up{{process="{name}",address="{self._processes[name]}"}} {up}')
        return ("\n".join(lines) + "\n").encode()


async def _discard(receive: Receive) -> None:
    """Read on, within bounds, so that the client is not cut off before it has read the answer."""
    left = _DISCARDED_BYTES
    more = True
    while more and left > 0:
        message = await receive()
        left -= len(message.get("body", b""))
        more = message.get("more_body", False)


def _end_to_end(headers: Headers) -> Headers:
    """Leave out what concerns one connection only, including what the ``Connection`` header names."""
    named = {
        token.strip().lower() for name, value in headers if name.lower() == b"connection" for token in value.split(b",")
    }
    return [(name, value) for name, value in headers if name.lower() not in _HOP_BY_HOP | named]


def _forwarded(scope: Scope) -> Headers:
    """The client's headers, and after them who the client is."""
    headers = _end_to_end(scope["headers"])
    earlier = [value for name, value in headers if name == b"x-forwarded-for"]
    kept = [(name, value) for name, value in headers if name not in {b"x-forwarded-for", b"x-forwarded-proto"}]
    client = scope["client"][0].encode() if scope.get("client") else b"unknown"
    chain = b", ".join([*earlier, client])
    return [*kept, (b"x-forwarded-for", chain), (b"x-forwarded-proto", scope["scheme"].encode())]


async def _send_upstream_problem(send: Send, house: str, error: httpx.TransportError) -> None:
    detail = f"{house}: {type(error).__name__}"
    if isinstance(error, httpx.ReadTimeout):
        await _send_problem(send, HTTPStatus.GATEWAY_TIMEOUT, "upstream-timeout", "The house took too long", detail)
    else:
        title = "The house does not answer"
        await _send_problem(send, HTTPStatus.BAD_GATEWAY, "upstream-unreachable", title, detail)


async def _send_problem(
    send: Send, status: HTTPStatus, code: str, title: str, detail: str, *, house: str = "gateway"
) -> None:
    document = {"type": f"urn:problem:{house}:{code}", "title": title, "status": status.value, "detail": detail}
    await _send(send, status, b"application/problem+json", _encoded(document))


async def _send_json(send: Send, status: HTTPStatus, document: dict[str, Any]) -> None:
    await _send(send, status, b"application/json", _encoded(document))


def _encoded(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


async def _send(send: Send, status: HTTPStatus, media_type: bytes, body: bytes) -> None:
    headers = [(b"content-type", media_type), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _body(receive: Receive, limit: int) -> AsyncIterator[bytes]:
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        more = message.get("more_body", False)
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise _too_large(limit)
        if part:
            yield part


def _too_large(limit: int) -> PayloadTooLarge:
    return PayloadTooLarge(says("body-too-large", limit=limit))


async def serve(port: int, processes: Mapping[str, str], *, max_body_bytes: int, max_file_bytes: int) -> None:
    """Answer on a loopback port until the process is asked to end."""
    async with httpx.AsyncClient(timeout=_PROBE_SECONDS, trust_env=False) as client, Connections() as connections:
        config = uvicorn.Config(
            Gateway(client, connections, processes, max_body_bytes=max_body_bytes, max_file_bytes=max_file_bytes),
            host=LOOPBACK,
            port=port,
            http=guarded(Settings()),
            lifespan="off",
            ws="none",
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=10,
        )
        await uvicorn.Server(config).serve()


def _process(text: str) -> tuple[str, str]:
    name, separator, url = text.partition("=")
    if not separator:
        raise argparse.ArgumentTypeError(f"not name=url: {text}")
    return name, url


def main() -> None:
    """Run the gateway."""
    parser = argparse.ArgumentParser(prog="python -m deploy.gateway", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("processes", nargs="+", type=_process, metavar="name=url", help="monitoring-api=http://...")
    options = parser.parse_args()
    limits = Settings()
    serving = serve(
        options.port,
        dict(options.processes),
        max_body_bytes=limits.max_batch_bytes,
        max_file_bytes=limits.max_file_bytes,
    )
    asyncio.run(serving)


if __name__ == "__main__":
    main()
